#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# vt-report over time: as a daemon, after failures, after resets.

load report

setup() {
	set_up_report
	daemon=''
}

teardown() {
	[[ -z $daemon ]] || kill -KILL "$daemon" 2>/dev/null || true
	stop_servers
}

start_daemon() {
	vt-report --daemon >out 2>err 3>&- &
	daemon=$!
}

# The daemon's pause, which a test need not sit out.
pause_of() {
	pgrep -P "$daemon" -x sleep
}

# end_daemon STATUS: within ten seconds.
end_daemon() {
	SECONDS=0
	kill -TERM "$daemon"
	status=0
	wait "$daemon" || status=$?
	daemon=''
	assert_status "$1"
	((SECONDS <= 10))
}

# Publishes nothing for the window before the given time, so that the state of AU stands there.
stand_at() {
	printf '{"type":"bundle","id":"bundle--0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff"}' |
		octi-push -q --window "${2-AU}/$(date -u -d "$1 - 1 day" +%Y-%m-%dT00:00:00Z)/$1"
}

stands_at() {
	[[ $(window_end) == "$1" ]]
}

# asked N: VirusTotal was asked so often.
asked() {
	(($(curl -fsS "$vt_control/log" | jq length) >= $1))
}

# How many seconds from now the window of AU waits.
waits() {
	local next
	read -r _ next _ <state/rest-AU-new
	echo $((next - $(date +%s)))
}

@test "a daemon publishes what is due, stays, and ends on SIGTERM with 0" {
	start
	start_daemon
	wait_for pause_of
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(reports)" 1
	kill "$(pause_of)"
	wait_for pause_of
	assert_equal "$(searches)" 1
	end_daemon 0
	assert_equal "$(curl -fsS "$octi_control/connectors" | jq '.[0].connector_info.run_and_terminate')" false
}

@test "a daemon that shall not wait tries at once what failed, and then waits like any other" {
	start
	set_faults '["/intelligence/search=403@every"]'
	report
	assert_status 77
	vt-report --daemon --now >out 2>err 3>&- &
	daemon=$!
	wait_for pause_of
	assert_equal "$(searches)" 2
	kill "$(pause_of)"
	wait_for grep -q daemon state/tick
	wait_for pause_of
	assert_equal "$(searches)" 2
	end_daemon 0
}

@test "a daemon notices that the state was reset in OpenCTI, and looks at once" {
	start
	start_daemon
	wait_for pause_of
	reset_state
	forget
	kill "$(pause_of)"
	wait_for test -s state/tick
	wait_for stands_at "$midnight"
	wait_for pause_of
	assert_equal "$(searches)" 1
	assert_equal "$(reports)" 1
	end_daemon 0
}

@test "a daemon that is stopped while the platform does not answer ends within ten seconds" {
	start
	set_octi_faults '["*=stall:60000@every"]'
	start_daemon
	wait_for pgrep -P "$daemon"
	sleep 0.5
	end_daemon 0
}

@test "a daemon that is stopped in the middle of a run ends with all its stages" {
	start --latency-ms 300
	start_daemon
	wait_for asked 3
	end_daemon 143
	assert_equal "$(reports)" 0
	assert_equal "$(window_end)" null
}

@test "run-and-terminate, and a period of zero, look once and end with the true status" {
	start
	set_faults '["/intelligence/search=403@1"]'
	CONNECTOR_RUN_AND_TERMINATE=true report --daemon
	assert_status 77
	CONNECTOR_DURATION_PERIOD=PT0S report --daemon --now
	assert_status 0
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(reports)" 1
}

@test "what is asked for by hand says that another run is alive" {
	start
	mkdir state
	exec 5>>state/lock
	flock -n 5
	report --since "$day_before" --until "$midnight"
	assert_status 75
	assert_in err 'another run is alive'
	exec 5>&-
}

@test "a failed window waits 15 minutes, doubling to 6 hours, and a clock that is set back makes it no longer" {
	start
	local expected left
	set_faults '["/intelligence/search=403@every"]'
	for expected in 900 1800 3600 7200 14400 21600 21600; do
		report --now
		assert_status 77
		left=$(waits)
		((left <= expected && left > expected - 120)) || fail "it waits $left, not $expected"
	done
	set_faults '[]'
	forget
	report
	assert_status 0
	assert_equal "$(searches)" 0
	run_apart with_clock -20d vt-report
	assert_equal "$(searches)" 1
}

@test "after a used-up daily quota it waits till midnight in UTC; after the budget of a run 15 minutes" {
	start
	curl -fsS -X POST -d '{"api_requests_daily":{"allowed":1000,"used":1000}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst report
	assert_status 75
	local next
	read -r _ next _ <state/rest-AU-new
	assert_equal $((next % 86400)) 0
	(($(waits) > 0 && $(waits) <= 86400))
	curl -fsS -X POST -d '{"api_requests_daily":{"allowed":20000}}' "$vt_control/quota" >/dev/null
	set_faults '["/intelligence/search=empty-page@1"]'
	VTREPORTER_MAX_REQUESTS=1 report --now
	assert_status 75
	(($(waits) <= 1800))
}

@test "a reset of the state lets nothing wait" {
	start
	VTREPORTER_REVISIT=NONE stand_at "$day_before"
	set_faults '["/intelligence/search=403@1"]'
	report
	assert_status 77
	report
	assert_equal "$(searches)" 1
	reset_state
	report
	assert_status 0
	assert_equal "$(searches)" 2
	assert_equal "$(window_end)" "$midnight"
}

@test "after a week off: seven dated reports, oldest first" {
	start --days 9
	export VTREPORTER_REVISIT=NONE
	stand_at "$(date -u -d "$midnight - 7 days" +%Y-%m-%dT00:00:00Z)"
	report
	assert_status 0
	assert_equal "$(reports)" 7
	assert_equal "$(grep -o 'pushed AU [0-9-]*' err | sort -c && grep -c 'pushed AU' err)" 7
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -r '.reports[].name' | grep -c ', 20[0-9-]*$')" 7
}

@test "a window that fails holds up the later ones of its country, and no other country" {
	start --days 5
	export VTREPORTER_COUNTRY=AU,NZ VTREPORTER_REVISIT=NONE
	stand_at "$(date -u -d "$midnight - 3 days" +%Y-%m-%dT00:00:00Z)"
	stand_at "$(date -u -d "$midnight - 2 days" +%Y-%m-%dT00:00:00Z)" NZ
	set_faults '["/intelligence/search=403@2"]'
	report
	assert_status 77
	assert_equal "$(window_end AU)" "$(date -u -d "$midnight - 2 days" +%Y-%m-%dT00:00:00Z)"
	assert_equal "$(window_end NZ)" "$midnight"
	report --now
	assert_status 0
	assert_equal "$(window_end AU)" "$midnight"
}

@test "a look back that fails holds up no new window, and stays due" {
	start
	export VTREPORTER_REVISIT=PT1H
	stand_at "$day_before"
	set_faults '["/intelligence/search=403@2"]'
	report
	assert_status 77
	assert_in err ' again: vt-fetch failed'
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(mark revisited AU)" "$(date -u -d "$day_before - 1 day" +%Y-%m-%dT00:00:00Z)"
	report --now
	assert_status 0
	assert_equal "$(mark revisited AU)" "$midnight"
}

@test "a platform that cannot be asked is told once, and again when it was there meanwhile" {
	start
	export VTREPORTER_PUSH_RETRY=PT1S
	set_octi_faults '["*=http:503@every"]'
	report
	assert_status 69
	[ -s err ]
	report
	assert_status 69
	[ ! -s err ]
	report --health
	assert_status 1
	assert_in out 'failing: '
	set_octi_faults '[]'
	report
	assert_status 0
	set_octi_faults '["*=http:503@every"]'
	report
	assert_status 69
	[ -s err ]
}

@test "a warning that stays is told once while there is nothing to do" {
	start_opencti --now "$(date -u -d '+ 30 minutes' +%Y-%m-%dT%H:%M:%SZ)"
	export VTREPORTER_API_KEY=$test_key VTREPORTER_REVISIT=NONE
	stand_at "$midnight"
	report
	assert_status 0
	assert_in err 'clock'
	report
	assert_status 0
	[ ! -s err ]
}

@test "what the platform could not take of each work is told, though it sounds like the one before" {
	start_opencti
	export VTREPORTER_API_KEY=$test_key VTREPORTER_REVISIT=NONE
	stand_at "$midnight"
	report
	curl -fsS -X POST -d '[{"type":"file","name":"a-1.exe","code":"FUNCTIONAL_ERROR"}]' "$octi_control/refuse" >/dev/null
	"$repository/tests/fixtures/make-bundle.js" --nodes >files.json
	for _ in 1 2; do
		# So it does not hear how it went.
		set_octi_faults '["work=graphql:FORBIDDEN_ACCESS@every"]'
		octi-push -q <files.json
		set_octi_faults '[]'
		settle
		report
		assert_status 0
		assert_in err 'could not take 1 object'
	done
	report
	[ ! -s err ]
}

@test "a stage over its time budget is ended, blamed and told" {
	start
	set_faults '["/intelligence/search=stall:60000@1"]'
	SECONDS=0
	VTREPORTER_FETCH_TIMEOUT=PT1S report
	((SECONDS < 40))
	assert_status 75
	assert_in err 'vt-fetch failed with status 75 (it took longer than PT1S); nothing was published'
	assert_equal "$(window_end)" null
	(($(waits) <= 900))
}

@test "relationships over their time budget: published, and the report says what is missing" {
	start
	set_faults '["/files/*=stall:300000@every"]'
	VTREPORTER_FETCH_TIMEOUT=PT15S VTREPORTER_RELATE_TIMEOUT=PT1S report
	assert_status 75
	assert_in err 'published, but vt-relate ended with status 75 (it took longer than PT1S)'
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(reports)" 1
}

@test "when nobody takes the bundle any more, no more quota is spent on it" {
	start --latency-ms 1000
	# The second registration is that of the push.
	set_octi_faults '["registerConnector=graphql:AUTH_REQUIRED@2-9"]'
	report
	assert_status 77
	assert_in err 'octi-push failed with status 77 (refused); nothing was published'
	(($(curl -fsS "$vt_control/log" | jq length) < 30))
	set_octi_faults '[]'
	report --now
	assert_status 0
	assert_equal "$(window_end)" "$midnight"
}

@test "the blame line is JSON when JSON is asked for" {
	start
	set_faults '["/intelligence/search=403@1"]'
	report --log-format json
	assert_status 77
	tail -n 1 err | jq -e '.level == "ERROR" and .attributes.program == "vt-report" and .name == "CI-ISAC VirusTotal Country Reporter"
		and (.message | test("^AU .*vt-fetch failed with status 77 .*next try after 20"))
		and (.timestamp | test("^20[0-9-]+T[0-9:]+[.][0-9]{6}Z$"))'
	jq -e . err >/dev/null
}
