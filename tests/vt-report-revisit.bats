#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Detections that come late: the window is looked at again.

load report
load clock

setup() {
	set_up_report
	midnight=2026-11-24T00:00:00Z
	start_clock '2026-11-24 04:00:00'
	start --late 6
}

teardown() {
	stop_servers
}

late_files() {
	curl -fsS "$vt_control/corpus" | jq -r '.cases | to_entries[] | select(.key | startswith("late-")).value'
}

# reports_of SHA256: the names of the reports that refer to the file.
reports_of() {
	curl -fsS "$octi_control/objects" >objects
	jq -r --arg sha "$1" '[.[] | select((.attributes.hashes // {})["SHA-256"] == $sha) | .standard_id] as $ids |
		.[] | select(.standard_id | startswith("report--")) | select(.object_refs | any(IN($ids[]))) | .attributes.name' objects
}

@test "files that are detected after two days arrive in the report of their day, once" {
	local sha
	report
	assert_status 0
	assert_equal "$(reports)" 1
	(($(late_files | wc -l) == 6))
	for sha in $(late_files); do assert_equal "$(reports_of "$sha")" ''; done
	set_clock '2026-11-27 04:00:00'
	report
	assert_status 0
	assert_equal "$(window_end)" 2026-11-27T00:00:00Z
	assert_equal "$(mark revisited AU)" 2026-11-24T00:00:00Z
	settle
	for sha in $(late_files); do
		assert_equal "$(reports_of "$sha")" 'Files first seen and submitted from Australia (AU), 2026-11-23'
	done
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.violations, .dropped_references, .errors]')" '[[],[],[]]'
	# A day later nothing of it is new.
	curl -fsS "$octi_control/objects" | jq 'length' >before
	report
	assert_status 0
	[ ! -s err ]
	settle
	curl -fsS "$octi_control/objects" | jq 'length' | cmp - before
}

@test "missed windows that were joined are looked at again as one, and the others as they were" {
	stop_servers
	start --days 14 --files 100
	set_clock '2026-11-11 04:00:00'
	report
	set_clock '2026-11-12 04:00:00'
	report
	assert_status 0
	assert_equal "$(reports)" 2
	# Twelve days off; then a look each day.
	for clock in 24 25 26 27 28; do
		set_clock "2026-11-$clock 04:00:00"
		report
		assert_status 0
	done
	settle
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -r '.reports[].name | sub(".*, "; "")' | sort | uniq -d)" ''
	assert_equal "$(curl -fsS "$octi_control/summary" | jq -r '.reports[].name | sub(".*, "; "")' | sort | head -n 5 | xargs)" \
		'2026-11-10 2026-11-11 2026-11-12 to 2026-11-17 2026-11-18 2026-11-19'
	assert_equal "$(mark revisited AU)" 2026-11-25T00:00:00Z
}
