#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load report

setup() {
	set_up_report
}

teardown() {
	stop_servers
}

@test "what is due is published and committed once; then there is nothing to say" {
	start
	report
	assert_status 0
	assert_equal "$(reports)" 1
	assert_equal "$(window_end)" "$midnight"
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.violations, .dropped_references, .errors]')" '[[],[],[]]'
	assert_no_secret
	report
	assert_status 0
	[ ! -s out ] && [ ! -s err ]
}

@test "it runs with a short PATH from any directory" {
	start
	cd /
	PATH=/usr/bin:/bin "$repository/scripts/vt-report" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
	cd "$BATS_TEST_TMPDIR"
	assert_equal "$(reports)" 1
}

@test "a live run keeps the next one out, silently" {
	start
	mkdir -p state
	exec 5>>state/lock
	flock -n 5
	report
	assert_status 0
	[ ! -s out ] && [ ! -s err ]
	exec 5>&-
	assert_equal "$(reports)" 0
}

@test "the stage to blame is named in one line, nothing is published, and the window rests" {
	start
	set_faults '["/intelligence/search=403@every"]'
	report
	assert_status 77
	assert_in err "vt-report: AU "
	assert_in err 'vt-fetch failed with status 77 (refused); nothing was published'
	assert_equal "$(grep -c '^vt-report: ' err)" 1
	assert_equal "$(reports)" 0
	assert_equal "$(window_end)" null
	# Every five minutes cron asks again, and spends nothing.
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	report
	assert_status 0
	[ ! -s out ] && [ ! -s err ]
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
	set_faults '[]'
	report --now
	assert_status 0
	assert_equal "$(reports)" 1
	assert_equal "$(window_end)" "$midnight"
}

@test "a search that is cut short is never published" {
	start
	export VTREPORTER_MAX_REQUESTS=1
	set_faults '["/intelligence/search=empty-page@1"]'
	report
	assert_status 75
	assert_in err 'vt-fetch failed with status 75'
	assert_equal "$(reports)" 0
	assert_equal "$(window_end)" null
}

@test "relationships that could not be had: published, but" {
	start
	VTREPORTER_MAX_REQUESTS=10 report
	assert_status 75
	assert_in err 'published, but vt-relate ended with status 75'
	assert_equal "$(reports)" 1
	assert_equal "$(window_end)" "$midnight"
	assert_in <(curl -fsS "$octi_control/objects") 'quota'
}

@test "a platform that refuses the token is told before VirusTotal is asked" {
	start
	OPENCTI_TOKEN=00000000-1111-4222-8333-444455556666 report
	assert_status 77
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
}

@test "one country that fails holds up no other" {
	export VTREPORTER_COUNTRY=AU,NZ
	start
	set_faults '["/intelligence/search=403@1"]'
	report
	assert_status 77
	assert_in err 'vt-report: AU '
	assert_equal "$(window_end AU)" null
	assert_equal "$(window_end NZ)" "$midnight"
}

@test "a redo publishes the window and moves no state" {
	start
	report --country AU --since "$(date -u -d "$midnight - 1 day" +%Y-%m-%d)" --until "${midnight%T*}"
	assert_status 0
	assert_equal "$(reports)" 1
	assert_equal "$(window_end)" null
}

@test "a dry run publishes nothing and leaves everything in a directory that it names" {
	start
	report -n
	assert_status 0
	local kept
	kept=$(sed -n 's/.*the streams and the bundle are in //p' err)
	assert_equal "$(cd "$kept" && echo *)" '1-fetch.jsonl 2-relate.jsonl 3-bundle.json'
	assert_equal "$(jq -r .type "$kept/3-bundle.json")" bundle
	assert_equal "$(reports)" 0
	assert_equal "$(window_end)" null
}

# The processes below one, by name.
descendants() {
	local child
	for child in $(pgrep -P "$1"); do
		printf '%s %s\n' "$child" "$(ps -o comm= -p "$child")"
		descendants "$child"
	done
}

@test "SIGTERM ends it within ten seconds, with all its stages, and nothing is published" {
	start --latency-ms 300
	vt-report >out 2>err &
	local pid=$! tick below
	for ((tick = 0; tick < 100; tick++)); do
		[ "$(curl -fsS "$vt_control/log" | jq length)" -lt 4 ] || break
		sleep 0.1
	done
	below=$(descendants "$pid" | cut -d ' ' -f 1)
	[ "$(wc -w <<<"$below")" -ge 4 ]
	SECONDS=0
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_status 143
	[ "$SECONDS" -le 10 ]
	for pid in $below; do
		! kill -0 "$pid" 2>/dev/null || fail "process $pid is still there"
	done
	assert_equal "$(reports)" 0
	assert_equal "$(window_end)" null
	set_faults '[]'
	report --now
	assert_status 0
	assert_equal "$(reports)" 1
}

@test "a stage that is killed at any moment publishes no cut report and moves no state" {
	start --latency-ms 60
	local stage delay pid victim
	for stage in vt-fetch vt-relate stix-build octi-push; do
		for delay in 0.3 0.8; do
			vt-report --now >out 2>err &
			pid=$!
			sleep "$delay"
			victim=$(descendants "$pid" | awk -v name="$stage" '$2 == name {print $1}' | head -n 1)
			[ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null || true
			status=0
			wait "$pid" || status=$?
			if [ "$(window_end)" = null ]; then
				assert_equal "$(reports)" 0
			else
				# It was too late to do harm: then the report is whole.
				assert_equal "$(reports)" 1
				return 0
			fi
			[ "$status" != 0 ] || fail "$stage was killed after $delay s, status 0"
		done
	done
	report --now
	assert_status 0
	assert_equal "$(reports)" 1
	assert_equal "$(window_end)" "$midnight"
}

@test "the check tells what a run needs, and its status is that of what fails" {
	start
	report --check
	assert_status 0
	assert_in out 'ok'
	assert_equal "$(reports)" 0
	OPENCTI_TOKEN=00000000-1111-4222-8333-444455556666 report --check
	assert_status 77
	assert_no_secret
	report --check --daemon
	assert_status 64
}

@test "usage: help, version, misuse, faults of the configuration" {
	report --help
	assert_status 0
	assert_in out --since
	report --version
	assert_status 0
	report --nonsense
	assert_status 64
	report --since 2026-11-23
	assert_status 64
	VTREPORTER_COUNTRY=XX report
	assert_status 78
}
