#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What vt-report keeps and tells: streams, archive, replay, health, metrics.

load report

setup() {
	set_up_report
	export VTREPORTER_ARCHIVE_DIR=$BATS_TEST_TMPDIR/archive VTREPORTER_METRICS_FILE=$BATS_TEST_TMPDIR/vt_report.prom
	day=${day_before%T*}
}

teardown() {
	stop_servers
}

# vt-report with one stage replaced by a script: broken NAME 'SCRIPT'.
broken() {
	mkdir -p bin
	cp -r "$repository/scripts/vt-report" "$repository/scripts/vt-report.d" bin
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
	run_apart bin/vt-report --now
}

# value 'NAME{LABELS}': of the metrics file.
value() {
	awk -v name="$1" '$1 == name {print $2}' vt_report.prom
}

@test "a published window goes into the archive, packed; nothing else stays" {
	start
	report
	assert_status 0
	assert_equal "$(cd archive && find . -type f | sort | tr '\n' ' ')" "./AU/$day.bundle.json.zst ./AU/$day.jsonl.zst "
	assert_equal "$(zstd -dc "archive/AU/$day.jsonl.zst" | head -n 1 | jq -r .attributes.window_label)" "$day"
	zstd -dc "archive/AU/$day.jsonl.zst" | tail -n 1 | jq -e '.attributes.complete and .attributes.relate.complete'
	assert_equal "$(zstd -dc "archive/AU/$day.bundle.json.zst" | jq -r '.objects[-1].type')" report
	assert_equal "$(stat -c %a "archive/AU/$day.jsonl.zst")" 600
	assert_equal "$(ls state/runs 2>/dev/null)" ''
	VTREPORTER_REVISIT=PT1H report
	assert_status 0
	[ -s "archive/AU/$day.again.jsonl.zst" ] && [ -s "archive/AU/$day.jsonl.zst" ]
	report --since "$day_before" --until "$midnight"
	assert_status 0
	[ -s "archive/AU/$day.redo.bundle.json.zst" ]
	assert_equal "$(find archive -name '*.tmp')" ''
}

@test "a part of a day has both its ends in its name" {
	start
	report --since "${day}T06:00:00Z" --until "${day}T12:00:00Z"
	assert_status 0
	[ -s "archive/AU/${day//-/}T060000Z_to_${day//-/}T120000Z.redo.jsonl.zst" ]
}

@test "without archive_dir a published run leaves nothing" {
	start
	unset VTREPORTER_ARCHIVE_DIR
	report
	assert_status 0
	assert_equal "$(find state/runs -type f)" ''
	[ ! -e archive ]
}

@test "a replay of the archive rebuilds the report on another platform, without VirusTotal and without the state" {
	start
	report
	settle
	curl -fsS "$octi_control/objects" | sed 's/"updated_at":"[^"]*"//g' | sha256sum >first
	forget
	start_opencti
	export VTREPORTER_API_URL=http://127.0.0.1:1/api/v3
	report --replay "archive/AU/$day.jsonl.zst"
	assert_status 0
	settle
	curl -fsS "$octi_control/objects" | sed 's/"updated_at":"[^"]*"//g' | sha256sum >second
	cmp first second
	assert_equal "$(window_end)" null
	assert_in <(curl -fsS "$octi_control/summary" | jq -r '.works[].name') "AU $day_before/$midnight"
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
	report --replay "archive/AU/$day.bundle.json.zst"
	assert_status 0
	settle
	curl -fsS "$octi_control/objects" | sed 's/"updated_at":"[^"]*"//g' | cmp - <(curl -fsS "$octi_control/objects" | sed 's/"updated_at":"[^"]*"//g')
	assert_equal "$(reports)" 1
	echo '{"type":"file"}' >other
	report --replay other
	assert_status 65
	assert_in err 'is neither a kept stream nor a bundle'
	report --replay nowhere.jsonl.zst
	assert_status 65
}

@test "a run that failed while building keeps its streams whole, and the line tells how to go on" {
	start
	broken stix-build 'head -c 3000 >/dev/null; echo "stix-build: something broke" >&2; exit 70'
	assert_status 70
	assert_in err 'stix-build failed with status 70 (a fault of its own); nothing was published'
	local command kept
	command=$(sed -n 's/.*; from there on: //p' err)
	kept=${command##* }
	zstd -dc "$kept" | tail -n 1 | jq -e '.type == "search_summary" and .attributes.relate.complete'
	assert_equal "$(stat -c %a "$(dirname "$kept")")" 700
	forget
	$command 2>err
	assert_equal "$(reports)" 1
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
	assert_equal "$(window_end)" null
	report --now
	assert_status 0
	[ ! -e "$(dirname "$kept")" ]
	assert_equal "$(reports)" 1
}

@test "a search that was cut short is gone on with, not repeated; a crash in between loses nothing" {
	start --files 700
	export VTREPORTER_RELATE_SEVERITY=NONE
	VTREPORTER_MAX_REQUESTS=1 report
	assert_status 75
	assert_equal "$(searches)" 1
	# Killed before it got anywhere: what the first one has got is still there.
	set_faults '["/intelligence/search=stall:60000@1"]'
	setsid vt-report --now >out 2>err &
	local pid=$!
	wait_for compgen -G 'archive/runs/AU-*/0-cut.jsonl'
	pkill -KILL -s "$pid"
	wait "$pid" || true
	# One that was being born meanwhile would go on, and publish.
	for _ in {1..20}; do
		pkill -KILL -s "$pid" || break
		sleep 0.1
	done
	flock state/lock true
	forget
	set_faults '[]'
	report --now
	assert_status 0
	assert_equal "$(searches)" 2
	vt-fetch -q --since "$day_before" --until "$midnight" >whole
	assert_equal "$(zstd -dc "archive/AU/$day.jsonl.zst" | jq -r 'select(.type == "file").id' | sort)" \
		"$(jq -r 'select(.type == "file").id' whole | sort)"
	assert_equal "$(ls archive/runs)" ''
}

@test "a search that is another one by now is begun anew" {
	start --files 700
	export VTREPORTER_RELATE_SEVERITY=NONE
	VTREPORTER_MAX_REQUESTS=1 report
	assert_status 75
	forget
	VTREPORTER_MIN_POSITIVES=3 report --now
	assert_status 0
	assert_equal "$(zstd -dc "archive/AU/$day.jsonl.zst" | jq -r .type | uniq -c | awk '{print $2}' | xargs)" 'search file search_summary'
	assert_equal "$(reports)" 1
}

@test "a push that failed is replayed from the bundle" {
	start
	set_octi_faults '["stixBundlePush=graphql:FORBIDDEN_ACCESS@every"]'
	report
	assert_in err 'octi-push failed'
	local command
	command=$(sed -n 's/.*; from there on: //p' err)
	[[ $command == *3-bundle.json.zst ]]
	set_octi_faults '[]'
	$command 2>err
	assert_equal "$(reports)" 1
}

@test "what is too old goes, and nothing else does" {
	start
	report
	mkdir -p archive/runs/AU-old archive/runs/AU-young archive/other
	touch archive/AU/2020-01-01.jsonl.zst archive/AU/2020-01-02.bundle.json.gz archive/AU/notes.txt archive/other/2020-01-01.jsonl.zst
	touch -d '40 days ago' archive/AU/* archive/other/* archive/runs/AU-old
	touch "archive/AU/$day.jsonl.zst"
	report
	[ ! -e archive/runs/AU-old ] && [ -e archive/runs/AU-young ]
	[ -e archive/AU/2020-01-01.jsonl.zst ]
	VTREPORTER_ARCHIVE_DAYS=30 report
	assert_status 0
	assert_equal "$(find archive -type f | sort | tr '\n' ' ')" "archive/AU/$day.jsonl.zst archive/AU/notes.txt archive/other/2020-01-01.jsonl.zst "
}

@test "an archive that cannot be written is a warning; the report is published" {
	start
	mkdir archive
	: >archive/AU
	report
	assert_status 0
	assert_in err 'warning: the archive'
	assert_equal "$(window_end)" "$midnight"
}

@test "health: late before the first run, fresh after it, failing after a failure, late when nothing runs" {
	start
	report --health
	assert_status 1
	assert_in out 'late: it never ran'
	[ ! -e state ]
	report
	report --health
	assert_status 0
	assert_in out "fresh: AU published up to $midnight"
	run_apart with_clock +26h vt-report --health
	assert_status 1
	assert_in out 'late: it last ran at '
	run_apart with_clock +20h vt-report --health
	assert_status 0
	reset_state
	set_faults '["/intelligence/search=403@1"]'
	report
	report --health
	assert_status 1
	assert_in out "failing: AU from $day_before: 1 failures, next try after "
	report --now
	report --health
	assert_status 0
}

@test "health of a daemon: five minutes without a look are late, unless a run is under way" {
	start
	report
	sed -i 's/ once$/ daemon/' state/tick
	run_apart with_clock +6m vt-report --health
	assert_status 1
	exec 5>>state/lock
	flock -n 5
	run_apart with_clock +6m vt-report --health
	exec 5>&-
	assert_status 0
}

@test "metrics: one text file in Prometheus' form that says what the streams say" {
	umask 077
	start
	curl -fsS -X POST -d '{"api_requests_daily":{"allowed":20000,"used":0}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst report
	assert_status 0
	local labels='country="AU",kind="new"' kept
	kept=$(zstd -dc "archive/AU/$day.jsonl.zst" | tail -n 1)
	assert_equal "$(value "vt_report_files{$labels,result=\"total_hits\"}")" "$(jq .attributes.total_hits <<<"$kept")"
	assert_equal "$(value "vt_report_files{$labels,result=\"files_emitted\"}")" "$(jq .attributes.files_emitted <<<"$kept")"
	assert_equal "$(value "vt_report_requests{$labels,result=\"relationship\"}")" "$(jq .attributes.relate.requests <<<"$kept")"
	assert_equal "$(value "vt_report_related{$labels,result=\"kept\"}")" "$(jq .attributes.relate.related_kept <<<"$kept")"
	assert_equal "$(value "vt_report_objects{$labels,type=\"relationship\"}")" \
		"$(zstd -dc "archive/AU/$day.bundle.json.zst" | jq '[.objects[] | select(.type == "relationship")] | length')"
	assert_equal "$(value "vt_report_window_end_timestamp_seconds{$labels}")" "$(date -u -d "$midnight" +%s)"
	(($(value "vt_report_window_lag_seconds{$labels}") >= 10800))
	assert_equal "$(value vt_report_tick_status)" 0
	assert_equal "$(value 'vt_report_quota_left{quota="api_requests_daily"}')" \
		"$((20000 - $(jq '.attributes | .requests + .relate.requests' <<<"$kept")))"
	assert_equal "$(value "vt_report_stage_status{$labels,stage=\"octi-push\"}")" 0
	# Each metric stands together behind its two heading lines; no sample is there twice.
	awk '/^# HELP /{help = $3; next} /^# TYPE /{if ($3 != help || $4 != "gauge" || seen[help]++) exit 1; next}
		{name = $1; sub(/[{].*/, "", name); if (name != help || there[$1]++ || NF < 2) exit 1}' vt_report.prom
	assert_equal "$(grep -cvE '^(# (HELP|TYPE) |vt_report_[a-z_]+([{]([a-z]+="[^"]*",?)+[}])? [0-9.]+$)' vt_report.prom)" 0
	assert_equal "$(stat -c %a vt_report.prom)" 644
	reset_state
	set_faults '["/intelligence/search=403@1"]'
	report
	assert_equal "$(value "vt_report_failures{$labels}")" 1
	assert_equal "$(value "vt_report_run_status{$labels}")" 77
	assert_equal "$(value "vt_report_window_end_timestamp_seconds{$labels}")" "$(date -u -d "$midnight" +%s)"
	assert_equal "$(echo vt_report.prom.*)" 'vt_report.prom.*'
	VTREPORTER_METRICS_FILE=$BATS_TEST_TMPDIR/nowhere/x.prom report
	assert_status 0
	assert_in err 'warning: cannot write'
}
