#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load helper

setup() {
	clean_environment
}

teardown() {
	stop_servers
}

# stream ARGUMENTS...: records in the file "in"
stream() {
	"$repository/tests/sim/vt/gen.js" "$@" >in
}

build() {
	status=0
	stix-build "$@" <in >out 2>err || status=$?
}

check_bundle() {
	"$repository/tests/fixtures/check-bundle.js" "$@" <out >faults || fail "$(head -n 5 faults)"
}

report() {
	jq -c ".objects[] | select(.type == \"report\") | $1" out
}

count() {
	jq "[.objects[] | select($1)] | length" out
}

# One file record of our own, with these attributes.
record() {
	printf '{"type":"file","id":"%s","attributes":{"md5":"%s","sha256":"%s","first_submission_date":1763900000,"threat_severity":{"threat_severity_level":"SEVERITY_HIGH"},"last_analysis_stats":{"malicious":40,"undetected":20}%s}%s}\n' \
		"$(printf %s "$1" | sha256sum | cut -c 1-64)" "$(printf %s "$1" | md5sum | cut -c 1-32)" \
		"$(printf %s "$1" | sha256sum | cut -c 1-64)" "$2" "${3-}"
}

# wrapped FILE-COUNT <records: the records between a header and a summary
wrapped() {
	local id=AU/2025-11-23T00:00:00Z/2025-11-24T00:00:00Z
	printf '{"type":"search","id":"%s","attributes":{"country":"AU","window_start":"2025-11-23T00:00:00Z","window_end":"2025-11-24T00:00:00Z","window_label":"2025-11-23","as_of":"2025-11-24T03:00:00Z","timezone":"UTC","query":"q"}}\n' "$id"
	cat
	printf '{"type":"search_summary","id":"%s","attributes":{"total_hits":%d,"files_seen":%d,"files_emitted":%d,"files_rejected":{},"requests":1,"complete":true,"error":null}}\n' "$id" "$1" "$1" "$1"
}

@test "every object is what the platform takes: ids, order, references, values" {
	local seed
	for seed in 1 2 3; do
		stream --files 120 --seed "$seed" --relationships
		build
		assert_status 0
		check_bundle
		check_bundle 6.5.1
	done
	for type in attack-pattern domain-name file identity indicator ipv4-addr location malware marking-definition \
		relationship report url vulnerability; do
		[ "$(count ".type == \"$type\"")" -gt 0 ] || fail "no $type"
	done
}

@test "the same stream gives the same bytes, whatever the directory, zone, time and language" {
	stream --files 80 --relationships
	build
	mv out one
	mkdir -p elsewhere
	(cd elsewhere && TZ=Pacific/Apia LC_ALL=C HOME=/ stix-build <../in 2>/dev/null) | cmp - one
	# A year ago, had the clock a say in it.
	sleep 1.1
	build
	cmp out one
}

@test "the files of the search and what relates to them are in the report, once" {
	stream --files 60 --relationships
	build
	assert_equal "$(report '.object_refs | length - (unique | length)')" 0
	# All but author, markings, relationships to the country, and the report.
	assert_equal "$(report '.object_refs | length')" "$(jq '([.objects[] | select(.type == "location").id] | first) as $country
		| [.objects[] | select(.type | . != "identity" and . != "marking-definition" and . != "report")
		| select(.target_ref != $country or $country == null)] | length' out)"
	local id
	for id in $(jq -r 'select(.type == "file").id' in | head -n 5); do
		assert_equal "$(count ".type == \"file\" and .hashes[\"SHA-256\"] == \"$id\"")" 1
	done
}

@test "a file that is a hit and also related to one is written once, from the hit" {
	local hit dropper
	hit=$(record hit ',"meaningful_name":"hit.exe"')
	dropper=$(record dropper '' ",\"relationships\":{\"dropped_files\":{\"data\":[$(record hit ',"meaningful_name":"other.exe"')]}}")
	printf '%s\n%s\n' "$dropper" "$hit" | wrapped 2 >in
	build
	assert_status 0
	check_bundle
	assert_equal "$(jq -c '[.objects[] | select(.type == "file").name] | sort' out)" "$(jq -nc --arg id "$(jq -r .id <<<"$dropper")" '[$id, "hit.exe"] | sort')"
	assert_equal "$(count '.relationship_type == "drops"')" 1
}

@test "two that drop each other, and one related to itself" {
	local one two
	one=$(record one '' ",\"relationships\":{\"dropped_files\":{\"data\":[$(record two ''),$(record one '')]},\"similar_files\":{\"data\":[$(record two '')]}}")
	two=$(record two '' ",\"relationships\":{\"dropped_files\":{\"data\":[$(record one '')]},\"similar_files\":{\"data\":[$(record one '')]}}")
	printf '%s\n%s\n' "$one" "$two" | wrapped 2 >in
	build
	check_bundle
	assert_equal "$(count '.relationship_type == "drops"')" 2
	# A symmetric pair once.
	assert_equal "$(count '.relationship_type == "related-to" and (.source_ref | startswith("file")) and (.target_ref | startswith("file"))')" 1
}

# check_html <content: by the allow-list of check-html.js
check_html() {
	"$repository/tests/fixtures/check-html.js" "$@" >faults || fail "$(head -n 5 faults)"
}

# Markdown as readers with all the usual extensions have it.
render() {
	cmark-gfm --unsafe -e autolink -e table -e strikethrough -e tasklist -e footnotes
}

@test "hostile text neither breaks the bundle nor is markup, a link or a formula anywhere" {
	"$repository/tests/fixtures/hostile.js" >in
	build
	assert_status 0
	check_bundle
	[ "$(count '.type == "indicator"')" -gt 100 ]
	report .x_opencti_content | jq -r . | check_html
	report .description | jq -r . | render | check_html --markdown
	jq -r '.objects[] | select(.type == "indicator").description + "\n"' out | render | check_html --markdown
	jq -r '.objects[] | select(.type == "file").x_opencti_description | values + "\n"' out | render | check_html --markdown
	report '.x_opencti_files[0].data' | jq -r . | base64 -d >csv
	assert_equal "$("$repository/tests/fixtures/check-csv.js" <csv)" "$(($(wc -l <in) - 1))"
	build --again
	check_bundle
	jq -r '.objects[] | select(.type == "note").content' out | render | check_html --markdown
}

@test "the checks of markup and tables find what they are for" {
	local bad
	for bad in '<script>x</script>' '<p onclick="x">x</p>' '<p>a & b</p>' '<p>a < b</p>' '<p><strong>x</p></strong>' '<td>x</td>' \
		'<table><tr><td><a href="javascript:x">x</a></td></tr></table>' '<p>x' '<p><!-- x --></p>' '<P>x</P>' ''; do
		! "$repository/tests/fixtures/check-html.js" <<<"$bad" >faults || fail "$bad passes"
	done
	check_html <<<'<h2>a &amp; b</h2>'
	for bad in 'a,b\r\n1\r\n' '=1,2\r\n' '"a""b,c\r\n'; do
		! printf %b "$bad" | "$repository/tests/fixtures/check-csv.js" >faults || fail "$bad passes"
	done
	for bad in 'http://a.example/' 'www.a.example' 'a@b.example' '<b>x</b>'; do
		! render <<<"$bad" | "$repository/tests/fixtures/check-html.js" --markdown >faults || fail "$bad passes"
	done
}

@test "spoiled records of all kinds never spoil the bundle" {
	local seed
	for seed in 1 2 3 4; do
		"$repository/tests/sim/vt/gen.js" --files 100 --seed "$seed" --relationships | "$repository/tests/fixtures/mutate.js" "$seed" >in
		VTREPORTER_FAMILIES=all VTREPORTER_TAG_LABELS='*' build
		assert_status 1
		check_bundle
		check_bundle 6.5.1
		[ "$(count '.type == "file"')" -gt 60 ]
		report .x_opencti_content | jq -r . | check_html
		report .description | jq -r . | render | check_html --markdown
		report '.x_opencti_files[0].data' | jq -r . | base64 -d | "$repository/tests/fixtures/check-csv.js" >rows || fail "$(head -n 3 rows)"
	done
}

@test "the content tells the story in its order, in elements that every sanitiser keeps, with hosts defanged" {
	stream --files 150 --relationships
	build
	report .x_opencti_content | jq -r . >content
	check_html <content
	assert_equal "$(grep -oE '<h3>[^<]*' content | cut -c 5- | paste -sd ,)" \
		'The riskiest files,Files that are alike,Dropped by several files,Families,Contacted hosts,What they are called,Severity,Category,File types,Left out'
	assert_equal "$(grep -cE 'gui/file/' content)" 20
	assert_equal "$(grep -oE 'https?://[^"<]*' content | grep -v '^https://www\.virustotal\.com/gui/file/')" ''
	assert_equal "$(sed -n 's,.*<strong>\(.*\)</strong>.*,\1,p' content | grep -o '\. [A-Z]' | wc -l)" 2
	build --no-content
	assert_equal "$(report .x_opencti_content)" null
	[[ $(report .description) != null ]]
}

@test "what was left out is told in words that fit its number" {
	stream --files 11 --relationships
	sed -i '3s/.*/not a record/' in
	VTREPORTER_PUBLISH_MAX=9 build
	assert_status 1
	report .description | jq -r . >description
	assert_in description '- 1 file of lower rank, in the attached table only'
	assert_in description '- 1 record that could not be read'
	run_apart grep -E '\b1 [a-z ]*(files|objects|records|relationships)\b' description
	assert_equal "$(cat out)" ''
}

@test "the CSV holds every kept file, also those that are not published" {
	stream --files 100
	VTREPORTER_PUBLISH_MAX=10 build
	assert_status 0
	check_bundle
	assert_equal "$(count '.type == "file"')" 10
	jq -r '.objects[] | select(.type == "report") | .x_opencti_files[0].data' out | base64 -d >csv
	assert_equal "$(wc -l <csv)" 101
	assert_equal "$(report '[.x_opencti_files[0] | .name, .mime_type, .no_trigger_import]')" '["AU-'"$(jq -r 'select(.type == "search").attributes.window_label' in)"'.csv","text/csv",true]'
}

@test "a large report goes on in parts, each closed, none with a total in its name" {
	stream --files 100 --relationships
	VTREPORTER_REPORT_MAX_OBJECTS=500 build
	check_bundle
	# The riskiest files are in the first part, and nothing is lost.
	jq -r '[.objects[] | select(.type == "report").object_refs[]] | sort | .[]' out >all_refs
	jq -r '[.objects[] | select(.type == "file" and .x_opencti_created_by_ref)] | map(.id) | .[0:5][]' out >riskiest
	report .object_refs | head -n 1 | jq -r '.[]' | grep -Fxf riskiest | diff riskiest -
	mv out parts
	build
	jq -r '[.objects[] | select(.type == "report").object_refs[]] | sort | .[]' out | diff all_refs -
	diff <(jq -cS '.objects[] | select(.type != "report")' out) <(jq -cS '.objects[] | select(.type != "report")' parts)
	mv parts out
	[[ $(report .description | head -n 1) == *" in $(count '.type == "report"') parts"* ]]
	[ "$(count '.type == "report"')" -gt 2 ]
	assert_equal "$(jq '[.objects[] | select(.type == "report").object_refs | length] | max' out)" 500
	assert_equal "$(jq -r '[.objects[] | select(.type == "report").object_refs[]] | length - (unique | length)' out)" 0
	assert_equal "$(jq -r '[.objects[] | select(.type == "report").name | sub(".* \\("; "(")] | unique | .[0:2] | join(" ")' out)" \
		"$(jq -rn '"(AU), " + "'"$(jq -r 'select(.type == "search").attributes.window_label' in)"'" + " (part 2)"')"
}

@test "a filtered stream is reported as such, and more files than were found are refused" {
	stream --files 60
	mv in whole
	jq -c 'select(.type != "file" or .attributes.threat_severity.threat_severity_level == "SEVERITY_HIGH")' whole >in
	build
	assert_status 0
	check_bundle
	assert_in err "of 60 files, filtered"
	assert_in out 'of 60'
	{
		head -n -1 whole
		record more ''
		tail -n 1 whole
	} >in
	build
	assert_status 65
	assert_in err '61 files came'
	[ ! -s out ]
}

@test "a stream that is not whole is refused, and partial makes a report that says so" {
	stream --files 20
	mv in whole
	head -n -1 whole >in
	build
	assert_status 65
	assert_in err 'no summary'
	[ ! -s out ]
	build --partial
	assert_status 0
	check_bundle
	[[ $(report .name) == *'(partial)"' ]]
	assert_equal "$(report '.labels | contains(["partial"])')" true
	tail -n +2 whole >in
	build
	assert_status 65
	assert_in err 'no header'
	VTREPORTER_COUNTRY=NZ,AU build --since 2026-11-23 --until 2026-11-24
	assert_status 64
	assert_in err --country
	build --country NZ --since 2026-11-23
	assert_status 64
	build --country NZ --since 2026-11-24 --until 2026-11-23
	assert_status 64
	build --country NZ --since 2026-11-23 --until 2026-11-24
	assert_status 0
	check_bundle
	assert_equal "$(report .name)" '"Files first seen and submitted from New Zealand (NZ), 2026-11-23"'
	assert_equal "$(report .published)" '"2026-11-24T00:00:00.000Z"'
	tail -n +2 whole | head -n -1 >in
	build --country NZ --since 2026-11-23 --until 2026-11-24 --partial
	assert_status 0
	check_bundle
	sed 's/"complete":true,"error":null/"complete":false,"error":"cut"/' whole >in
	build
	assert_status 65
	assert_in err 'not complete (cut)'
	: >in
	build
	assert_status 65
	assert_in err 'empty'
}

@test "nothing found is a bundle without objects" {
	: | wrapped 0 >in
	build
	assert_status 0
	assert_equal "$(jq -c 'keys' out)" '["id","type"]'
}

@test "bad records are told with their line, counted and skipped; strict ends with the first" {
	stream --files 20
	sed -i -e '5a {"type":"file"' -e '5a [1]' -e '5a {"type":"file","id":"xyz","attributes":{}}' -e '5a {"type":"comment","id":"1"}' in
	build
	assert_status 1
	check_bundle
	assert_in err 'line 6: '
	assert_in err 'line 7: '
	assert_in err 'line 8: '
	assert_equal "$(count '.type == "file"')" 20
	build --strict
	assert_status 65
	assert_in err 'line 6: '
	stream --files 5
	jq . in >pretty
	mv pretty in
	build
	assert_status 65
	assert_in err 'jq -c'
}

@test "the same file twice is one file, and told" {
	stream --files 10
	sed -i '3p' in
	build
	assert_status 1
	assert_in err 'came already'
	check_bundle
	assert_equal "$(count '.type == "file"')" 10
}

@test "score and indicator follow severity, detections and family" {
	{
		record high ''
		record few ',"last_analysis_stats":{"malicious":3,"undetected":57}'
		record medium ',"threat_severity":{"threat_severity_level":"SEVERITY_MEDIUM"}'
		record gti ',"gti_assessment":{"threat_score":{"value":61}}'
		record adware ',"popular_threat_classification":{"popular_threat_category":[{"value":"adware","count":20}],"suggested_threat_label":"adware.x/y"}'
	} | wrapped 5 >in
	build
	assert_status 0
	check_bundle
	score() {
		jq --arg id "$(printf %s "$1" | sha256sum | cut -c 1-64)" '.objects[] | select(.type == "file" and .hashes["SHA-256"] == $id).x_opencti_score' out
	}
	assert_equal "$(score high)" 92
	assert_equal "$(score few)" 76
	assert_equal "$(score medium)" 66
	assert_equal "$(score gti)" 61
	assert_equal "$(jq -r '.objects[] | select(.type == "indicator").name' out | sort)" \
		"$(for name in high gti; do printf %s "$name" | sha256sum | cut -c 1-64; done | sort)"
	VTREPORTER_INDICATOR_MIN_POSITIVES=41 build
	assert_equal "$(count '.type == "indicator"')" 0
}

@test "only families that are known become malware, in the spelling of the table" {
	{
		record a ',"popular_threat_classification":{"popular_threat_name":[{"value":"agenttesla","count":12}]}'
		record b ',"popular_threat_classification":{"popular_threat_name":[{"value":"generickd","count":30}]}'
		record c ',"popular_threat_classification":{"popular_threat_name":[{"value":"agenttesla","count":2}]}'
	} | wrapped 3 >in
	build
	check_bundle
	assert_equal "$(jq -c '[.objects[] | select(.type == "malware").name]' out)" '["Agent Tesla"]'
	assert_equal "$(count '.type == "relationship" and (.target_ref | startswith("malware")) and (.source_ref | startswith("file"))')" 1
	VTREPORTER_FAMILIES=none build
	assert_equal "$(count '.type == "malware"')" 0
}

@test "hashes that are none stay out, and a size beyond 32 bits too" {
	record a ',"tlsh":"TNULL","ssdeep":"nonsense","sha1":"zz","size":4294967296' | wrapped 1 >in
	build
	check_bundle
	assert_equal "$(jq -c '.objects[] | select(.type == "file") | [(.hashes | keys), .size]' out)" '[["MD5","SHA-256"],null]'
}

@test "shared objects carry nothing that could replace another's" {
	stream --files 60 --relationships
	build
	assert_equal "$(jq -c '[.objects[] | select(.type | . == "location" or . == "malware" or . == "attack-pattern" or . == "vulnerability")
		| [.confidence, .created_by_ref, .description, .object_marking_refs]] | unique' out)" '[[1,null,null,null]]'
	assert_equal "$(jq -c '[.objects[] | select(.type | . == "domain-name" or . == "url" or . == "ipv4-addr") | keys - ["id","type","spec_version","value"]] | unique' out)" '[[]]'
	build --mark-all
	check_bundle
	assert_equal "$(jq -c '[.objects[] | select(.type | . == "domain-name" or . == "malware") | .object_marking_refs | length] | unique' out)" '[1]'
}

@test "markings, labels, author and reliability come from the configuration" {
	stream --files 10
	export VTREPORTER_FILE_MARKINGS=TLP:GREEN VTREPORTER_REPORT_MARKINGS=red VTREPORTER_AUTHOR='My ISAC' \
		VTREPORTER_REPORT_LABELS='x,{cc},{country}' VTREPORTER_RELIABILITY='a - completely reliable' VTREPORTER_CONFIDENCE=60
	build
	assert_status 0
	check_bundle
	assert_equal "$(report '[.labels, .confidence, .x_opencti_reliability, .object_marking_refs]')" \
		'[["x","AU","Australia"],60,"A - Completely reliable",["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]]'
	assert_equal "$(jq -c '[.objects[] | select(.type == "file").object_marking_refs] | unique' out)" '[["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]]'
	assert_equal "$(jq -r '.objects[] | select(.type == "identity").name' out)" 'My ISAC'
}

@test "a second look sends references only, what was analysed since last, and one note about it" {
	{
		record old ',"last_analysis_date":1763942400'
		record late ',"last_analysis_date":1764201600,"meaningful_name":"late.exe","last_analysis_stats":{"malicious":60}'
	} | wrapped 2 >in
	build
	assert_equal "$(jq -r '.objects[] | select(.type == "file").hashes["SHA-256"]' out | head -n 1)" "$(printf late | sha256sum | cut -c 1-64)"
	local id
	id=$(report .id)
	build --again
	assert_status 0
	check_bundle
	assert_equal "$(report '[.id, .description, .x_opencti_content, .x_opencti_files, .labels]')" "[$id,null,null,null,null]"
	assert_equal "$(jq -r '.objects[] | select(.type == "file").hashes["SHA-256"]' out | tail -n 1)" "$(printf late | sha256sum | cut -c 1-64)"
	assert_equal "$(count '.type == "note"')" 1
	jq -r '.objects[] | select(.type == "note") | .content, .created' out >note
	assert_in note '2 files are kept, 1 of them analysed again since 2025-11-24T03:00:00Z'
	# shellcheck disable=SC2016 # Markdown
	assert_in note '- `late.exe` ('
	assert_in note 2025-11-24T00:00:00.000Z
	assert_equal "$(grep -c '^- ' note)" 1
}

@test "what vt-relate could not get is said in the report" {
	stream --files 30 --relationships
	sed -i 's/"not_expanded":{"quota":0,"error":0},"complete":true/"not_expanded":{"quota":7,"error":0},"complete":false/' in
	build
	assert_status 0
	assert_equal "$(report '.description | test("7")')" true
	[[ $(report .description) == *quota* ]]
}

@test "a full disk, a reader that leaves, no room for temporary files" {
	stream --files 30
	status=0
	stix-build <in >/dev/full 2>err || status=$?
	assert_status 74
	assert_in err 'No space left on device'
	run_pipe 'stix-build <in | head -c 10'
	assert_equal "${statuses[0]}" 141
	[ ! -s err ]
	TMPDIR=/nonexistent build
	assert_status 74
	[ ! -s out ]
}

@test "usage: help, version, misuse, faults of the configuration" {
	run_apart stix-build --help
	assert_status 0
	assert_in out --partial
	run_apart stix-build --nonsense
	assert_status 64
	VTREPORTER_REPORT_MARKINGS=TLP:PURPLE VTREPORTER_CONFIDENCE=101 run_apart stix-build
	assert_status 78
	assert_equal "$(grep -c VTREPORTER_ err)" 2
}

@test "the manual's tables are the source's, and every relationship that vt-relate asks for has a rule" {
	local source=$repository/cmd/stix-build
	mandoc -Tutf8 -O width=200 "$source/stix-build.1" | col -b >manual
	sed -nE 's/^    \{"([a-z_]+)", "([a-z-]+)", (FROM_FILE|TO_FILE|SYMMETRIC),.*/\1 \2 \3/p' "$source/map-relationships.c" |
		sed 's/FROM_FILE/from/; s/TO_FILE/to/; s/SYMMETRIC/pair/' >rules
	[ "$(wc -l <rules)" -ge 30 ]
	awk 'NF == 3 && ($3 == "from" || $3 == "to" || $3 == "pair") && $1 ~ /_/ { print $1, $2, $3 }' manual | diff - rules
	sed -nE 's/^    \{"([a-z_]+)", "([^"]+)", put_.*/\1 \2/p' "$source/map-file.c" >properties
	[ "$(wc -l <properties)" -ge 10 ]
	expand manual | sed -n '/Property  *From/,/^$/p' | sed '1d; /^$/d; s/ \*//; s/^ *//; s/   */ /' | diff - properties
	sed -nE 's/^    \{"([a-z_]+)", VT_LINK_(FILE|DOMAIN|IP_ADDRESS|URL)\}.*/\1/p' "$repository/common/vt-link.c" | sort >asked
	[ "$(wc -l <asked)" -ge 30 ] || fail "$(wc -l <asked) relationships"
	cut -d ' ' -f 1 rules | sort | diff asked -
}

@test "what others have on the platform stays as it is, also the second time" {
	local look
	stream --files 80 --relationships
	start_opencti
	build
	"$repository/tests/fixtures/curate.js" <out >curated
	[ "$(jq length curated)" -gt 60 ]
	curl -fsS -X POST -d @curated "$octi_control/preload" >/dev/null
	held() {
		jq -c '.[].id' curated >ids
		curl -fsS "$octi_control/objects" | jq -cS --slurpfile ids ids '.[] | select(.standard_id as $id | $ids | index($id)) | del(.changes)'
	}
	held >before
	assert_equal "$(wc -l <before)" "$(jq length curated)"
	for look in '' --again; do
		build ${look:+"$look"}
		octi-push -q <out
		curl -fsS -X POST "$octi_control/settle" >/dev/null
		held | diff before -
		assert_equal "$(curl -fsS "$octi_control/summary" | jq -c '[.violations, .dropped_references, .errors]')" '[[],[],[]]'
	done
	# They are in the report all the same.
	assert_equal "$(curl -fsS "$octi_control/objects?type=report" | jq --slurpfile objects curated '($objects[0][1:] | map(.id)) - .[0].object_refs')" '[]'
}

@test "techniques get the platform's own id, before 7.260529 as it was made there" {
	local version form violations
	stream --files 80 --relationships
	while read -r version form violations; do
		start_opencti --version "$version"
		VTREPORTER_TECHNIQUE_IDS=$form build
		octi-push -q <out
		curl -fsS -X POST "$octi_control/settle" >/dev/null
		[ "$(curl -fsS "$octi_control/objects?type=attack-pattern" | jq length)" -gt 2 ]
		assert_equal "$version $form $(curl -fsS "$octi_control/summary" | jq -c '[(.violations | length > 0), .dropped_references, .errors]')" \
			"$version $form [$violations,[],[]]"
		# A dry run without a platform takes both.
		OPENCTI_TOKEN='' octi-push -n <out >table
		assert_equal "$(awk '/OpenCTI.s own/ {print $NF}' table)" 0
	done <<-END
		6.5.1 as_written false
		7.260528.0 as_written false
		7.260529.0 lower false
		6.5.1 lower true
		7.260529.0 as_written true
	END
}

@test "several searches in a row: a report each, what they share once" {
	stream --files 40 --relationships
	mv in one
	build <one
	stream --files 30 --country NZ --relationships
	mv in two
	cat one two >in
	build
	assert_status 0
	check_bundle
	assert_equal "$(jq -c '[.objects[] | select(.type == "report").name | capture("\\((?<cc>..)\\)").cc]' out)" '["AU","NZ"]'
	assert_equal "$(jq -c '[.objects[] | select(.type == "location").name]' out)" '["Australia","New Zealand"]'
	mv out both
	local name
	for name in one two; do
		cp "$name" in
		build
		# Each report holds what it would hold alone.
		diff <(report '.object_refs | sort' | jq -r '.[]') \
			<(jq -r --arg name "$(report .name | jq -r .)" '.objects[] | select(.name == $name and .type == "report").object_refs | sort | .[]' both)
	done
	cat one one >in
	build
	assert_status 65
	assert_in err 'comes twice'
	sed '1s/"country":"AU"/"country":"<b>"/' one >in
	build
	assert_status 65
	assert_in err 'two capital letters'
	cat <(head -n -1 one) two >in
	build
	assert_status 65
	assert_in err 'no summary'
	[ ! -s out ]
}

@test "a pretty bundle says the same, a value a line" {
	stream --files 20 --relationships
	build
	mv out compact
	build --pretty
	assert_status 0
	diff <(jq -S . compact) <(jq -S . out)
	diff <(jq --indent 2 . compact) out
	: | wrapped 0 >in
	build --pretty
	assert_equal "$(jq -c keys out)" '["id","type"]'
}

@test "similar files of one cluster form a star around the riskiest" {
	member() {
		record "$1" ",\"vhash\":\"same\",\"last_analysis_stats\":{\"malicious\":$2,\"undetected\":10}" "$3"
	}
	local a b c d
	a=$(member a 50 '')
	b=$(member b 40 '')
	c=$(member c 30 '')
	d=$(record d ',"vhash":"other"')
	similar() {
		printf ',"relationships":{"similar_files":{"data":[%s]}}' "$1"
	}
	{
		member a 50 "$(similar "$b,$c,$d")"
		member b 40 "$(similar "$a,$c")"
		member c 30 "$(similar "$a,$b")"
	} | wrapped 3 >in
	build
	assert_status 0
	check_bundle
	local center
	center=$(jq -r --arg id "$(jq -r .id <<<"$a")" '.objects[] | select(.type == "file" and .hashes["SHA-256"] == $id).id' out)
	# To b, c and d; between b and c there is none.
	assert_equal "$(count '.description == "The files are similar."')" 3
	assert_equal "$(count ".description == \"The files are similar.\" and (.source_ref == \"$center\" or .target_ref == \"$center\")")" 3
	report .x_opencti_content | jq -r . | grep -A 2 'Files that are alike' >alike || fail "no clusters"
	assert_in <(report .x_opencti_content | jq -r .) '<tr><td>vhash</td><td>3</td>'
}

@test "techniques are merged over sandboxes and tactics, with the phases of the kill chain" {
	local technique='{"id":"T1055","name":"Process Injection","signatures":[{"severity":"HIGH"}]}'
	local sub='{"id":"T1055.012","name":"Process Hollowing","signatures":[{"severity":"MEDIUM"}]}'
	local mild='{"id":"T1082","name":"System Information Discovery","signatures":[{"severity":"LOW"}]}'
	record a '' ',"relationships":{"behaviour_mitre_trees":{"data":{"Zenbox":{"tactics":[{"id":"TA0005","techniques":['"$technique,$sub"']},{"id":"TA0007","techniques":['"$mild"']}]},"CAPE":null,"C2AE":{"tactics":[{"id":"TA0004","techniques":['"$technique"']},{"id":"TA9999","techniques":['"$technique"']}]}}}}' |
		wrapped 1 >in
	build
	assert_status 0
	check_bundle
	assert_equal "$(jq -c '[.objects[] | select(.type == "attack-pattern") | [.x_mitre_id, .name, [.kill_chain_phases[] | .kill_chain_name + " " + .phase_name]]]' out)" \
		'[["T1055","Process Injection",["mitre-attack privilege-escalation","mitre-attack defense-evasion"]],["T1055.012","Process Hollowing",["mitre-attack defense-evasion"]]]'
	assert_equal "$(count '.relationship_type == "uses"')" 2
}

@test "an indicator tells who else detects the file, and indicates every family of it" {
	record a ',"malware_config":{"families":[{"family":"remcos"}]},"popular_threat_classification":{"popular_threat_name":[{"value":"agenttesla","count":12}]},"crowdsourced_yara_results":[{"rule_name":"MAL_x","ruleset_name":"set","author":"me"}],"sigma_analysis_results":[{"rule_title":"Odd child","rule_level":"high","rule_author":"you"}],"crowdsourced_ids_results":[{"rule_msg":"ET CnC","alert_severity":"high","rule_source":"Proofpoint"}],"sandbox_verdicts":{"Zenbox":{"category":"malicious"}},"signature_info":{"signers":"Example Pty","verified":"A certificate was revoked"},"gti_assessment":{"verdict":{"value":"VERDICT_MALICIOUS"},"threat_score":{"value":88},"description":"Bad."}' |
		wrapped 1 >in
	VTREPORTER_INDICATOR_DAYS=30 VTREPORTER_CONFIDENCE=65 build
	check_bundle
	jq -r '.objects[] | select(.type == "indicator").description' out >description
	local line
	# shellcheck disable=SC2016 # Markdown
	for line in '- YARA: `MAL_x` (`set`, `me`)' '- Sigma: `Odd child` (`high`, `you`)' '- IDS: `ET CnC` (`high`, `Proofpoint`)' '- Sandbox `Zenbox`: `malicious`' \
		'- Signed by `Example Pty`: `A certificate was revoked`' '- Google Threat Intelligence: `VERDICT_MALICIOUS` `Bad.`' "- Score: Google Threat Intelligence's threat score"; do
		assert_in description "$line"
	done
	assert_equal "$(jq -c '.objects[] | select(.type == "indicator") | [.pattern, .valid_from, .valid_until, .confidence, .x_opencti_score, .x_opencti_detection, .indicator_types, .x_opencti_main_observable_type]' out)" \
		'["[file:hashes.'"'SHA-256'"' = '"'$(printf a | sha256sum | cut -c 1-64)'"']","2025-11-23T12:13:20.000Z","2025-12-23T12:13:20.000Z",65,88,false,["malicious-activity"],"StixFile"]'
	assert_equal "$(jq -c '[.objects[] | select(.type == "malware").name]' out)" '["Remcos","Agent Tesla"]'
	assert_equal "$(count '.relationship_type == "indicates"')" 2
}

@test "hosts come by what they are: URLs as URIs, and names that are none only in the report" {
	record a '' ',"relationships":{"contacted_urls":{"data":[{"type":"url","id":"1","attributes":{"url":"http://u:p@evil.example/a b|ü"}},{"type":"url","id":"2","context_attributes":{"url":"no url"}},{"type":"url","id":"3"}]},"contacted_domains":{"data":[{"type":"domain","id":"Evil.Example."},{"type":"domain","id":"under_score.evil.example"},{"type":"domain","id":"1.2.3.4"},{"type":"domain","id":"single"}]},"contacted_ips":{"data":[{"type":"ip_address","id":"2A02:06B8:0::FEED:FF"},{"type":"ip_address","id":"10.0.0.1"}]},"dropped_files":{"data":[{"type":"domain","id":"odd.example"}]}}' |
		wrapped 1 >in
	VTREPORTER_COUNTRY_RELATION=none build
	check_bundle
	assert_equal "$(jq -r '.objects[] | select(.value) | .type + " " + .value' out | sort | paste -sd ,)" \
		'domain-name evil.example,domain-name odd.example,ipv4-addr 1.2.3.4,ipv6-addr 2a02:6b8::feed:ff,url http://u:p@evil.example/a%20b%7C%C3%BC'
	assert_equal "$(jq -r '[.objects[] | select(.type == "relationship").relationship_type] | group_by(.) | map(.[0] + " " + (length | tostring)) | join(",")' out)" \
		'based-on 1,communicates-with 3,related-to 2'
	assert_in <(report .x_opencti_content) 'under_score[.]evil[.]example'
	report .description >description
	assert_in description 'not a host name'
	assert_in description 'not a url'
}
