#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The four programs typed by hand, with nothing but the environment.

load helper

setup() {
	clean_environment
	start_vt --files 60
	start_opencti
	export VTREPORTER_COUNTRY=AU
	window='--since 2026-11-23 --until 2026-11-24'
}

teardown() {
	stop_servers
}

settle() {
	curl -fsS -X POST "$octi_control/settle" >/dev/null
}

objects() {
	curl -fsS "$octi_control/objects" | sha256sum
}

@test "the pipeline by hand: the platform holds what VirusTotal has, and a second push changes nothing" {
	run_pipe "vt-fetch $window | vt-relate | stix-build | tee bundle.json | octi-push"
	assert_equal "${statuses[*]}" '0 0 0 0 0'
	settle
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.violations, .dropped_references, .errors, [.works[] | .status, .errors]]')" '[[],[],[],["complete",0]]'
	assert_equal "$(curl -fsS "$octi_control/summary" | jq '.reports[0].object_refs')" "$(jq '.objects[-1].object_refs | length' bundle.json)"
	local before
	before=$(objects)
	octi-push -q <bundle.json
	settle
	assert_equal "$(objects)" "$before"
	assert_no_secret
}

@test "each stage's output can be kept and replayed: the same bytes" {
	# shellcheck disable=SC2086
	vt-fetch -q $window >fetched
	vt-relate -q <fetched >related
	stix-build -q <related >bundle
	vt-relate -q --no-cache <fetched | cmp - related
	stix-build -q <related | cmp - bundle
}

@test "a stream that is no stream is told in a few lines, whatever its length" {
	# shellcheck disable=SC2086
	vt-fetch -q $window | jq . >pretty
	[ "$(wc -l <pretty)" -gt 10000 ]
	for program in vt-relate stix-build; do
		run_apart "$program" <pretty
		assert_status 65
		assert_in err 'use jq -c'
		assert_in err 'more records like that are left out without a word'
		[ "$(wc -l <err)" -le 25 ] || fail "$program: $(wc -l <err) lines"
	done
}

@test "a filter in the middle is normal" {
	run_pipe "vt-fetch $window | jq -c 'select(.type != \"file\" or .attributes.size < 1000000)' | vt-relate | stix-build | octi-push"
	assert_equal "${statuses[*]}" '0 0 0 0 0'
	assert_in err ', filtered'
	settle
	assert_equal "$(curl -fsS "$octi_control/summary" | jq '.reports | length')" 1
}

@test "a search that failed travels down the pipe as data, and nothing arrives" {
	curl -fsS -X POST -d '["/intelligence/search=403@every"]' "$vt_control/faults" >/dev/null
	run_pipe "vt-fetch $window | vt-relate | stix-build | octi-push"
	assert_equal "${statuses[*]}" '77 0 65 65'
	settle
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.reports, .works]')" '[[],[]]'
}

@test "a full temporary directory ends a stage with 74, and nothing arrives" {
	run_pipe "vt-fetch $window | vt-relate | TMPDIR=/nonexistent stix-build | octi-push"
	assert_equal "${statuses[2]}" 74
	assert_equal "${statuses[3]}" 65
	settle
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -c .works)" '[]'
}
