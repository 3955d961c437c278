# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of octi-push: bundles, and what the simulator of OpenCTI knows.
# shellcheck shell=bash

window=AU/2026-11-22T00:00:00Z/2026-11-23T00:00:00Z

make_bundle() {
	"$repository/tests/fixtures/make-bundle.js" "$@"
}

# push ARGUMENTS... <bundle
push() {
	run_apart octi-push "$@"
}

control() {
	curl -fsS "$octi_control/$1"
}

settle() {
	assert_equal "$(curl -fsS -X POST "$octi_control/settle")" '{"settled":true}'
}

set_faults() {
	curl -fsS -X POST -d "$1" "$octi_control/faults" >/dev/null
}

reset_state() {
	curl -fsS -X POST -d "{\"id\":\"$CONNECTOR_ID\"}" "$octi_control/reset-state" >/dev/null
}

graphql() {
	curl -fsS -H "Authorization: Bearer $test_token" -H 'Content-Type: application/json' -d "$1" "$OPENCTI_URL/graphql"
}

# The connector registered by a ping, with this state.
set_state() {
	octi-push --ping -q
	jq -nc --arg id "$CONNECTOR_ID" --arg state "$1" \
		'{query: "mutation p($id: ID!, $state: String) { pingConnector(id: $id, state: $state) { id } }", variables: {id: $id, state: $state}}' >ping.json
	graphql @ping.json >/dev/null
}

state() {
	control connectors | jq -c '.[0].connector_state | if . == null or . == "" then null else fromjson end'
}

operations() {
	control log | jq -r '.[].operation'
}

# assert_operations NAME COUNT
assert_operations() {
	assert_equal "$1 $(operations | grep -cx "$1")" "$1 $2"
}

# was_asked NAME COUNT: so often at least.
was_asked() {
	(($(operations | grep -cx "$1") >= $2))
}

assert_nothing_pushed() {
	assert_operations workAdd 0
	assert_operations stixBundlePush 0
}

add_worker() {
	curl -fsS -X POST -d '{"count":1}' "$octi_control/add-workers" >/dev/null
}

refuse() {
	curl -fsS -X POST -d "$1" "$octi_control/refuse" >/dev/null
}

# The journal's files.
journal() {
	find "$HOME" -path '*/works/*' -type f
}

# Every work has ended, with everything that was expected and no error.
assert_works_complete() {
	settle
	# The last words of octi-push and those of the workers meet in any order.
	assert_equal "$(control works | jq -c '[.[] | select(.status != "complete" or .processed != .expected or .errors != [])]')" '[]'
	assert_equal "$(control summary | jq -c '[.violations, .dropped_references, .errors]')" '[[],[],[]]'
}

report_refs() {
	control 'objects?type=report' | jq '.[0].object_refs | length'
}

# Waits for what runs in the background; its status in $status.
await_background() {
	status=0
	wait "$background" || status=$?
	background=''
}

# For teardown: what a failed test has left running. It may be gone by now.
kill_background() {
	[[ -z $background ]] || kill -KILL "$background" 2>/dev/null || true
}

# Starts octi-push on a pipe that stays open, with these arguments; its status is left by finish_push.
begin_push() {
	local before
	before=$(operations | grep -cx connector) || true
	mkfifo input
	octi-push "$@" <input >out 2>err 3>&- &
	background=$!
	exec 9>input
	# A ping before it has asked for the connector too.
	wait_for was_asked connector $((before + 1))
}

finish_push() {
	exec 9>&-
	await_background
	rm input
}

# fast COMMAND...: becomes it; for it a minute is a second.
fast() {
	with_clock '+0 x60' exec "$@"
}
