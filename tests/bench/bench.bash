# SPDX-License-Identifier: Apache-2.0
# Shared by the measurements: a place to work, the simulators, a program's time and memory, and figures with a bound.
# shellcheck shell=bash disable=SC2034
set -eu

root=$(readlink -f "${BASH_SOURCE[0]%/*}/../..")
PATH=${BUILD:-$root/build}/bin:$PATH
bench_key=$(printf '0123456789abcdef%.0s' 1 2 3 4)
bench_pids=()
bench_failed=0

work=$(mktemp -d)
trap 'kill "${bench_pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
for name in $(compgen -e | grep -E '^(VTREPORTER|OPENCTI|CONNECTOR|VT_REPORT)_|^(SSL_CERT|CURL_CA)' || true); do unset "$name"; done
export TZ=UTC HOME=$work LC_ALL=C.UTF-8
cd "$work"

# start_vt ARGUMENT...: the simulator of VirusTotal with a day's files, and the environment for it.
start_vt() {
	local tick
	"$root/tests/sim/vt/server.js" --key "$bench_key" --until 2026-11-24T00:00:00Z --now 2026-11-24T04:00:00Z \
		--days 0 "$@" >"$work/vt.out" 2>"$work/vt.err" &
	vt_pid=$!
	bench_pids+=("$vt_pid")
	for ((tick = 0; tick < 1200; tick++)); do
		VTREPORTER_API_URL=$(sed -n 's/^listening //p' "$work/vt.out")
		[[ -z $VTREPORTER_API_URL ]] || break
		sleep 0.05
	done
	vt_control=${VTREPORTER_API_URL%/api/v3}/_sim
	export VTREPORTER_API_URL VTREPORTER_API_KEY=$bench_key
}

stop_vt() {
	kill "$vt_pid"
	wait "$vt_pid" || true
}

# measure COMMAND...: runs it; its $wall_ms, $cpu_ms (user and system) and $peak_kib.
measure() {
	local real user system
	/usr/bin/time -q -o "$work/time" -f '%e %U %S %M' "$@"
	read -r real user system peak_kib <"$work/time"
	wall_ms=$(awk -v s="$real" 'BEGIN {printf "%d", s * 1000}')
	cpu_ms=$(awk -v a="$user" -v b="$system" 'BEGIN {printf "%d", (a + b) * 1000}')
}

# figure NAME VALUE [BOUND]: prints it, and fails the measurement at its end when it is over the bound.
figure() {
	local note=''
	if [[ -n ${3-} ]]; then
		note=" (at most $3)"
		awk -v a="$2" -v b="$3" 'BEGIN {exit !(a > b)}' && {
			note+=' TOO MUCH'
			bench_failed=1
		}
	fi
	printf '%-56s %s%s\n' "$1" "$2" "$note"
}

# ratio A B: A through B, three digits behind the point.
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f", a / b}'
}

finish() {
	exit "$bench_failed"
}
