#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load helper
load relate

setup() {
	clean_environment
	# Most tests relate the same files again; those of the cache have a file of their own.
	export VTREPORTER_CACHE_DAYS=0
}

teardown() {
	stop_servers
}

@test "files of high severity get their relationships, all else passes byte for byte and in order" {
	start --files 120
	relate
	assert_status 0
	assert_equal "$(expanded_ids)" "$(high_ids)"
	assert_equal "$(without_related out | sha256sum)" "$(without_related in | sha256sum)"
	grep -v -F -f <(high_ids) in | grep -v search_summary >unrelated
	grep -v -F -x -f out unrelated >missing || true
	[ "$(wc -l <unrelated)" -gt 20 ] && [ ! -s missing ]
	assert_equal "$(requests '[.[].violations[]]')" '[]'
	assert_equal "$(totals '[.complete, .not_expanded]')" '[true,{"quota":0,"error":0,"expand_max":0}]'
	assert_no_secret
}

@test "what is kept and what is left out adds up to what there was" {
	start --files 60
	relate
	assert_equal "$(jq -c 'select(.relationships).relationships[] | select(.meta.count != .meta.kept + ([.meta.rejected[]?] | add // 0))' out)" ''
	assert_equal "$(jq -c 'select(.relationships).relationships[] | select(.meta.kept != (.data | length))' out)" ''
	assert_equal "$(totals .related_kept)" "$(jq -s '[.[].relationships[]?.meta.kept] | add' out)"
	assert_equal "$(totals '[.related_rejected[]] | add')" "$(jq -s '[.[].relationships[]?.meta.rejected[]?] | add' out)"
	assert_equal "$(totals .requests)" "$(requests length)"
}

@test "related files are severe enough, known, not the file itself, and the riskiest of their list" {
	start --files 120
	relate
	assert_equal "$(jq -r 'select(.relationships) | .id as $id | .relationships | (.similar_files, .dropped_files).data[]
		| select(.id == $id or .attributes == null or (.attributes.threat_severity.threat_severity_level | . == "SEVERITY_LOW" or . == "SEVERITY_NONE")) | .id' out)" ''
	assert_equal "$(jq -s '[.[].relationships.similar_files.data | length] | max' out)" 5
	for reason in severity severity_none not_found self cap verdict allowlist reserved; do
		[ "$(totals ".related_rejected.$reason // 0")" -gt 0 ] || fail "nothing was left out for $reason"
	done
	relate --related-max 'similar_files:1,*:2'
	assert_equal "$(jq -s '[.[].relationships | select(.) | .similar_files.data | length] | max' out)" 1
	assert_equal "$(jq -s '[.[].relationships | select(.) | .contacted_ips.data | length] | max' out)" 2
}

@test "hosts need a verdict, or none when told so; the shipped list and reserved addresses stay out" {
	start --files 60
	relate
	assert_equal "$(jq -r '.relationships | select(.) | (.contacted_domains, .contacted_ips, .contacted_urls).data[]
		| select(.attributes.last_analysis_stats.malicious < 1).id' out)" ''
	VTREPORTER_CONTACT_MIN_POSITIVES=0 relate --relationships contacted_ips,contacted_urls
	assert_status 0
	# Descriptors are enough then: one request a file.
	assert_equal "$(totals .requests)" "$(expanded_ids | wc -l)"
	assert_equal "$(jq -r '.relationships | select(.) | .contacted_ips.data[].id' out | grep -cE '^(10\.|192\.168\.|127\.|224\.)')" 0
	assert_equal "$(jq -r '.relationships | select(.) | .contacted_urls.data[] | select(.context_attributes.url == null)' out)" ''
}

@test "each entry of the shipped allow-list says why, once" {
	local list=$repository/config/allowlist
	assert_equal "$(grep -v '^#' "$list" | grep -vcE '^[^ #]+ +# .+')" 0
	assert_equal "$(awk '!/^#/ {print $1}' "$list" | sort | uniq -d)" ''
}

@test "the output does not depend on the number of jobs, nor on the order of the answers" {
	start --files 60 --jitter-ms 30
	export VTREPORTER_RELATIONSHIPS=similar_files,dropped_files,contacted_ips,contacted_urls,behaviour_mitre_trees
	relate --jobs 1 --explain
	assert_status 0
	mv out one
	grep 'left out' err >explained
	# Now and then an answer comes very late.
	set_faults '["/files/*a=stall:200@1-20","/files/*/dropped_files=stall:150@1-15","/files/*/contacted_ips=stall:400@3"]'
	for jobs in 4 64; do
		relate --jobs "$jobs" --explain
		assert_status 0
		cmp out one
		grep 'left out' err | cmp - explained
	done
}

@test "over HTTP/2 all requests share a connection, and the output is the same" {
	start --files 60
	relate
	grep -vF '"search' out | jq -c 'del(.links, .relationships[]?.data[]?.links?)' | sha256sum >one
	stop_servers
	start_vt_tls --files 60 --latency-ms 20
	vt-fetch -q --since 2026-11-23 --until 2026-11-24 >in
	for jobs in 1 64; do
		forget
		relate --jobs "$jobs"
		assert_status 0
		grep -vF '"search' out | jq -c 'del(.links, .relationships[]?.data[]?.links?)' | sha256sum | cmp - one
		assert_equal "$(requests '[.[].http] | unique')" '["2.0"]'
		assert_equal "$(requests '[.[].connection] | unique | length')" 1
	done
}

@test "fewer requests run at a time after 429 and 503, until it clears" {
	start --files 120 --latency-ms 400
	set_faults '["/files/*=503@17-28","/files/*=429-retry-after:1@29-32"]'
	relate
	assert_status 0
	# How many the service had in hand when each request came, itself included.
	# shellcheck disable=SC2016
	requests 'sort_by(.at_ms) | . as $all | ([.[] | select(.status == 503 or .status == 429) | .at_ms + .took_ms] | max) as $clear |
		[.[] | .at_ms as $at | {after: ($at - $clear), hand: ([$all[] | select(.at_ms <= $at and .at_ms + .took_ms > $at)] | length)}]' >hands
	[ "$(jq '[.[] | select(.after < 0).hand] | max' hands)" -ge 6 ]
	[ "$(jq '[.[] | select(.after >= 0 and .after < 200)] | length' hands)" -le 4 ]
	[ "$(jq '[.[] | select(.after > 1000).hand] | max' hands)" -ge 4 ]
}

@test "an empty relationship costs no request, and the plan covers all of them" {
	start --files 60
	relate --relationships carbonblack_parents,overlay_children,similar_files,dropped_files
	assert_status 0
	local asked
	asked=$(jq -s '[.[].relationships | select(.) | .[].meta | select(.count > 0)] | length' out)
	[ "$(totals .requests)" -le $((asked + $(expanded_ids | wc -l) + 20)) ] || fail "$(totals .requests) requests for $asked lists"
	assert_equal "$(requests '[.[] | select(.path | test("relationships$|overlay")) | .status] | all(. == 200)')" true
	# For a single relationship the plan would be one too many.
	forget
	relate --relationships execution_parents
	assert_equal "$(requests '[.[] | select(.query.relationships)] | length')" 0
	assert_equal "$(totals .requests)" "$(expanded_ids | wc -l)"
}

@test "what is known to have detections is asked for first, and is not in the plan" {
	start --files 60
	relate --jobs 1
	high_ids >high
	jq -r 'select(.type == "file" and .attributes.threat_severity.threat_severity_data.has_dropped_files_with_detections) | .id' in |
		grep -xF -f high | sort >hot
	[ "$(wc -l <hot)" -gt 5 ] && [ "$(wc -l <hot)" -lt "$(wc -l <high)" ]
	requests 'group_by(.path[7:71]) | map(sort_by(.n)[0]) | .[] | select(.path | endswith("/dropped_files")).path[7:71]' |
		tr -d '"' | sort | cmp - hot
	assert_equal "$(requests '[.[] | select(.query.relationships) | {key: .path[7:71], value: (.query.relationships | contains("dropped_files"))}] |
		from_entries | [to_entries[] | select(.value == false).key] | sort | .[]' | tr -d '"')" "$(cat hot)"
	# With verdicts of no interest the descriptors may do, so nothing is sure.
	forget
	VTREPORTER_CONTACT_MIN_POSITIVES=0 relate --relationships contacted_ips,contacted_domains
	assert_equal "$(totals .requests)" "$(wc -l <high)"
}

@test "ATT&CK techniques come along, and a file without behaviour is no failure" {
	start --files 60
	relate --relationships behaviour_mitre_trees
	assert_status 0
	[ "$(jq -c '.relationships.behaviour_mitre_trees.data.Zenbox.tactics | select(.) | length' out | wc -l)" -gt 5 ]
	[ "$(jq -r '.relationships.behaviour_mitre_trees.error.code | select(.)' out | sort | uniq -c | awk '{print $2}')" = NotFoundError ]
	assert_equal "$(totals '[.not_expanded.error, .complete]')" '[0,true]'
}

@test "only the riskiest are expanded when there is a limit" {
	start --files 120
	relate --expand-max 10
	assert_status 0
	assert_equal "$(expanded_ids | sort)" "$(jq -r 'select(.type == "file" and .attributes.threat_severity.threat_severity_level == "SEVERITY_HIGH")
		| [-(.attributes.last_analysis_stats.malicious), -(.attributes.unique_sources), -(.attributes.first_submission_date), .id] | @tsv' in |
		sort -n -k1,1 -k2,2 -k3,3 -k4,4 | head -n 10 | cut -f 4 | sort)"
	assert_equal "$(totals .not_expanded.expand_max)" $(($(high_ids | wc -l) - 10))
	relate --expand-max 0
	assert_equal "$(expanded_ids)" "$(high_ids)"
}

@test "without a limit a file leaves before the input ends" {
	start --files 60
	mkfifo slow
	vt-relate --expand-max 0 <slow >out 2>err &
	local pid=$! tick
	exec 4>slow
	grep -m 3 -F -f <(high_ids) in >&4
	for ((tick = 0; tick < 100; tick++)); do
		[ "$(wc -l <out)" -lt 3 ] || break
		sleep 0.1
	done
	local seen
	seen=$(wc -l <out)
	tail -n 1 in >&4
	exec 4>&-
	wait "$pid"
	assert_equal "$seen" 3
}

@test "a second run over its own output asks nothing and changes nothing" {
	start --files 60
	relate
	mv out in
	forget
	relate
	assert_status 0
	cmp in out
	assert_equal "$(requests length)" 0
}

@test "what a record has already stays, and what failed before is asked for again" {
	start --files 60
	local id
	id=$(high_ids | head -n 1)
	jq -c --arg id "$id" 'if .id == $id then .relationships = {"itw_urls": {"data": []}, "dropped_files": {"data": [], "mark": 1},
		"contacted_ips": {"data": [], "error": {"code": "TransientError", "message": "x"}}} else . end' in >changed
	mv changed in
	relate
	assert_status 0
	assert_equal "$(jq -c --arg id "$id" 'select(.id == $id).relationships | [.itw_urls, .dropped_files, .contacted_ips.error, (.similar_files | type)]' out)" \
		'[{"data":[]},{"data":[],"mark":1},null,"object"]'
}

@test "a relationship that fails becomes an error, and the file goes on" {
	start --files 60
	local fault
	for fault in 404 bad-json no-data 400x; do
		[ "$fault" != 400x ] || fault=403
		set_faults "[\"/files/*/dropped_files=$fault@2\"]"
		relate
		assert_status 0
		assert_equal "$(jq -r '.relationships.dropped_files.error.code | select(.)' out | sort -u | wc -l)" 1
		assert_equal "$(expanded_ids)" "$(high_ids)"
	done
	assert_no_secret
}

@test "a relationship that fails every time is given up, and the others go on" {
	start --files 120
	set_faults '["/files/*/contacted_ips=bad-gzip:501@every","/files/*/similar_files=500@1"]'
	relate --relationships similar_files,contacted_ips --jobs 4
	assert_status 0
	# Ten in a row, and what was on its way already.
	[ "$(requests '[.[] | select(.path | endswith("/contacted_ips"))] | length')" -le 18 ]
	assert_equal "$(grep -c 'contacted_ips: 10 requests in a row have failed.*not asked for again' err)" 1
	assert_equal "$(totals '[.complete, .forbidden]')" '[true,null]'
	[ "$(totals .not_expanded.error)" -gt 10 ]
	assert_equal "$(jq -r '.relationships.similar_files.error | select(.) | .code' out)" ''
}

@test "when all fails, the service is down: the asking ends, the stream goes through" {
	start --files 120
	set_faults '["/files/*=bad-gzip:501@every"]'
	relate
	assert_status 75
	assert_in err '10 requests in a row have failed'
	[ "$(requests length)" -lt 30 ]
	assert_equal "$(totals '[.complete, .files_expanded < 10, .related_kept]')" '[false,true,0]'
	assert_equal "$(jq -r .id out)" "$(jq -r .id in)"
}

@test "an answer that never comes becomes an error of its relationship" {
	start --files 60
	set_faults '["/files/*/dropped_files=stall:60000@1-4"]'
	VTREPORTER_STALL_TIMEOUT=PT1S relate --relationships dropped_files --expand-max 1
	assert_status 0
	assert_equal "$(jq -r '.relationships.dropped_files.error.code | select(.)' out)" NoAnswer
	assert_equal "$(totals '[.requests, .not_expanded.error, .complete]')" '[4,1,true]'
}

@test "failures that pass are tried again" {
	start --files 40
	relate
	mv out good
	# Each on a request of its own.
	set_faults '["/files/*=503@3","/files/*=429-retry-after:1@7","/files/*=cut@11","/files/*=reset@13","/files/*=html@17",
		"/files/*=bad-gzip@19","/files/*=500@23","/files/*=502@25","/files/*=504@27","/files/*=424@29","/files/*=204@31",
		"/files/*=429-retry-date:7200@33","/files/*=redirect-path@35","/files/*=slow:200000@37","/files/*=stall-body:300@39",
		"/files/*=clock:7200@41","/files/*=fat:100000@43-45","/files/*/contacted_ips=504-above:20@2"]'
	relate
	assert_status 0
	jq -c 'del(.attributes.relate)' out | cmp - <(jq -c 'del(.attributes.relate)' good)
	# All of the 18 but two that may fall on a request which met another already.
	requests '[.[] | select(.fault)] | unique_by(.fault)' >met
	[ "$(jq length met)" -ge 16 ]
	# libcurl itself repeats what was reset on a connection used before: the service has seen it all the same.
	# shellcheck disable=SC2016 # jq's own variables
	assert_equal "$(requests '[.[] | select(.fault | . and (IN("slow", "stall-body", "clock", "fat", "redirect-path") | not))] as $failed
		| [.[] | select(.fault | not)] as $answered
		| [$failed[] | . as $one | select(any($answered[]; .path == $one.path and .n > $one.n) | not) | .fault]')" '[]'
}

@test "a listing that is led astray becomes an error, what came before it is kept, and the file goes on" {
	start --files 200
	local fault want
	while read -r fault want; do
		forget
		set_faults "[\"/files/*/compressed_parents=$fault@every\"]"
		relate --relationships compressed_parents --related-max '*:0'
		assert_status 0
		jq -c '.relationships.compressed_parents | select(.error) | .error.code' out >errors
		[ "$(wc -l <errors)" -gt 2 ] || fail "$fault: $(wc -l <errors) errors"
		assert_equal "$fault $(sort -u errors)" "$fault $want"
		assert_equal "$(expanded_ids)" "$(high_ids)"
		assert_equal "$(totals '[.complete, .not_expanded.error > 2]')" '[true,true]'
		# The page that repeats its cursor is not asked for again.
		assert_equal "$(requests '[.[] | select(.query.cursor) | [.path, .query.cursor]] | group_by(.) | map(length) | max // 0 | . <= 1')" true
	done <<-END
		repeat-cursor "BadAnswer"
		stale-cursor "InvalidArgumentError"
		next-host:http://127.0.0.1:9/x "BadAnswer"
	END
}

@test "a relationship that the licence refuses is asked for once, and the summary says so" {
	start --files 60 --refuse similar_files,itw_ips
	local jobs relationships
	for jobs in 1 16 64; do
		forget
		relate --jobs "$jobs"
		assert_status 0
		assert_equal "$(requests '[.[] | select(.path | endswith("/similar_files"))] | length')" 1
		assert_equal "$(jq -r '.relationships | select(.) | .similar_files.error.code' out | sort | uniq -c | awk '{print $1, $2}')" "$(high_ids | wc -l) ForbiddenError"
		assert_equal "$(grep -c 'not asked for again' err)" 1
		assert_equal "$(totals '[.forbidden, .complete, .not_expanded.error]')" '[["similar_files"],true,0]'
		[ -e one ] || mv out one
		[ ! -e out ] || cmp out one
	done
	# Nor is it where no plan tells what there is.
	forget
	relate --relationships itw_ips
	assert_equal "$(requests length)" 1
	# The one that finds out may fail: the next one does.
	forget
	set_faults '["/files/*/itw_ips=bad-gzip:400@1-3"]'
	relate --relationships itw_ips
	assert_equal "$(totals '[.requests, .forbidden]')" '[4,["itw_ips"]]'
}

@test "a used-up quota: the rest passes unexpanded, the summary says so, 75 at the end" {
	start --files 80
	export VTREPORTER_API_USER=analyst
	curl -fsS -X POST -d '{"api_requests_daily": {"used": 20000}}' "$vt_control/quota" >/dev/null
	# The day's allowance is gone before the first request.
	relate
	assert_status 75
	assert_equal "$(requests '[.[] | select(.path | startswith("/files/"))] | length')" 0
	assert_equal "$(totals '[.complete, .files_expanded, .not_expanded.quota]')" "[false,0,$(high_ids | wc -l)]"
	assert_equal "$(without_related out | sha256sum)" "$(without_related in | sha256sum)"
}

@test "the quota is looked at when an answer says that it is used up, and waiting is spared" {
	start --files 80
	export VTREPORTER_API_USER=analyst
	# So much is left when the run begins; another program spends it meanwhile.
	set_faults '["/files/*=spend@40"]'
	relate --jobs 4
	assert_status 75
	# What was refused is not asked for again, as it would be at the end of the wait.
	assert_equal "$(requests '[.[] | select(.status == 429) | .path] | group_by(.) | map(length) | max')" 1
	assert_equal "$(totals .complete)" false
	[ "$(totals .files_expanded)" -gt 0 ]
	assert_equal "$(totals '.files_expanded + .not_expanded.quota')" "$(high_ids | wc -l)"
	assert_equal "$(jq -r .id out)" "$(jq -r .id in)"
	# A later run gets what is missing.
	set_faults '[]'
	curl -fsS -X POST -d '{"api_requests_daily": {"used": 0}}' "$vt_control/quota" >/dev/null
	mv out in
	relate
	assert_status 0
	assert_equal "$(totals '[.complete, .files_expanded]')" "[true,$(high_ids | wc -l)]"
	assert_equal "$(jq -c '.relationships[]?.error | select(.)' out)" ''
}

@test "the budget of requests and the reserve of the quota are kept, file by file" {
	start --files 80
	VTREPORTER_MAX_REQUESTS=30 relate
	assert_status 75
	assert_equal "$(requests length)" 30
	[ "$(totals .files_expanded)" -ge 2 ]
	assert_equal "$(totals '.files_expanded + .not_expanded.quota')" "$(high_ids | wc -l)"
	forget
	curl -fsS -X POST -d '{"api_requests_daily": {"used": 0, "allowed": 100}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst VTREPORTER_QUOTA_RESERVE=80 relate
	assert_status 75
	assert_equal "$(requests '[.[] | select(.path | startswith("/files/"))] | length')" 20
}

@test "the pace holds: never more than so many requests in a minute" {
	start --files 40
	VTREPORTER_REQUESTS_PER_MINUTE=12 timeout 3 vt-relate --jobs 16 <in >out 2>err || status=$?
	assert_equal "$(requests length)" 12
}

@test "a refused key stops the asking and not the stream" {
	start --files 60
	export VTREPORTER_API_KEY=${test_key/00/ff}
	relate
	assert_status 77
	assert_in err 'check vtreporter.api_key'
	assert_equal "$(totals '[.complete, .files_expanded, .not_expanded.refused]')" "[false,0,$(high_ids | wc -l)]"
	assert_equal "$(jq -r .id out)" "$(jq -r .id in)"
	assert_not_in err "$VTREPORTER_API_KEY"
	assert_not_in out "$VTREPORTER_API_KEY"
}

@test "a redirect to another host ends the asking, and the key stays here" {
	start --files 40
	start_server thief "$repository/tests/sim/vt/server.js" --key "$test_key"
	set_faults "[\"/files/*=redirect:$server_url/files/x@1\"]"
	relate --jobs 1
	assert_status 78
	assert_in err 'answers with a redirect'
	assert_equal "$(curl -fsS "${server_url%/api/v3}/_sim/log")" '[]'
	assert_equal "$(jq -r .id out)" "$(jq -r .id in)"
}

@test "a signal ends the asking; the stream goes through and says so" {
	start --files 80 --latency-ms 200
	vt-relate --jobs 2 <in >out 2>err &
	local pid=$!
	sleep 1
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_status 143
	assert_equal "$(totals .complete)" false
	[ "$(totals .not_expanded.signal)" -gt 0 ]
	assert_equal "$(jq -r .id out)" "$(jq -r .id in)"
}

@test "malformed lines are told, counted and skipped; strict ends with the first" {
	start --files 40
	local at
	at=$(($(wc -l <in) / 2))
	sed -i -e "${at}a not json" -e "${at}a [1,2]" -e "${at}a {\"id\": 1}" -e "${at}a {\"type\":\"comment\",\"id\":\"x\"}" in
	relate
	assert_status 1
	assert_equal "$(grep -c 'the line is left out' err)" 3
	assert_in err "line $((at + 1)): "
	assert_equal "$(totals .malformed)" 3
	assert_equal "$(grep -c '"comment"' out)" 1
	relate --strict
	assert_status 65
	assert_in err "line $((at + 1)): "
}

@test "a stream without summary ends with 65 and none is invented, and nothing is spent on it" {
	start --files 40
	sed -i '$d' in
	relate
	assert_status 65
	assert_in err 'ends without a summary'
	cmp in out
	assert_equal "$(requests length)" 0
	: >in
	relate --expand-max 0
	assert_status 65
	[ ! -s out ]
}

@test "pretty-printed input is met with a word about jq -c" {
	start --files 10
	jq . in >pretty
	mv pretty in
	relate
	assert_status 65
	assert_in err 'jq -c'
}

@test "a dry run asks nothing and changes nothing" {
	start --files 40
	relate -n
	assert_status 0
	cmp in out
	assert_in err "$(high_ids | wc -l) files would be expanded"
	assert_equal "$(requests length)" 0
}

# plan KEY: the number in the plan's line
plan() {
	sed -n "s/^$1: *\\([0-9]*\\).*/\\1/p" plan
}

@test "the plan tells the cost before anything is spent" {
	start --files 120
	export VTREPORTER_API_USER=analyst
	unset VTREPORTER_CACHE_DAYS
	relate --plan
	assert_status 0
	mv out plan
	[ ! -e .cache ]
	assert_equal "$(requests '[.[].path] | unique')" '["/users/analyst/overall_quotas"]'
	assert_equal "$(plan 'files to expand')" "$(high_ids | wc -l)"
	assert_equal "$(plan 'requests left')" 19999
	relate
	local spent
	spent=$(totals .requests)
	((spent <= $(plan 'requests at most'))) || fail "$spent requests"
	((spent * 2 <= $(plan 'requests expected') * 3 && spent * 3 >= $(plan 'requests expected') * 2)) || fail "$spent requests"
	# What is in the cache costs nothing; one relationship more costs one request for each file.
	relate --plan
	mv out plan
	assert_equal "$(plan 'requests expected'),$(plan 'requests at most')" 0,0
	relate --plan --relationships behaviour_mitre_trees,contacted_ips --expand-max 7
	mv out plan
	assert_equal "$(plan 'requests expected'),$(plan 'requests at most')" 7,7
	assert_equal "$(plan 'beyond expand_max')" $(($(high_ids | wc -l) - 7))
}

@test "a plan that the allowance does not cover ends with 75, an unknown allowance is said" {
	start --files 60
	relate --plan
	assert_status 0
	assert_in out 'unknown'
	VTREPORTER_MAX_REQUESTS=10 relate --plan
	assert_status 75
	assert_in err 'only 10 are left'
	curl -fsS -X POST -d '{"api_requests_daily": {"used": 19990}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst relate --plan
	assert_status 75
	assert_in err 'only 10 are left'
	curl -fsS -X POST -d '{"api_requests_daily": {"allowed": 60000000000}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst relate --plan
	assert_status 0
	assert_in out 'unlimited'
	echo junk >>in
	relate --plan
	assert_status 1
}

@test "a reader that leaves ends it silently, a slow one stops the asking, a full disk is told" {
	start --files 80
	run_pipe 'vt-relate <in | head -n 1'
	assert_equal "${statuses[0]}" 141
	[ ! -s err ]
	relate
	mv out whole
	# The summary counts the requests of a run without retries: the same.
	vt-relate -q <in | (sleep 1 && cat) | cmp - whole
	status=0
	vt-relate <in >/dev/full 2>err || status=$?
	assert_status 74
	assert_in err 'No space left on device'
}

@test "no request begins while the output is blocked" {
	start --files 120
	mkfifo blocked
	vt-relate -q --jobs 4 --expand-max 0 <in >blocked 2>err &
	local pid=$! before after
	exec 4<blocked
	sleep 2
	before=$(requests length)
	sleep 1
	after=$(requests length)
	cat <&4 >out
	exec 4<&-
	wait "$pid"
	assert_equal "$before" "$after"
	[ "$(requests length)" -gt "$after" ]
	assert_equal "$(expanded_ids)" "$(high_ids)"
}

@test "configuration faults name the relationship that was meant, before any request" {
	start --files 10
	relate --relationships contacted_domain
	assert_status 78
	assert_in err 'did you mean contacted_domains? there are behaviour_mitre_trees, bundled_files, '
	assert_in err ', similar_files, urls_for_embedded_js'
	relate --relationships comments
	assert_status 78
	assert_in err 'IPs or URLs: there are behaviour_mitre_trees, '
	VTREPORTER_RELATE_SEVERITY=SEVERE relate
	assert_status 78
	unset VTREPORTER_API_KEY
	relate
	assert_status 78
	assert_in err VTREPORTER_API_KEY
	assert_equal "$(requests length)" 0
}

@test "usage: help, version, misuse" {
	run_apart vt-relate --help
	assert_status 0
	assert_in out --jobs
	run_apart vt-relate --jobs 0
	assert_status 64
	run_apart vt-relate --version
	assert_status 0
}

@test "no memory is lost, whatever happens" {
	command -v valgrind >/dev/null || skip 'valgrind is not here'
	! nm "$BUILD/bin/vt-relate" | grep -q __asan_init || skip 'the address sanitizer looks for leaks by itself'
	start --files 20 --refuse contacted_urls
	export VTREPORTER_CACHE_DAYS=7
	unset VTREPORTER_CACHE_DIR
	checked() {
		status=0
		timeout 120 valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99 \
			"$BUILD/bin/vt-relate" "$@" <in >out 2>err || status=$?
		[ "$status" != 99 ] || fail "$(grep "^==" err)"
	}
	set_faults '["/files/*/contacted_ips=404@1-3","/files/*/dropped_files=bad-json@2","/files/*=503@9"]'
	checked --explain
	assert_status 0
	checked --plan
	assert_status 0
	sed -i '3s/^/x/' in
	VTREPORTER_MAX_REQUESTS=5 checked --no-cache
	assert_status 75
	# A reader that leaves.
	(set +o pipefail; valgrind -q --leak-check=full --error-exitcode=99 --log-file=lost "$BUILD/bin/vt-relate" -q --no-cache --expand-max 0 <in 2>err | head -n 1 >/dev/null)
	! grep -E 'definitely|Invalid' lost || fail 'after the reader had left'
}

@test "explain tells each related object that is left out" {
	start --files 40
	relate --explain
	assert_equal "$(grep -c ': left out: ' err)" "$(totals '[.related_rejected[]] | add')"
}
