#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What becomes of a bundle when the platform is down.

load helper
load octi

setup() {
	clean_environment
	background=''
	outbox=$HOME/.local/state/vt-country-report/outbox
}

teardown() {
	kill_background
	stop_servers
}

# A platform that stays down from the first push on.
break_platform() {
	set_faults '["*=http:503@every"]'
}

break_pushes() {
	set_faults '["stixBundlePush=http:503@every"]'
}

mend_platform() {
	set_faults '[]'
}

# One more entry, with the window of the tests.
keep_bundle() {
	make_bundle >bundle.json
	break_pushes
	push --retry PT0S --window "$window" <bundle.json
	assert_status 75
	mend_platform
}

assert_nothing_sent() {
	assert_equal "$(control objects | jq length)" 0
}

entries() {
	find "$outbox" -name '*.json' 2>/dev/null | sort
}

@test "a bundle that a platform which is down does not take is kept, whole and private" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	keep_bundle
	assert_in err 'HTTP status 503'
	assert_in err "kept as \"$outbox/"
	assert_no_secret
	assert_equal "$(state)" '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	assert_equal "$(entries | wc -l)" 1
	assert_equal "$(stat -c %a "$(entries)" "$outbox" | xargs)" '600 700'
	assert_equal "$(find "$outbox" -type f | wc -l)" 1
	jq .bundle "$(entries)" >kept
	jq . bundle.json | cmp - kept
	assert_not_in "$(entries)" "$test_token"
	jq -c 'del(.bundle, .kept)' "$(entries)" >head.json
	assert_equal "$(<head.json)" "$(jq -nc --arg url "$OPENCTI_URL" --arg id "$CONNECTOR_ID" --arg window "$window" \
		'{connector: $id, url: $url, window: $window, commit: true, planned_absent: false, objects: 8}')"
}

@test "--due sends the outbox first, commits it, and only then tells what is due" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-22T00:00:00Z"}}'
	make_bundle >bundle.json
	break_pushes
	push --retry PT0S --window AU/2025-11-22T00:00:00Z/2025-11-23T00:00:00Z <bundle.json
	assert_status 75
	mend_platform
	run_apart octi-push --due
	assert_status 0
	assert_in err 'pushed AU 2025-11-22T00:00:00Z/2025-11-23T00:00:00Z: 8 objects'
	assert_equal "$(<out)" $'AU\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew'
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2025-11-23T00:00:00Z"}'
	assert_equal "$(entries)" ''
	assert_equal "$(report_refs)" 5
	settle
	# The work of the first attempt ended in error, that of the second complete.
	assert_equal "$(control works | jq -c '[.[] | [.status, .processed, .expected, (.errors | length)]]')" \
		'[["complete",0,0,1],["complete",8,8,0]]'
}

@test "the oldest of the outbox goes first" {
	start_opencti
	for day in 22 23 24; do
		break_pushes
		make_bundle --tag "$day" | octi-push -q --retry PT0S --window "AU/2026-11-${day}T00:00:00Z/2026-11-$((day + 1))T00:00:00Z" ||
			[[ $? == 75 ]]
		mend_platform
	done
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	assert_equal "$(octi-push --outbox | cut -f 2-5)" "$(printf '%s\n' \
		$'AU/2026-11-22T00:00:00Z/2026-11-23T00:00:00Z\tcommit\t8\twaiting' \
		$'AU/2026-11-23T00:00:00Z/2026-11-24T00:00:00Z\tcommit\t8\twaiting' \
		$'AU/2026-11-24T00:00:00Z/2026-11-25T00:00:00Z\tcommit\t8\twaiting')"
	run_apart octi-push --due
	# The windows lie before the clock of this test, or after: only the state counts.
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-25T00:00:00Z"}'
	assert_equal "$(entries)" ''
	assert_not_in err 'state not moved'
}

@test "as long as the platform stays down the outbox waits, and nothing is due" {
	start_opencti
	keep_bundle
	break_pushes
	run_apart octi-push --due --retry PT0S
	assert_status 75
	[[ ! -s out ]]
	assert_in err 'the outbox waits'
	break_platform
	run_apart octi-push --due --retry PT0S
	assert_status 69
	[[ ! -s out ]]
	assert_equal "$(entries | sed 's/.*\././;s/json//' | wc -l)" 1
	assert_equal "$(octi-push --outbox | cut -f 5)" waiting
}

@test "a platform that was down from the start: what is at hand is kept, what would have to be waited for is not" {
	start_opencti
	make_bundle --files 300 >bundle.json
	break_platform
	push --retry PT0S --window "$window" <bundle.json
	assert_status 75
	# shellcheck disable=SC2002
	run_pipe "cat bundle.json | octi-push --retry PT0S --window $window"
	assert_equal "${statuses[*]}" '0 75'
	assert_equal "$(entries | wc -l)" 2
	mkfifo input
	octi-push --retry PT0S <input >out 2>err 3>&- &
	background=$!
	exec 9>input
	head -c 1000 bundle.json >&9
	await_background
	exec 9>&-
	assert_status 69
	assert_equal "$(entries | wc -l)" 2
	mend_platform
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	run_apart octi-push --due -q
	assert_equal "$(entries | wc -l)" 0
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
}

@test "a platform that goes away between the push and the commit: kept, and the state moves later" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	make_bundle >bundle.json
	# The first is of the begin, the second reads the state for the commit.
	set_faults '["connector=http:503@2-99"]'
	push --retry PT0S --window "$window" <bundle.json
	assert_status 75
	assert_equal "$(report_refs)" 5
	mend_platform
	control objects >before
	run_apart octi-push --due
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
	control objects >after
	cmp before after
}

@test "a bundle without a window, or with --no-commit, is kept and sent, and commits nothing" {
	start_opencti
	make_bundle >bundle.json
	break_pushes
	push --retry PT0S <bundle.json
	assert_status 75
	push --retry PT0S --window "$window" --no-commit <bundle.json
	assert_status 75
	mend_platform
	assert_equal "$(octi-push --outbox | cut -f 2-3)" $'-\tno-commit\n'"$window"$'\tno-commit'
	run_apart octi-push --due
	assert_equal "$(entries)" ''
	assert_equal "$(state)" null
	assert_equal "$(report_refs)" 5
}

@test "refused three times for good: it goes to failed, and its window is due again" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-22T00:00:00Z","NZ":"2025-11-23T00:00:00Z"}}'
	make_bundle >bundle.json
	break_pushes
	push --retry PT0S --window AU/2025-11-22T00:00:00Z/2025-11-23T00:00:00Z <bundle.json
	assert_status 75
	set_faults '["stixBundlePush=graphql:FUNCTIONAL_ERROR@every"]'
	for try in 1 2; do
		run_apart octi-push --due --country AU,NZ
		assert_status 69
		assert_in err "refused $try of 3 times"
		# What waits is not made again, and holds up no other country.
		assert_equal "$(<out)" $'NZ\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew'
		assert_equal "$(octi-push --outbox | cut -f 5)" "waiting:$try"
	done
	run_apart octi-push --due --country AU,NZ
	assert_status 69
	assert_in err 'for the last time'
	assert_equal "$(grep -c ^AU out)" 2
	assert_equal "$(octi-push --outbox | cut -f 5)" failed
	assert_equal "$(entries | grep -c /failed/)" 1
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2025-11-22T00:00:00Z","NZ":"2025-11-23T00:00:00Z"}'
	run_apart octi-push --due
	assert_status 0
	jq .bundle "$(entries)" >kept
	jq . bundle.json | cmp - kept
}

@test "a refused token counts against no bundle" {
	start_opencti
	keep_bundle
	set_faults '["stixBundlePush=graphql:FORBIDDEN_ACCESS@every"]'
	run_apart octi-push --due
	assert_status 77
	[[ ! -s out ]]
	assert_equal "$(octi-push --outbox | cut -f 5)" waiting
}

@test "a bundle of another connector or platform is left alone" {
	start_opencti
	keep_bundle
	CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeee0000 run_apart octi-push --due
	assert_status 0
	assert_equal "$(entries | wc -l)" 1
	assert_equal "$(CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeee0000 octi-push --outbox | cut -f 5)" other
	start_opencti
	run_apart octi-push --due
	assert_status 0
	assert_equal "$(entries | wc -l)" 1
}

@test "a full disk: 74, nothing is left behind and the state stays" {
	start_opencti
	make_bundle --files 200 >bundle.json
	break_pushes
	# SIGXFSZ ignored, a write over the limit fails like one on a full disk.
	status=0
	(trap '' XFSZ && ulimit -f 16 && TMPDIR=/tmp octi-push --retry PT0S --window "$window") <bundle.json >out 2>err || status=$?
	assert_status 74
	assert_equal "$(find "$outbox" -type f 2>/dev/null)" ''
	# The spool is let through, the outbox is not.
	mkdir -p "$HOME/nowhere"
	VTREPORTER_OUTBOX_DIR=/dev/null/outbox push --retry PT0S --window "$window" <bundle.json
	assert_status 74
	assert_in err outbox
	assert_equal "$(state)" null
	[[ ! -s out ]]
}

@test "a full disk under the outbox alone" {
	[[ -w /dev/shm ]] || skip 'no file system of a known size'
	start_opencti
	make_bundle --files 3 --pad 400000 >bundle.json
	break_pushes
	mkdir small
	# As root in a name space of its own; a machine that allows neither has the test before.
	unshare --mount --map-root-user true 2>/dev/null || skip 'no mount name spaces'
	status=0
	# shellcheck disable=SC2016
	OUTBOX=$PWD/small WINDOW=$window unshare --mount --map-root-user bash -c '
		mount -t tmpfs -o size=256k none "$OUTBOX" &&
			VTREPORTER_OUTBOX_DIR=$OUTBOX octi-push --retry PT0S --window "$WINDOW" <bundle.json; status=$?
		ls -A "$OUTBOX" >left
		exit "$status"' >out 2>err || status=$?
	assert_status 74
	assert_in err 'No space left'
	[[ ! -s left ]]
	assert_equal "$(state)" null
}

@test "what a killed process left half written is cleared away, a foreign file is not" {
	start_opencti
	keep_bundle
	echo half >"$outbox/.20260101T000000.000000Z-1.tmp"
	echo '{"not":"ours"}' >"$outbox/mine.0.json"
	run_apart octi-push --outbox
	assert_status 0
	assert_in err 'mine.0.json'
	assert_equal "$(wc -l <out)" 1
	[[ ! -e $outbox/.20260101T000000.000000Z-1.tmp ]]
	[[ -e $outbox/mine.0.json ]]
	# An entry that was cut is no whole bundle.
	truncate -s -10 "$(entries | head -n 1)"
	run_apart octi-push --due
	assert_status 65
	assert_nothing_sent
}

@test "two that send at a time send it once" {
	start_opencti --fault 'stixBundlePush=stall:1500@2'
	keep_bundle
	set_faults '["stixBundlePush=stall:1500"]'
	octi-push --due >first.out 2>first.err 3>&- &
	background=$!
	local tick
	for ((tick = 0; tick < 200; tick++)); do
		[[ $(control log | jq '[.[] | select(.operation == "stixBundlePush")] | length') == 1 ]] || break
		sleep 0.05
	done
	run_apart octi-push --due
	assert_status 0
	await_background
	assert_status 0
	assert_equal "$(cat first.err err | grep -c 'sending')" 1
	assert_equal "$(entries)" ''
}

@test "-n --due sends nothing, and does not tell windows whose bundle waits" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-22T00:00:00Z"}}'
	keep_bundle
	run_apart octi-push -n --due
	assert_status 0
	[[ ! -s out ]]
	assert_equal "$(entries | wc -l)" 1
}

@test "--outbox of nothing is silent, needs no configuration, and excludes other modes" {
	run_apart octi-push --outbox
	assert_status 0
	[[ ! -s out && ! -s err ]]
	run_apart octi-push --outbox --due
	assert_status 64
}
