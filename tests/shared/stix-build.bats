#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Real answers of VirusTotal through all programs, and the bundles against the OASIS schemas.

load ../helper

setup() {
	clean_environment
}

teardown() {
	stop_servers
}

# Every file object of the samples, one a line, the first of each id; what does not parse strictly is for jq to tell.
sample_files() {
	find "$VT_SHARED/samples" -path '*/synthetic' -prune -o \( -name '*.json' -o -name '*.ndjson' \) -print0 | sort -z |
		xargs -0 cat | jq -c '.. | objects | select(.type == "file" and (.id | type == "string" and test("^[0-9a-f]{64}$")) and (.attributes | type == "object"))' |
		awk '{ match($0, /"id":"[0-9a-f]+"/); id = substr($0, RSTART, RLENGTH) } !seen[id]++'
}

with_control() {
	printf '%s\n' '{"type":"search","id":"AU/2025-11-23T00:00:00Z/2025-11-24T00:00:00Z","attributes":{"country":"AU","window_start":"2025-11-23T00:00:00Z","window_end":"2025-11-24T00:00:00Z","window_label":"2025-11-23","as_of":"2025-11-24T03:00:00Z","timezone":"UTC","query":"q"}}'
	cat
	printf '%s\n' '{"type":"search_summary","id":"AU/2025-11-23T00:00:00Z/2025-11-24T00:00:00Z","attributes":{"total_hits":1000,"files_seen":1000,"files_emitted":1000,"files_rejected":{},"requests":1,"complete":true,"error":null}}'
}

check_schemas() {
	/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip 'python3-jsonschema is not installed (scripts/setup --dev): the OASIS schemas are NOT checked'
	/usr/bin/python3 "$repository/tests/fixtures/check-schemas.py" "$VT_SHARED/reference/stix2.1-schemas" <"$1" >faults 2>schema.err ||
		fail "$(head -n 5 faults schema.err)"
}

@test "every real file object becomes valid STIX" {
	sample_files >samples
	[ "$(wc -l <samples)" -ge 60 ] || fail "$(wc -l <samples) samples"
	with_control <samples >in
	VTREPORTER_FAMILIES=all run_apart stix-build <in
	assert_status 0
	"$repository/tests/fixtures/check-bundle.js" <out >faults || fail "$(head -n 5 faults)"
	# The platform knows a file by its MD5: two of the samples share one.
	assert_equal "$(jq '[.objects[] | select(.type == "file")] | length' out)" "$(jq -r '.attributes.md5' samples | sort -u | wc -l)"
	check_schemas out
}

@test "real file objects, spoiled, never spoil the bundle" {
	local seed
	sample_files >samples
	for seed in 1 2 3; do
		with_control <samples | "$repository/tests/fixtures/mutate.js" "$seed" >in
		VTREPORTER_FAMILIES=all run_apart stix-build <in
		assert_status 1
		"$repository/tests/fixtures/check-bundle.js" <out >faults || fail "$(head -n 5 faults)"
		check_schemas out
		jq -r '.objects[] | select(.type == "report").x_opencti_content' out | "$repository/tests/fixtures/check-html.js" >faults || fail "$(head -n 5 faults)"
		[ "$(jq '[.objects[] | select(.type == "file")] | length' out)" -ge 40 ]
	done
}

@test "real domains, addresses and URLs as contacts" {
	find "$VT_SHARED/samples" -path '*/synthetic' -prune -o \( -name '*.json' -o -name '*.ndjson' \) -print0 | sort -z | xargs -0 cat |
		jq -c '.. | objects | select((.type == "domain" or .type == "ip_address" or .type == "url") and (.id | type == "string"))' >hosts
	[ "$(wc -l <hosts)" -ge 50 ] || fail "$(wc -l <hosts) hosts"
	jq -sc '{data: map(select(.type == "domain"))}' hosts >domains
	jq -sc '{data: map(select(.type == "ip_address"))}' hosts >ips
	jq -sc '{data: map(select(.type == "url"))}' hosts >urls
	sample_files | head -n 1 | jq -c --slurpfile d domains --slurpfile i ips --slurpfile u urls \
		'.relationships = {contacted_domains: $d[0], contacted_ips: $i[0], contacted_urls: $u[0]}' | with_control >in
	run_apart stix-build <in
	assert_status 0
	"$repository/tests/fixtures/check-bundle.js" <out >faults || fail "$(head -n 5 faults)"
	[ "$(jq '[.objects[] | select(.type == "url")] | length' out)" -ge 20 ]
	check_schemas out
}

@test "the simulator's corpus becomes valid STIX" {
	"$repository/tests/sim/vt/gen.js" --files 150 --relationships >in
	run_apart stix-build <in
	assert_status 0
	check_schemas out
	run_apart stix-build --again <in
	check_schemas out
	VTREPORTER_FILE_MARKINGS=CLEAR,GREEN,AMBER+STRICT,RED run_apart stix-build --mark-all <in
	check_schemas out
	"$repository/tests/fixtures/hostile.js" >in
	run_apart stix-build <in
	check_schemas out
}

@test "the whole pipeline passes the complete schemas of both generations" {
	start_vt --files 60
	vt-fetch -q --since 2026-11-23 --until 2026-11-24 | vt-relate -q | stix-build -q >bundle.json
	for pair in 6.5:6.5.1 7:7.260817.0; do
		export OPENCTI_SCHEMA=$VT_SHARED/reference/opencti-${pair%:*}.graphql
		start_opencti --version "${pair#*:}"
		run_apart octi-push <bundle.json
		assert_status 0
		curl -fsS -X POST "$octi_control/settle" >/dev/null
		assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.violations, .dropped_references, .errors, [.works[] | .status]]')" '[[],[],[],["complete"]]'
		assert_equal "$(curl -fsS "$octi_control/summary" | jq '.reports[0].object_refs')" "$(jq '.objects[-1].object_refs | length' bundle.json)"
	done
}
