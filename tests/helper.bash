# SPDX-License-Identifier: Apache-2.0
# Shared by all bats files: a clean environment, the simulators, and asserts that tell what they saw.
# shellcheck shell=bash

repository=$(cd "$BATS_TEST_DIRNAME" && git rev-parse --show-toplevel 2>/dev/null) || repository=$BATS_TEST_DIRNAME/..
BUILD=$(readlink -f "${BUILD:-$repository/build}")
PATH=$BUILD/bin:$PATH

# What the simulators accept; nobody's secret.
test_key=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
test_token=d2c1b0a9-1111-4222-8333-444455556666

# To be called from setup: nothing of the caller's configuration may reach a program under test.
clean_environment() {
	local name
	for name in $(compgen -e); do
		case $name in
		VTREPORTER_* | OPENCTI_* | CONNECTOR_* | VT_REPORT_* | QUEUE_PROTOCOL | MQ_* | *_proxy | *_PROXY | XDG_* | \
			STATE_DIRECTORY | CACHE_DIRECTORY | CREDENTIALS_DIRECTORY | HTTPS_CA_CERTIFICATES | SSL_CERT_* | CURL_CA_BUNDLE) unset "$name" ;;
		esac
	done
	export TZ=UTC HOME=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR LC_ALL=C.UTF-8
	cd "$BATS_TEST_TMPDIR" || return
	server_pids=()
}

# start_server NAME COMMAND...: waits for "listening URL" and leaves URL in $server_url.
start_server() {
	local name=$1 tick pid
	shift
	# An earlier server's line must not be taken for this one's.
	: >"$BATS_TEST_TMPDIR/$name.out"
	"$@" >"$BATS_TEST_TMPDIR/$name.out" 2>"$BATS_TEST_TMPDIR/$name.err" 3>&- &
	pid=$!
	server_pids+=("$pid")
	for ((tick = 0; tick < 300; tick++)); do
		server_url=$(sed -n 's/^listening //p' "$BATS_TEST_TMPDIR/$name.out")
		[[ -z $server_url ]] || return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "$name did not start:" >&2
	cat "$BATS_TEST_TMPDIR/$name.err" >&2
	return 1
}

# The simulator of VirusTotal with a corpus around 2026-11-23, and the environment for it.
start_vt() {
	start_server vt "$repository/tests/sim/vt/server.js" --key "$test_key" --until 2026-11-24T00:00:00Z \
		--now 2026-11-24T04:00:00Z "$@" || return
	vt_control=${server_url%/api/v3}/_sim
	export VTREPORTER_API_URL=$server_url VTREPORTER_API_KEY=$test_key
}

# The same over TLS, with HTTP/2 for who offers it; SSL_CERT_FILE makes programs and curl trust its authority.
start_vt_tls() {
	"$repository/tests/sim/make-ca" "$BATS_TEST_TMPDIR/tls" || return
	export SSL_CERT_FILE=$BATS_TEST_TMPDIR/tls/ca.pem
	start_vt --tls "$BATS_TEST_TMPDIR/tls" "$@"
}

# The simulator of OpenCTI, and the environment for it.
start_opencti() {
	start_server opencti "$repository/tests/sim/opencti/server.js" --token "$test_token" "$@" || return
	octi_control=$server_url/_sim
	export OPENCTI_URL=$server_url OPENCTI_TOKEN=$test_token CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff
}

stop_servers() {
	local pid
	for pid in "${server_pids[@]}"; do
		kill "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || continue
	done
	server_pids=()
}

# run_apart COMMAND...: status in $status, the streams in the files "out" and "err".
run_apart() {
	status=0
	"$@" >out 2>err || status=$?
}

# wait_for COMMAND...: till it succeeds, a minute at most.
wait_for() {
	local tick
	for ((tick = 0; tick < 600; tick++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	fail "waited in vain for: $*"
}

# libfaketime is preloaded by us: the program faketime fails where a process that had its id has left a semaphore.
faketime_library() {
	compgen -G '/usr/lib/*/faketime/libfaketime.so.1' | head -n 1 | grep . ||
		fail 'libfaketime is not there: scripts/setup installs it'
}

# with_clock WHEN COMMAND...: WHEN as FAKETIME has it, as +26h or "2026-11-24 04:00:00".
with_clock() {
	local when=$1 library
	shift
	library=$(faketime_library) || return
	# The sanitizers' runtime wants to be first, which a preloaded library is.
	FAKETIME=$when ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$library "$@"
}

# run_pipe 'SHELL PIPELINE': as run_apart, each stage's status in the array $statuses.
run_pipe() {
	bash -c "$1"'; echo "${PIPESTATUS[@]}" >statuses' >out 2>err
	read -r -a statuses <statuses
}

fail() {
	printf '%s\n' "$*" >&2
	local file
	for file in out err; do
		[[ ! -s $file ]] || { echo "-- $file:" && head -c 2000 "$file"; } >&2
	done
	return 1
}

assert_status() {
	[[ $status == "$1" ]] || fail "status is $status, not $1"
}

assert_equal() {
	[[ $1 == "$2" ]] || fail "got:  $1"$'\n'"want: $2"
}

# assert_in FILE TEXT
assert_in() {
	grep -qF -e "$2" "$1" || fail "$1 does not hold: $2"
}

assert_not_in() {
	! grep -qF -e "$2" "$1" || fail "$1 holds: $2"
}

# No file that a program wrote shows the key or the token.
assert_no_secret() {
	assert_not_in out "$test_key"
	assert_not_in err "$test_key"
	assert_not_in out "$test_token"
	assert_not_in err "$test_token"
}
