#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load helper

setup() {
	clean_environment
	window=(--since 2026-11-23 --until 2026-11-24)
}

teardown() {
	stop_servers
}

# fetch ARGUMENTS...: with the window of the corpus' main day
fetch() {
	run_apart vt-fetch "${window[@]}" "$@"
}

summary() {
	tail -n 1 out | jq -c "$1"
}

ids() {
	jq -r 'select(.type == "file").id' out
}

# What the filter keeps, computed by the simulator's own facts.
expected_ids() {
	curl -fsS "$vt_control/files" | jq -r '.[] | select(.positives > 0) | select(.case != "eicar" and .case != "known-distributor" and .case != "signed")
		| select(.severity != "NONE") | select(.severity != "LOW" or .unique_sources > 1)
		| select((.severity != "" and .severity != "UNKNOWN") or .positives >= 5) | .id'
}

set_faults() {
	curl -fsS -X POST -d "$1" "$vt_control/faults" >/dev/null
}

violations() {
	curl -fsS "$vt_control/log" | jq -c '[.[].violations[]]'
}

@test "header first, summary last, and every file of the window that the filter keeps, once" {
	start_vt --files 300
	fetch --page-size 37
	assert_status 0
	assert_equal "$(head -n 1 out | jq -r .type)" search
	assert_equal "$(summary .type)" '"search_summary"'
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	assert_equal "$(ids | sort | uniq -d)" ''
	assert_equal "$(summary '.attributes | [.complete, .error, .files_seen == .total_hits, .files_emitted + ([.files_rejected[]] | add) == .files_seen]')" \
		'[true,null,true,true]'
	assert_equal "$(violations)" '[]'
	assert_no_secret
}

@test "header tells window, label, zone and query" {
	start_vt --files 20
	TZ=Australia/Sydney run_apart vt-fetch --since 2026-11-23 --until 2026-11-24
	assert_status 0
	assert_equal "$(head -n 1 out | jq -c '[.id, .attributes.window_label, .attributes.timezone, .attributes.query]')" \
		'["AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z","2026-11-23","Australia/Sydney","entity:file submitter:AU fs:2026-11-22T13:00:00+ fs:2026-11-23T13:00:00- p:1+"]'
}

# A time, RFC 3339 in UTC.
at() {
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

@test "however the day is cut into windows, every file comes out of exactly one" {
	start_vt --files 200
	fetch
	assert_status 0
	ids | sort >whole
	local round start end first
	start=$(date -u -d 2026-11-23T00:00:00Z +%s)
	# Borders anywhere, in the seconds of submissions, and next to them.
	curl -fsS "$vt_control/files" | jq '.[].first_submission_date' | shuf --random-source=<(yes) -n 4 >seconds
	for round in 1 2 3; do
		RANDOM=$round
		{
			echo "$start"
			echo $((start + 86400))
			while read -r first; do echo $((first + RANDOM % 3 - 1)); done <seconds
			for _ in 1 2 3; do echo $((start + (RANDOM * 32768 + RANDOM) % 86400)); done
		} | sort -nu >borders
		: >parts
		while read -r end; do
			run_apart vt-fetch --since "$(at "$start")" --until "$(at "$end")" --page-size 17 -q
			assert_status 0
			assert_equal "$(summary .attributes.complete)" true
			ids >>parts
			start=$end
		done < <(tail -n +2 borders)
		assert_equal "$(sort parts)" "$(cat whole)"
		start=$(date -u -d 2026-11-23T00:00:00Z +%s)
	done
	assert_equal "$(violations)" '[]'
}

@test "local days around a change of the clock tile the days of UTC" {
	start_vt --files 200 --until 2026-10-05T00:00:00Z --days 3
	: >parts
	# In Sydney 2026-10-04 has 23 hours.
	for day in 01 02 03 04 05; do
		TZ=Australia/Sydney run_apart vt-fetch --since "2026-10-$day" --until "2026-10-0$((10#$day + 1))" -q
		assert_status 0
		ids >>parts
	done
	run_apart vt-fetch --since 2026-09-30T14:00:00Z --until 2026-10-05T13:00:00Z -q
	assert_status 0
	(($(ids | wc -l) > 100))
	assert_equal "$(sort parts)" "$(ids | sort)"
}

@test "the last full period, its length and the lag are options of their own" {
	start_vt --files 5
	local now
	now=$(date -u +%s)
	unset VTREPORTER_API_KEY
	fs() {
		run_apart vt-fetch --print-query "$@"
		assert_status 0
		sed -E 's/.* fs:([^ ]*)\+ fs:([^ ]*)- .*/\1 \2/' out
	}
	midnight=$(date -u -d "@$now" +%Y-%m-%dT00:00:00)
	assert_equal "$(fs --lag PT0S)" "$(date -u -d "$midnight yesterday" +%Y-%m-%dT00:00:00) $midnight"
	assert_equal "$(fs --lag P2D)" "$(date -u -d "$midnight 3 days ago" +%Y-%m-%dT00:00:00) $(date -u -d "$midnight 2 days ago" +%Y-%m-%dT00:00:00)"
	CONNECTOR_DURATION_PERIOD=P1W run_apart vt-fetch --print-query --lag PT0S
	assert_in out "fs:$(date -u -d "$midnight 7 days ago" +%Y-%m-%dT00:00:00)+ fs:$midnight-"
	run_apart vt-fetch --print-query --lag 3h
	assert_status 78
	assert_in err 'option --lag: vtreporter.lag: "3h"'
}

@test "a page is asked for while the last one is written, at most one ahead, and nothing blocks" {
	start_vt --files 300
	mkfifo pipe
	vt-fetch "${window[@]}" --page-size 100 >pipe 2>err 3>&- &
	pid=$!
	exec 4<pipe
	asked() {
		curl -fsS "$vt_control/log" | jq length
	}
	# A page is more than a pipe holds; nobody reads it.
	for _ in {1..200}; do
		[[ $(asked) -lt 2 ]] || break
		sleep 0.05
	done
	assert_equal "$(asked)" 2
	sleep 1
	assert_equal "$(asked)" 2
	cat <&4 >out
	exec 4<&-
	wait "$pid"
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	assert_equal "$(asked)" 3
}

@test "a page is on stdout before the next one's answer is waited for" {
	start_vt --files 100 --fault '/intelligence/search=stall:600000@2'
	vt-fetch "${window[@]}" --page-size 50 >out 2>err 3>&- &
	pid=$!
	curl -fsS "$vt_control/files" | jq -r 'sort_by(.first_submission_date) | map(select(.positives > 0)) | .[0:50][] | .id' >first_page
	expected_ids | grep -Fxf first_page | sort >want
	for _ in {1..200}; do
		[[ $(ids 2>/dev/null | sort) != "$(cat want)" ]] || break
		sleep 0.05
	done
	assert_equal "$(ids | sort)" "$(cat want)"
	kill -TERM "$pid"
	wait "$pid" || [[ $? == 143 ]]
}

@test "a file's bytes are the service's, white space and lone surrogates aside" {
	start_vt --files 60
	fetch
	assert_status 0
	for name in nul-in-strings zip-bomb repeated-key; do
		id=$(curl -fsS "$vt_control/corpus" | jq -r ".cases[\"$name\"]")
		curl -fsS --compressed -A 'test gzip' -H 'x-tool: test' -H "x-apikey: $test_key" "$VTREPORTER_API_URL/files/$id" >object
		# The service indents with four spaces; no string of these objects holds a line break.
		want=$(sed -e 's/^ *//' -e 's/^\("[^"]*"\): /\1:/' object | tr -d '\n')
		want=${want#'{"data":'}
		assert_equal "$(grep -F "\"id\":\"$id\"" out)" "${want%\}}"
	done
	grep -F '3.3356434083164046e+21' out >/dev/null
	grep -F '"reputation":-1,"reputation":-77' out >/dev/null
	grep -F '172.94.9\u00006.90' out >/dev/null
	jq -c . out >/dev/null
}

@test "nothing found is a header and a summary" {
	start_vt --files 20
	run_apart vt-fetch --since 2020-01-01 --until 2020-01-02
	assert_status 0
	assert_equal "$(wc -l <out)" 2
	assert_equal "$(summary '.attributes | [.files_seen, .complete]')" '[0,true]'
	assert_in err '90 days back: files first submitted from 2020-01-01T00:00:00Z to 2020-01-02T00:00:00Z cannot be had'
}

@test "a window that is not over yet is warned of" {
	start_vt --files 5
	run_apart vt-fetch --since 2026-11-23 --until 2199-01-01
	assert_status 0
	assert_in err 'not over yet'
}

# The lines of the files alone, sorted.
files() {
	grep -v '"type":"search' out | sort
}

# tried_again FAULT...: each once, at the second page.
tried_again() {
	local fault
	start_vt --files 100
	fetch --page-size 50
	files >whole
	for fault; do
		set_faults "[\"/intelligence/search=$fault@2\"]"
		fetch --page-size 50
		assert_status 0
		assert_equal "$(files | cmp - whole && echo same)" same
		assert_equal "$(summary '.attributes | [.complete, .files_seen == .total_hits]')" '[true,true]'
	done
}

@test "a failing request is tried again: 5xx, throttled" {
	tried_again 503 502 500 424 429-retry-after:1
}

@test "a broken answer is asked for again: HTML, not JSON, not gzip" {
	tried_again html html:200 bad-gzip bad-gzip:503 bad-json
}

@test "an answer that breaks off or stalls is asked for again, a slow one is waited for" {
	export VTREPORTER_STALL_TIMEOUT=PT1S
	tried_again cut reset stall-body:600000 slow:400000
}

@test "what cannot be had makes an incomplete summary, a status and one line; and can be gone on with" {
	start_vt --files 100
	fetch
	files >whole
	while read -r fault want; do
		set_faults "[\"/intelligence/search=$fault@2-99\"]"
		fetch --page-size 30
		[[ $status == "$want" ]] || fail "$fault: status $status, not $want"
		assert_equal "$(summary '.attributes | [.complete, .error != null, .files_emitted > 0]')" '[false,true,true]'
		assert_no_secret
		set_faults '[]'
		mv out cut
		run_apart vt-fetch --continue cut
		assert_status 0
		assert_equal "$(files | cmp - whole && echo same)" same
		assert_equal "$(summary '.attributes | [.complete, .error, .files_seen == .total_hits]')" '[true,null,true]'
	done <<-END
		401 77
		403 77
		bad-json 69
		no-data 69
		redirect:http://127.0.0.1:1/elsewhere 78
		next-host:http://127.0.0.1:1/elsewhere 69
		repeat-cursor 69
	END
}

@test "results that come and go while they are listed: none is missed, none is doubled" {
	start_vt --files 200
	for fault in insert:7@3 insert:7@2-4 remove:9@2 remove:9@4 insert:40@2; do
		# Removed ones may be there or not, depending on when they were met.
		curl -fsS -X POST "$vt_control/forget" >/dev/null
		set_faults "[\"/intelligence/search=$fault\"]"
		fetch --page-size 30
		assert_status 0
		set_faults '[]'
		assert_equal "$(comm -13 <(ids | sort) <(expected_ids | sort))" ''
		assert_equal "$(ids | sort | uniq -d)" ''
		assert_equal "$(summary '.attributes | [.complete, .files_emitted + ([.files_rejected[]] | add) == .files_seen]')" '[true,true]'
		assert_in err 'results changed'
	done
	# What comes early is noticed early: only up to there it is listed again.
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	set_faults '["/intelligence/search=insert:7@2"]'
	fetch --page-size 20
	assert_equal "$(comm -13 <(ids | sort) <(expected_ids | sort))" ''
	(($(asked .) <= $(summary '.attributes.total_hits / 20 | ceil + 3'))) || fail "$(asked .) requests"
	set_faults '[]'
	# Nothing moves: nothing is asked twice.
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	fetch --page-size 50
	assert_equal "$(curl -fsS "$vt_control/log" | jq length)" "$(summary '.attributes.total_hits / 50 | ceil')"
	assert_not_in err 'results changed'
}

@test "results that never stand still end after three listings, with a warning" {
	start_vt --files 60 --fault '/intelligence/search=insert:2@every'
	fetch --page-size 30
	assert_status 0
	assert_in err 'kept changing'
	(($(curl -fsS "$vt_control/log" | jq length) < 14))
}

@test "a refused key and a missing licence say what to do" {
	start_vt --files 20
	VTREPORTER_API_KEY=ffffeeeeddddccccbbbbaaaa99998888 fetch
	assert_status 77
	assert_in err 'check vtreporter.api_key'
	assert_not_in err ffffeeeeddddccccbbbbaaaa99998888
	assert_not_in out ffffeeeeddddccccbbbbaaaa99998888
	assert_equal "$(summary .attributes.complete)" false
	stop_servers
	start_vt --files 20 --no-search
	fetch
	assert_status 77
	assert_in err 'premium key'
}

set_quota() {
	curl -fsS -X POST -d "$1" "$vt_control/quota" >/dev/null
}

asked() {
	curl -fsS "$vt_control/log" | jq "map(select(.path | test(\"$1\"))) | length"
}

@test "a used-up quota ends the run without waiting and tells which, one of a minute does not" {
	start_vt --files 100
	export VTREPORTER_API_USER=analyst
	for counter in hourly:hour daily:day monthly:month; do
		curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
		set_quota "{\"api_requests_${counter%:*}\":{\"allowed\":2,\"used\":0}}"
		fetch --page-size 20
		assert_status 75
		assert_equal "$(summary '.attributes | [.complete, .requests, .files_seen]')" '[false,4,40]'
		assert_in err "the ${counter#*:}'s requests are used up"
		assert_equal "$(summary .attributes.reached)" \
			"$(jq -s '[.[] | select(.type == "file").attributes.first_submission_date] | max | todate' out)"
		set_quota "{\"api_requests_${counter%:*}\":{\"allowed\":20000}}"
	done
	set_faults '["/intelligence/search=quota:1@2"]'
	fetch --page-size 50
	assert_status 0
	# Nor does it matter that the quotas cannot be read.
	set_faults '["/intelligence/search=quota:1@2","/users/*=404"]'
	fetch --page-size 50
	assert_status 0
	assert_in err 'quotas cannot be read'
	set_faults '["/intelligence/search=quota:3600@2"]'
	fetch --page-size 50
	assert_status 75
	assert_equal "$(violations)" '[]'
}

@test "a licence to search without an allowance of requests pays with searches" {
	start_vt --files 100
	set_quota '{"api_requests_daily":{"allowed":0},"api_requests_monthly":{"allowed":0},"intelligence_searches_monthly":{"allowed":3,"used":0}}'
	VTREPORTER_API_USER=analyst fetch --page-size 20
	assert_status 75
	assert_in err "the month's searches are used up"
	assert_equal "$(summary .attributes.files_seen)" 60
}

@test "who is told to come back after a long time ends at once, after a short one waits so long by the server's clock" {
	start_vt --files 60
	set_faults '["/intelligence/search=429-retry-after:3600@2"]'
	fetch --page-size 20
	assert_status 75
	assert_equal "$(asked search)" 2
	# A date of a clock that is a day off, a second later.
	set_faults '["/intelligence/search=429-retry-date:86400@2","/intelligence/search=clock:86400@3"]'
	fetch --page-size 20
	assert_status 0
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	set_faults '["/intelligence/search=clock:-7200@1"]'
	fetch --page-size 20
	assert_status 0
	assert_in err "VirusTotal's clock is -7"
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
}

@test "the budget of requests is kept, tries included" {
	start_vt --files 100
	VTREPORTER_MAX_REQUESTS=2 fetch --page-size 20
	assert_status 75
	assert_equal "$(asked .)" 2
	assert_in err 'budget of 2 requests is spent (vtreporter.max_requests)'
	assert_equal "$(summary .attributes.files_seen)" 40
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	set_faults '["/intelligence/search=503@2-9"]'
	VTREPORTER_MAX_REQUESTS=3 fetch --page-size 20
	assert_equal "$(asked .)" 3
	assert_equal "$(summary .attributes.complete)" false
}

@test "the quota's reserve is left to others" {
	start_vt --files 100
	set_quota '{"api_requests_daily":{"allowed":100,"used":88}}'
	VTREPORTER_API_USER=analyst VTREPORTER_QUOTA_RESERVE=10 fetch --page-size 20
	assert_status 75
	assert_equal "$(asked search)" 2
	assert_in err 'quotas less vtreporter.quota_reserve'
	# Without a name it cannot be known, which is said.
	VTREPORTER_QUOTA_RESERVE=10 fetch --page-size 50
	assert_status 0
	assert_in err 'has no effect without vtreporter.api_user'
}

@test "the plan tells what a run would cost and whether it is covered, for one small request" {
	start_vt --files 100
	export VTREPORTER_API_USER=analyst
	set_quota '{"api_requests_daily":{"allowed":700,"used":0}}'
	fetch --plan --page-size 50
	assert_status 0
	hits=$(sed -n 's/^files: //p' out)
	assert_equal "$hits" "$(curl -fsS "$vt_control/files" | jq '[.[] | select(.positives > 0)] | length')"
	assert_in out "vt-fetch: $(((hits + 49) / 50)) requests"
	assert_in out "together: about $((hits * 6 + (hits + 49) / 50)) requests at most"
	assert_in out 'requests a day: 700 allowed, 1 used'
	assert_in out 'requests an hour: unlimited'
	assert_in out 'covered: yes'
	assert_equal "$(curl -fsS "$vt_control/log" | jq -c '[.[] | [.path, .query.limit, .query.descriptors_only]]')" \
		'[["/intelligence/search","1","true"],["/users/analyst/overall_quotas",null,null]]'
	VTREPORTER_QUOTA_RESERVE=200 fetch --plan
	assert_status 75
	assert_in out 'covered: no'
	unset VTREPORTER_API_USER
	fetch --plan
	assert_status 0
	assert_in out 'covered: not known'
	VTREPORTER_MAX_REQUESTS=50 fetch --plan
	assert_status 75
	set_faults '["/intelligence/search=403"]'
	fetch --plan
	assert_status 77
	assert_equal "$(cat out)" ''
}

@test "each filter counts what it leaves out by its reason" {
	start_vt --files 100
	fetch
	assert_status 0
	assert_equal "$(summary '.attributes.files_by_severity | add')" "$(summary .attributes.files_emitted)"
	cp out all
	# sums NAME JQ-CONDITION: what a reason must have counted, of the files that came without the filter.
	sums() {
		assert_status 0
		want=$(jq -s "[.[] | select(.type == \"file\").attributes | select($2)] | length" all)
		assert_equal "$(summary ".attributes.files_rejected.$1 // 0")" "$want"
		assert_equal "$(summary '.attributes | .files_emitted + ([.files_rejected[]] | add) == .files_seen')" true
		((want > 0)) || fail "nothing to leave out by $1"
	}
	fetch --min-size 1M
	sums size '.size < 1048576'
	fetch --max-size 30000000
	sums size '.size > 30000000'
	fetch --type peexe,document
	sums type '.type_tag != "peexe" and (.type_tags // [] | index("document") | not)'
	fetch --severity HIGH,LOW:2,UNKNOWN
	sums severity_medium '.threat_severity.threat_severity_level == "SEVERITY_MEDIUM"'
	fetch --severity HIGH:3,MEDIUM,LOW,UNKNOWN
	sums few_sources '.threat_severity.threat_severity_level == "SEVERITY_HIGH" and .unique_sources < 3'
	fetch --min-score 75
	sums score '(.gti_assessment.threat_score.value // (if .threat_severity.threat_severity_level == "SEVERITY_HIGH" then 75 else 0 end)) < 75'
	VTREPORTER_UNKNOWN_MIN_POSITIVES=0 fetch
	assert_equal "$(summary '.attributes.files_rejected | has("severity_unknown")')" false
	(($(summary '.attributes.files_by_severity | .ABSENT + .UNKNOWN') > 0))
	fetch --severity HIGH,CRITICAL
	assert_status 78
	assert_in err 'option --severity: vtreporter.severity: "CRITICAL"'
}

@test "HTTP/2 over TLS, one connection for all pages" {
	start_vt_tls --files 100
	fetch --page-size 20
	assert_status 0
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	assert_equal "$(curl -fsS "$vt_control/log" | jq -c '[.[] | [.http, .connection]] | unique | length')" 1
	assert_equal "$(curl -fsS "$vt_control/log" | jq -c '.[0].http')" '"2.0"'
	assert_equal "$(violations)" '[]'
}

@test "a certificate of an authority that nobody trusts is refused, a configured authority is trusted" {
	start_vt_tls --files 20
	local ca=$SSL_CERT_FILE
	SSL_CERT_FILE='' fetch
	assert_status 78
	assert_in err 'certificate'
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
	SSL_CERT_FILE='' HTTPS_CA_CERTIFICATES=$ca fetch
	assert_status 0
	SSL_CERT_FILE='' HTTPS_CA_CERTIFICATES=$(cat "$ca") fetch
	assert_status 0
	SSL_CERT_FILE='' HTTPS_CA_CERTIFICATES=nowhere.pem fetch
	assert_status 78
	assert_in err 'nowhere.pem'
}

@test "streams and connections that break off are tried again over HTTP/2 too" {
	start_vt_tls --files 60
	fetch --page-size 20
	sort out | grep -v search >whole
	for fault in cut reset bad-gzip:503 503; do
		set_faults "[\"/intelligence/search=$fault@2\"]"
		fetch --page-size 20
		assert_status 0
		assert_equal "$(sort out | grep -v search | cmp - whole && echo same)" same
	done
}

@test "the key never leaves for another host" {
	start_vt --files 20
	start_server other "$repository/tests/sim/vt/server.js" --files 1
	set_faults "[\"/intelligence/search=redirect:$server_url/intelligence/search\"]"
	fetch
	assert_status 78
	assert_in err 'redirect'
	set_faults "[\"/intelligence/search=next-host:$server_url/intelligence/search\"]"
	fetch --page-size 5
	assert_status 69
	assert_equal "$(curl -fsS "${server_url%/api/v3}/_sim/log")" '[]'
}

@test "a redirect within the host is followed, five times at most" {
	start_vt --files 20
	set_faults '["/intelligence/search=redirect-path"]'
	fetch
	assert_status 0
	set_faults '["/intelligence/search=redirect-path@every"]'
	fetch
	assert_status 78
}

@test "a stale cursor goes on from the last seen time, and nothing is lost or doubled" {
	start_vt --files 200
	fetch
	files >whole
	for at in 2 3 2-6 5; do
		curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
		set_faults "[\"/intelligence/search=stale-cursor@$at\"]"
		fetch --page-size 40
		assert_status 0
		assert_equal "$(files | cmp - whole && echo same)" same
		assert_equal "$(summary '.attributes | [.complete, .files_seen == .total_hits]')" '[true,true]'
		# From where it was, not from the begin: at most a page is asked for twice.
		assert_equal "$(asked . | jq '. < 12')" true
	done
	set_faults '["/intelligence/search=stale-cursor@2"]'
	fetch --page-size 40 --query 'submitter:AU p:1+ fs:2026-11-23+ fs:2026-11-24-'
	assert_status 0
	assert_equal "$(files | cmp - whole && echo same)" same
	set_faults '["/intelligence/search=stale-cursor@2-99"]'
	fetch --page-size 40 --query 'submitter:AU p:1+ fs:2026-11-23+ fs:2026-11-24-'
	assert_status 65
	assert_equal "$(summary .attributes.complete)" false
}

@test "results in no order: nothing is lost or doubled, but a cut run cannot be gone on with" {
	start_vt --files 150
	fetch
	files >whole
	set_faults '["/intelligence/search=stale-cursor@3","/intelligence/search=unsorted@every"]'
	fetch --page-size 40
	assert_status 0
	assert_equal "$(files | cmp - whole && echo same)" same
	set_faults '["/intelligence/search=unsorted@every"]'
	VTREPORTER_MAX_REQUESTS=2 fetch --page-size 40
	assert_status 75
	assert_equal "$(summary '.attributes | has("reached")')" false
	mv out cut
	run_apart vt-fetch --continue cut
	assert_status 65
	assert_in err 'fetch the window anew'
}

@test "a query of one's own keeps to the window" {
	start_vt --files 100
	fetch --query 'submitter:AU p:1+'
	assert_status 0
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	(($(summary .attributes.files_rejected.out_of_window) > 10))
}

@test "a page that takes too long, or is too large, is asked for in halves" {
	start_vt --files 100
	set_faults '["/intelligence/search=504"]'
	fetch --page-size 100
	assert_status 0
	assert_equal "$(curl -fsS "$vt_control/log" | jq -c '[.[].query.limit]')" '["100","50","50"]'
	for fault in 504-above:20 fat:1000000; do
		curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
		set_faults "[\"/intelligence/search=$fault@every\"]"
		fetch --page-size 80
		assert_status 0
		assert_equal "$(ids | sort)" "$(expected_ids | sort)"
		assert_equal "$(curl -fsS "$vt_control/log" | jq -c '[.[].query.limit] | unique_by(-tonumber) | .[0:2]')" '["80","40"]'
	done
}

@test "after a while a larger page is tried again, less and less often when that fails" {
	start_vt --files 300
	limits() {
		curl -fsS "$vt_control/log" | jq -r '.[].query.limit' | uniq -c | awk '{printf "%s%sx%s", s, $1, $2; s = " "}'
	}
	set_faults '["/intelligence/search=504"]'
	fetch --page-size 20
	assert_status 0
	assert_equal "$(limits | sed 's/ [0-9]*x20$//')" '1x20 8x10'
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	set_faults '["/intelligence/search=504-above:10@every"]'
	fetch --page-size 20
	assert_status 0
	assert_equal "$(limits)" '1x20 8x10 1x20 16x10 1x20 6x10'
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
}

@test "an empty page with a cursor is not the end" {
	start_vt --files 60
	set_faults '["/intelligence/search=empty-page"]'
	fetch
	assert_status 0
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
}

@test "configuration faults are told together, each with its origin, before any request" {
	start_vt --files 5
	mkdir config
	printf 'vtreporter:\n  country: UK\n  min_positivs: 3\n  lag: 3 hours\n' >config/config.yml
	VTREPORTER_CONFIDENCE=200 VTREPORTER_CUONTRY=AU fetch
	assert_status 78
	assert_in err 'config/config.yml:2: vtreporter.country: "UK"'
	assert_in err 'did you mean GB'
	assert_in err 'config/config.yml:3: unknown key vtreporter.min_positivs; did you mean vtreporter.min_positives?'
	assert_in err 'config/config.yml:4: vtreporter.lag: "3 hours"'
	assert_in err 'environment VTREPORTER_CONFIDENCE: vtreporter.confidence: "200"'
	assert_in err 'did you mean VTREPORTER_COUNTRY?'
	assert_equal "$(wc -l <err)" 5
	assert_equal "$(cat out)" ''
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
}

@test "a missing key, an unknown country, a bad period, zone and window are refused" {
	export VTREPORTER_API_URL=http://127.0.0.1:1
	fetch
	assert_status 78
	assert_in err 'vtreporter.api_key is not set'
	export VTREPORTER_API_KEY=$test_key
	fetch --country XX
	assert_status 78
	CONNECTOR_DURATION_PERIOD=1D run_apart vt-fetch
	assert_status 78
	TZ=Mars/Olympus fetch
	assert_status 78
	assert_in err 'no time zone'
	run_apart vt-fetch --since 2026-11-23
	assert_status 64
	run_apart vt-fetch --since 2026-11-24 --until 2026-11-23
	assert_status 64
	run_apart vt-fetch --since yesterday --until 2026-11-23
	assert_status 64
	VTREPORTER_COUNTRY=AU,NZ fetch
	assert_status 64
	assert_in err 'one country a run'
	VTREPORTER_API_URL=http://www.example.org fetch
	assert_status 78
	assert_in err 'use https'
}

@test "a secret's file must not be readable by others" {
	start_vt --files 5
	printf '%s\n' "$test_key" >key
	unset VTREPORTER_API_KEY
	chmod 644 key
	VTREPORTER_API_KEY_FILE=key fetch
	assert_status 78
	assert_in err 'chmod 600'
	chmod 600 key
	VTREPORTER_API_KEY_FILE=key fetch
	assert_status 0
	VTREPORTER_API_KEY=$test_key VTREPORTER_API_KEY_FILE=key fetch
	assert_status 78
	assert_in err 'both set'
	VTREPORTER_API_KEY_FILE=nowhere fetch
	assert_status 78
	mkdir credentials
	cp key credentials/vtreporter_api_key
	CREDENTIALS_DIRECTORY=$PWD/credentials fetch
	assert_status 0
	run_apart vt-fetch -c nowhere.yml
	assert_status 78
}

@test "settings are shown with their origins, and secrets are not" {
	VTREPORTER_API_KEY=$test_key VTREPORTER_COUNTRY=nz run_apart vt-fetch --print-config --min-positives 3
	assert_status 0
	assert_in out 'vtreporter.country = NZ   # environment VTREPORTER_COUNTRY'
	assert_in out 'vtreporter.min_positives = 3   # option --min-positives'
	assert_in out 'vtreporter.api_key = ***   # environment VTREPORTER_API_KEY'
	assert_in out 'connector.duration_period = P1D   # default'
	assert_no_secret
}

@test "the trace shows no key" {
	start_vt --files 5
	fetch -v
	assert_status 0
	assert_in err 'x-apikey: ***'
	assert_no_secret
}

@test "usage: help, version, misuse" {
	run_apart vt-fetch --help
	assert_status 0
	[[ $(wc -l <out) -le 24 ]] || fail 'help is longer than 24 lines'
	run_apart vt-fetch --version
	assert_status 0
	run_apart vt-fetch --contry AU
	assert_status 64
	assert_in err 'did you mean --country?'
	run_apart vt-fetch AU
	assert_status 64
	run_apart vt-fetch --country
	assert_status 64
	run_apart vt-fetch --page-size 301
	assert_status 64
}

@test "a dry run and --print-query ask nothing" {
	start_vt --files 5
	fetch -n
	assert_status 0
	assert_equal "$(cat out)" ''
	unset VTREPORTER_API_KEY
	fetch --print-query --extra-query 'type:peexe'
	assert_status 0
	assert_equal "$(cat out)" 'entity:file submitter:AU fs:2026-11-23T00:00:00+ fs:2026-11-24T00:00:00- p:1+ type:peexe'
	assert_equal "$(curl -fsS "$vt_control/log")" '[]'
}

@test "a reader that leaves ends it silently, a full disk does not" {
	start_vt --files 300
	run_pipe 'vt-fetch --since 2026-11-23 --until 2026-11-24 --page-size 20 -q | head -n 1'
	assert_equal "${statuses[0]}" 141
	assert_equal "$(cat err)" ''
	status=0
	vt-fetch "${window[@]}" >/dev/full 2>err || status=$?
	assert_status 74
}

@test "a signal ends it with an incomplete summary" {
	start_vt --files 100 --fault '/intelligence/search=stall:20000@2'
	vt-fetch "${window[@]}" --page-size 50 >out 2>err 3>&- &
	pid=$!
	for _ in {1..100}; do
		[[ $(wc -l <out) -gt 5 ]] && break
		sleep 0.1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_status 143
	assert_equal "$(summary '.attributes | [.complete, .error]')" '[false,"ended by a signal"]'
	set_faults '[]'
	mv out cut
	rest cut
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	assert_equal "$(ids | sort | uniq -d)" ''
}

# rest FILE: goes on with the run that FILE is of.
rest() {
	run_apart vt-fetch --continue "$1"
	assert_status 0
	assert_equal "$(summary '.attributes | [.complete, .error, .reached, .files_seen == .total_hits,
		.files_emitted + ([.files_rejected[]] | add) == .files_seen]')" '[true,null,null,true,true]'
}

@test "a cut run is gone on with: the whole stream gives the whole stream" {
	start_vt --files 150
	fetch
	grep -v search_summary out >whole
	summary '.attributes | del(.requests)' >whole_summary
	for pages in 1 3 4; do
		for size in 7 30; do
			VTREPORTER_MAX_REQUESTS=$pages fetch --page-size "$size" -q
			assert_status 75
			mv out cut
			rest cut
			# as_of is when the first one asked.
			assert_equal "$(grep -v search_summary out | sed 's/"as_of":"[^"]*"//' | cmp - <(sed 's/"as_of":"[^"]*"//' whole) && echo same)" same
			assert_equal "$(summary '.attributes | del(.requests)')" "$(cat whole_summary)"
		done
	done
	assert_equal "$(violations)" '[]'
}

@test "a cut run is gone on with several times, and from its summary alone" {
	start_vt --files 150
	fetch
	files >whole
	cut_with() {
		VTREPORTER_MAX_REQUESTS=2 run_apart vt-fetch --page-size 20 "$@"
		assert_status 75
	}
	# Nothing was had.
	set_faults '["/intelligence/search=401"]'
	fetch
	assert_status 77
	mv out cut
	rest cut
	assert_equal "$(files | cmp - whole && echo same)" same
	cut_with "${window[@]}"
	cp out cut
	cut_with --continue cut
	cp out cut2
	assert_equal "$(summary '.attributes | [.files_seen, .requests]')" '[79,4]'
	cp cut2 out
	rest cut2
	assert_equal "$(files | cmp - whole && echo same)" same
	# Two outputs are joined by leaving the first one's summary away.
	cut_with "${window[@]}"
	cp out cut
	tail -n 1 cut >summary.json
	rest summary.json
	assert_equal "$(head -n 1 out | jq -r .type)" file
	{ head -n -1 cut && cat out; } >joined
	mv joined out
	assert_equal "$(files | cmp - whole && echo same)" same
	assert_equal "$(jq -r .type out | uniq -c | awk '{print $2}' | xargs)" 'search file search_summary'
	stix-build <out >bundle.json
	# What is complete stays as it is.
	cp out complete
	run_apart vt-fetch --continue complete
	assert_status 0
	cmp out complete
	# A rehearsal tells whether it can be gone on with, and writes nothing.
	run_apart vt-fetch -q -n --continue cut
	assert_status 0
	assert_equal "$(cat out err)" ''
	run_apart vt-fetch -q -n --continue cut --min-positives 9
	assert_status 65
}

@test "what cannot be gone on with is refused, with the reason" {
	start_vt --files 60
	VTREPORTER_MAX_REQUESTS=1 fetch --page-size 20
	cp out cut
	refused() {
		run_apart vt-fetch --continue "$1" "${@:3}"
		assert_in err "$2"
		assert_equal "$(cat out)" ''
	}
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
	head -n -1 cut >killed
	refused killed 'has no summary'
	assert_status 65
	refused nowhere 'cannot open "nowhere"'
	assert_status 74
	tail -n +2 cut >headless
	refused headless 'no header'
	{ cat cut; head -n 2 cut; } >behind
	refused behind 'a record after the summary'
	sed 's/"reached":"[^"]*"/"reached":"never"/' cut >unknown
	refused unknown 'does not say how far'
	sed '1s/AU\/2026/NZ\/2026/' cut >mixed
	refused mixed 'different searches'
	echo '{' >broken
	refused broken 'line 1'
	refused cut 'the search was' --min-positives 7
	assert_status 65
	refused cut 'another --country' --country NZ
	assert_status 64
	refused cut 'no --since' --since 2026-11-23 --until 2026-11-24
	assert_status 64
	sed -E '$s/"complete"/"relate":{"complete":false},"complete"/' cut >related
	refused related "vt-relate's output"
	assert_equal "$(asked .)" 0
	# The configured countries are for other runs.
	VTREPORTER_COUNTRY=NZ,DE run_apart vt-fetch --continue cut
	assert_status 0
}

@test "progress is shown to a terminal, and only there" {
	start_vt --files 100 --latency-ms 300
	fetch
	assert_not_in err ' of '
	TERM=xterm script -qec "vt-fetch ${window[*]} --page-size 20 >out" typescript >/dev/null </dev/null
	assert_equal "$(ids | sort)" "$(expected_ids | sort)"
	grep -qE $'\r\033\\[K60 of 9[0-9] files, 3 pages,( [0-9]+ files/s,)? [34] requests, [0-9]+ s to go' typescript ||
		fail "$(cat -v typescript)"
	# The log takes the line's place.
	grep -qE $'\r\033\\[Kvt-fetch: 9[0-9] files seen' typescript || fail "$(cat -v typescript)"
	TERM=dumb script -qec "vt-fetch ${window[*]} >out" typescript >/dev/null </dev/null
	assert_not_in typescript $'\033'
	TERM=xterm script -qec "vt-fetch -q ${window[*]} >out" typescript >/dev/null </dev/null
	assert_not_in typescript $'\033'
}

@test "the quotas of the key are told without spending of them" {
	start_vt --files 60
	curl -fsS -X POST -d '{"api_requests_daily":{"allowed":500,"used":20},"api_requests_monthly":{"allowed":1000000000,"used":7}}' "$vt_control/quota" >/dev/null
	VTREPORTER_API_USER=analyst run_apart vt-fetch --quotas
	assert_status 0
	assert_in out $'api_requests_daily\t20\t500'
	VTREPORTER_API_USER=analyst run_apart vt-fetch --quotas
	assert_in out $'api_requests_daily\t20\t500'
	run_apart vt-fetch --quotas
	assert_status 78
	assert_in err api_user
}
