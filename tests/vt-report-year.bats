#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Time passes by a simulated clock, with outages, crashes, resets, wrong clocks and changes of the countries; in the end
# every file is in the report of its day, once. SOAK_DAYS and SOAK_SEED make it longer and other (make soak: a year).

load report
load clock

setup() {
	set_up_report
	days=${SOAK_DAYS:-8}
	RANDOM=${SOAK_SEED:-7}
	export TZ=Australia/Sydney
	unset VTREPORTER_STATE_DIR
	export STATE_DIRECTORY=$BATS_TEST_TMPDIR/state
	# Nothing but the files of the search: who is related to whom is another matter.
	export VTREPORTER_RELATE_SEVERITY=NONE VTREPORTER_PUSH_RETRY=PT0S
	begin=$(date -u -d 2026-03-20T00:00:00Z +%s)
	clock=$begin
}

teardown() {
	stop_servers
}

# The clock of the platform stands at $clock, ours at $clock and $1 seconds.
set_clocks() {
	set_clock "$(date -d "@$clock" '+%F %T')"
	date -d "@$((clock + $1))" '+%F %T' >ours
}

start_world() {
	local preload
	set_clock "$(date -d "@$begin" '+%F %T')"
	start_server vt "$repository/tests/sim/vt/server.js" --key "$test_key" --files 40 --days "$((days + 20))" \
		--until "$(date -u -d "@$((begin + (days + 10) * 86400))" +%Y-%m-%dT00:00:00Z)"
	vt_control=${server_url%/api/v3}/_sim
	export VTREPORTER_API_URL=$server_url VTREPORTER_API_KEY=$test_key
	start_clock "$(date -d "@$begin" '+%F %T')"
	start_opencti
	preload=$LD_PRELOAD
	unset LD_PRELOAD FAKETIME_TIMESTAMP_FILE
	ours=(env "LD_PRELOAD=$preload" "FAKETIME_TIMESTAMP_FILE=$BATS_TEST_TMPDIR/ours")
}

chance() {
	((RANDOM % 100 < $1))
}

# What goes wrong at this tick; $ahead is how far our clock is before the platform's.
make_weather() {
	local vt='[]' octi='[]'
	ahead=0
	if chance 8; then octi='["*=http:503@every"]'; fi
	if chance 5; then octi="[\"stixBundlePush=http:503@$((1 + RANDOM % 3))-9\"]"; fi
	if chance 5; then octi="[\"pingConnector=lost-reply@$((1 + RANDOM % 3))-9\"]"; fi
	if chance 8; then vt="[\"/intelligence/search=403@$((1 + RANDOM % 3))-9\"]"; fi
	if chance 5; then ahead=$(((RANDOM % 9 - 4) * 86400)); fi
	set_faults "$vt"
	set_octi_faults "$octi"
	if chance 3; then
		reset_state
	fi
	if chance 3; then
		case $VTREPORTER_COUNTRY in
		AU) export VTREPORTER_COUNTRY=AU,NZ ;;
		*) export VTREPORTER_COUNTRY=AU ;;
		esac
	fi
}

# Killed without a word, the whole of it or vt-report alone.
crash() {
	local pid
	setsid "${ours[@]}" vt-report >>log 2>&1 3>&- &
	pid=$!
	sleep "0.$((RANDOM % 6))"
	if chance 50; then
		kill -KILL "$pid" 2>/dev/null || true
	else
		pkill -KILL -s "$pid" || true
	fi
	wait "$pid" 2>/dev/null || true
	# What is left of it holds the lock.
	flock state/lock true
}

tick() {
	set_clocks "$ahead"
	if chance 6; then
		crash
	else
		"${ours[@]}" vt-report >>log 2>&1 || true
	fi
}

@test "outages, crashes, resets, wrong clocks, other countries: every file is in the report of its day, once" {
	local ahead=0 ours end
	start_world
	end=$((begin + days * 86400))
	while ((clock < end)); do
		make_weather
		tick
		clock=$((clock + 300 + RANDOM % (RANDOM % 10 ? 18 : 90) * 3600))
		# Now and then all is switched off for so long that windows are joined.
		if chance 1; then clock=$((clock + 950400)); fi
	done
	# Two calm days, after which nothing waits any more.
	export VTREPORTER_COUNTRY=AU,NZ
	set_faults '[]'
	set_octi_faults '[]'
	for end in 1 2 3 4; do
		clock=$((clock + 43200))
		set_clocks 0
		"${ours[@]}" vt-report --now >>log 2>&1
	done
	settle
	# What one search over the whole time finds, and what the platform has come to.
	vt-fetch -q --country AU --since "$(date -u -d "@$((begin - 172800))" +%FT%TZ)" --until "$(date -u -d "@$clock" +%FT%TZ)" >files
	curl -fsS "$octi_control/objects" >objects
	curl -fsS "$octi_control/log" >requests
	curl -fsS "$octi_control/summary" >summary
	[[ -z ${SOAK_KEEP-} ]] || cp files objects requests summary log "$SOAK_KEEP"
	node "$repository/tests/fixtures/check-year.js" files objects requests | tee told
	[[ -z ${SOAK_DAYS-} ]] || sed 's/^/# /' told >&3
	assert_equal "$(jq -c '[.violations, .dropped_references]' summary)" '[[],[]]'
	assert_equal "$(octi-push --outbox)" ''
	run_apart "${ours[@]}" vt-report --health
	assert_status 0
}
