#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load helper
load octi

setup() {
	clean_environment
	background=''
}

teardown() {
	kill_background
	stop_servers
}

versions='6.5.1 6.5.6 6.5.7 6.8.7 6.9.19 7.260227.0 7.260421.0 7.260422.0 7.260427.0 7.260428.0 7.260817.0 7.260901.0'

@test "a bundle arrives on every version, its work ends, and a second push changes nothing" {
	make_bundle --files 5 >bundle.json
	for version in $versions; do
		start_opencti --version "$version"
		push <bundle.json
		assert_status 0
		assert_in err 'pushed: 12 objects in 1 part'
		assert_no_secret
		assert_not_in err never-to-be-shown
		assert_works_complete
		assert_equal "$(report_refs)" 9
		control objects >before
		push <bundle.json
		assert_status 0
		assert_works_complete
		control objects >after
		cmp before after
		stop_servers
	done
}

@test "parts arrive on every version, with parallel and slow workers, and the report holds every reference" {
	make_bundle --files 20 >bundle.json
	for version in $versions; do
		start_opencti --version "$version" --workers 3 --worker-delay-ms 2
		push --max-objects 10 <bundle.json
		assert_status 0
		assert_in err 'pushed: 42 objects in 6 parts'
		assert_works_complete
		assert_equal "$(report_refs)" 39
		stop_servers
	done
}

@test "parts share one multi-part work where there are such, else each has its own" {
	make_bundle --files 20 >bundle.json
	for version in 6.5.7:6:0 7.260421.0:6:0 7.260422.0:1:1 7.260817.0:1:1 7.260901.0:1:1; do
		IFS=: read -r version works multi_part <<<"$version"
		start_opencti --version "$version"
		push --max-objects 10 <bundle.json
		assert_status 0
		assert_equal "$(control works | jq -c "[length, (map(select(.multiPart)) | length)]")" "[$works,$multi_part]"
		stop_servers
	done
}

@test "a bundle of one object ends with one expectation on every version" {
	make_bundle --only marking-definition >bundle.json
	for version in 6.5.1 6.5.7 7.260422.0 7.260817.0 7.260901.0; do
		start_opencti --version "$version"
		push <bundle.json
		assert_status 0
		assert_works_complete
		assert_equal "$(control works | jq -c '[.[].expected]')" '[1]'
		stop_servers
	done
}

@test "a bundle in no order at all arrives in parts all the same" {
	start_opencti --workers 2
	make_bundle --files 20 --shuffle --pretty | push --max-objects 10
	make_bundle --files 20 --shuffle --pretty >bundle.json
	push --max-objects 10 <bundle.json
	assert_status 0
	assert_works_complete
	assert_equal "$(report_refs)" 39
}

@test "HTTP 413: smaller parts, until they pass" {
	for version in 6.5.1 6.5.7 7.260817.0 7.260901.0; do
		start_opencti --version "$version" --max-body 20000 --workers 2
		make_bundle --files 60 >bundle.json
		push <bundle.json
		assert_status 0
		assert_in err 'too large'
		assert_works_complete
		assert_equal "$(report_refs)" 119
		stop_servers
	done
}

@test "an object that no request can hold is named, and the work ends in error" {
	start_opencti --max-body 20000
	make_bundle --files 3 --pad 30000 >bundle.json
	push <bundle.json
	assert_status 65
	assert_in err '413'
	settle
	assert_equal "$(control works | jq -c '[.[] | .status]')" '["complete"]'
}

@test "a bundle without objects is nothing to push, opens no work, and moves the state on" {
	start_opencti
	for bundle in '{"type":"bundle"}' '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[]}'; do
		set_state ''
		push --window "$window" <<<"$bundle"
		assert_status 0
		assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
	done
	assert_nothing_pushed
}

@test "what is no whole bundle is refused, nothing is pushed and the state stays" {
	start_opencti
	make_bundle >bundle.json
	: >empty.json
	head -c -2 bundle.json >cut.json
	head -c 2000 bundle.json >cut-early.json
	{ cat bundle.json && echo garbage; } >garbage.json
	cat bundle.json bundle.json >two.json
	jq -c '.objects += [.objects[0]]' bundle.json >twice.json
	jq -c '.type = "report"' bundle.json >type.json
	jq -c '.objects[2].id = "file--1"' bundle.json >id.json
	jq -c '.objects[2].object_marking_refs = ["amber"]' bundle.json >ref.json
	jq -c '.objects += [5]' bundle.json >number.json
	jq -c '.objects[]' bundle.json >lines.json
	echo '{"type":"search","id":"AU/x/y","attributes":{}}' >stream.json
	sed 's/Test author/\xff/' bundle.json >utf8.json
	for file in empty cut cut-early garbage two twice type id ref number lines stream utf8; do
		push --window "$window" <"$file.json"
		assert_status 65 || fail "$file"
		[[ -s err ]]
		push -n <"$file.json"
		assert_status 65 || fail "$file with -n"
	done
	assert_in err 'octi-push: '
	assert_nothing_pushed
	assert_equal "$(state)" null
}

@test "a partial report cannot stand for its window" {
	start_opencti
	make_bundle --partial >bundle.json
	push --window "$window" <bundle.json
	assert_status 65
	assert_in err partial
	assert_nothing_pushed
	push <bundle.json
	assert_status 0
	assert_equal "$(state)" null
}

@test "closed standard streams and a full disk are told" {
	start_opencti
	run_apart octi-push <&-
	assert_status 74
	assert_in err 'standard input is closed'
	status=0
	octi-push --due >&- 2>err || status=$?
	assert_status 74
	status=0
	octi-push --due >/dev/full 2>err || status=$?
	assert_status 74
	make_bundle >bundle.json
	TMPDIR=$BATS_TEST_TMPDIR/nowhere push <bundle.json
	assert_status 74
	assert_in err 'temporary file'
	assert_nothing_pushed
}

@test "a reader of --due that left ends it by SIGPIPE" {
	start_opencti
	set_state '{"window_end":{"AU":"2020-01-01T00:00:00Z"}}'
	run_pipe 'VTREPORTER_MAX_CATCHUP=1000 VTREPORTER_COUNTRY=AU,NZ octi-push --due | true'
	[[ ${statuses[0]} == 0 || ${statuses[0]} == 141 ]] || fail "status ${statuses[0]}"
	[[ ! -s err ]]
}

@test "a window is committed when the state stands at its start; all else in it is kept" {
	start_opencti
	set_state '{"mine":{"n":12345678901234567890},"window_end":{"NZ":"2026-11-20T00:00:00Z","AU":"2026-11-22T00:00:00Z"}}'
	make_bundle >bundle.json
	push --window "$window" <bundle.json
	assert_status 0
	assert_in err 'pushed AU 2026-11-22T00:00:00Z/2026-11-23T00:00:00Z'
	control connectors | jq -r '.[0].connector_state' >state
	assert_in state '"mine":{"n":12345678901234567890}'
	assert_equal "$(state | jq -c '[.window_end, .revisited]')" \
		'[{"NZ":"2026-11-20T00:00:00Z","AU":"2026-11-23T00:00:00Z"},{"AU":"2026-11-22T00:00:00Z"}]'
	state | jq -e '.last_run | fromdate' >/dev/null
}

@test "the state does not move when it stands elsewhere, and that is no failure" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-21T00:00:00Z"}}'
	make_bundle >bundle.json
	push --window "$window" <bundle.json
	assert_status 0
	assert_in err 'state not moved'
	assert_operations stixBundlePush 1
	assert_equal "$(state)" '{"window_end":{"AU":"2026-11-21T00:00:00Z"}}'
}

@test "--no-commit leaves the state alone" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	make_bundle >bundle.json
	push --window "$window" --no-commit <bundle.json
	assert_status 0
	assert_operations stixBundlePush 1
	assert_equal "$(state)" '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
}

@test "a first run commits, also right after a reset, whose mark makes the platform ignore one ping" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-01-01T00:00:00Z"}}'
	reset_state
	make_bundle >bundle.json
	push --window "$window" <bundle.json
	assert_status 0
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
}

@test "a reset in the middle of a run: pushed, but the state does not move" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	begin_push --window "$window"
	reset_state
	make_bundle >&9
	finish_push
	assert_status 0
	assert_in err 'state not moved'
	assert_operations stixBundlePush 1
	assert_equal "$(state)" null
}

@test "a reset between planning and pushing: the state does not move" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-22T00:00:00Z"}}'
	octi-push --due >due
	assert_equal "$(wc -l <due)" 2
	reset_state
	make_bundle >bundle.json
	push --window AU/2025-11-22T00:00:00Z/2025-11-23T00:00:00Z <bundle.json
	assert_status 0
	assert_in err 'state not moved'
	assert_equal "$(state)" null
}

@test "another host that was faster: the state does not move" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	begin_push --window "$window"
	set_state '{"window_end":{"AU":"2026-11-23T00:00:00Z"}}'
	make_bundle >&9
	finish_push
	assert_status 0
	assert_in err 'state not moved'
	assert_equal "$(state)" '{"window_end":{"AU":"2026-11-23T00:00:00Z"}}'
}

@test "a window that is looked at again moves its own watermark only" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"},"revisited":{"AU":"2026-11-18T00:00:00Z"}}'
	make_bundle >bundle.json
	push --window AU/2026-11-18T00:00:00Z/2026-11-19T00:00:00Z/again <bundle.json
	assert_status 0
	assert_equal "$(state | jq -c '[.window_end, .revisited]')" '[{"AU":"2026-11-22T00:00:00Z"},{"AU":"2026-11-19T00:00:00Z"}]'
	push --window AU/2026-11-18T00:00:00Z/2026-11-19T00:00:00Z/again <bundle.json
	assert_status 0
	assert_in err 'state not moved'
}

@test "without revisits the other watermark is not kept" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"},"revisited":{"AU":"2020-01-01T00:00:00Z"}}'
	make_bundle >bundle.json
	VTREPORTER_REVISIT=NONE push --window "$window" <bundle.json
	assert_status 0
	assert_equal "$(state | jq -c .revisited)" '{}'
}

due() {
	run_apart octi-push --due "$@"
}

@test "--due: a first run is the last full window, by the earlier of two clocks" {
	start_opencti --now 2025-11-24T02:00:00Z
	due
	assert_status 0
	assert_equal "$(<out)" $'AU\t2025-11-22T00:00:00Z\t2025-11-23T00:00:00Z\tnew'
	assert_in err 'clock'
	assert_nothing_pushed
	assert_equal "$(control connectors | jq -c '.[0] | [.connector_type, .connector_scope, .connector_info.next_run_datetime]')" \
		'["EXTERNAL_IMPORT",["vtreporter"],"2025-11-24T03:00:00Z"]'
	assert_no_secret
}

@test "--due: every missed window, all new ones first, then those to be looked at again" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-22T00:00:00Z","NZ":"2025-11-23T00:00:00Z"},"revisited":{"AU":"2025-11-19T00:00:00Z"}}'
	due --country AU,NZ
	assert_status 0
	assert_equal "$(<out)" "$(printf '%s\n' \
		$'AU\t2025-11-22T00:00:00Z\t2025-11-23T00:00:00Z\tnew' \
		$'AU\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew' \
		$'NZ\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew' \
		$'AU\t2025-11-19T00:00:00Z\t2025-11-20T00:00:00Z\tagain' \
		$'AU\t2025-11-20T00:00:00Z\t2025-11-21T00:00:00Z\tagain')"
}

@test "--due: the oldest of too many are joined" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-01T00:00:00Z"}}'
	VTREPORTER_MAX_CATCHUP=2 due
	assert_status 0
	assert_equal "$(<out)" "$(printf '%s\n' \
		$'AU\t2025-11-01T00:00:00Z\t2025-11-23T00:00:00Z\tnew' \
		$'AU\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew')"
}

@test "--due: days are local days" {
	start_opencti --now 2025-11-24T04:00:00Z
	TZ=Australia/Sydney due
	assert_status 0
	assert_equal "$(<out)" $'AU\t2025-11-22T13:00:00Z\t2025-11-23T13:00:00Z\tnew'
	TZ=Nowhere/Land due
	assert_status 78
}

@test "--due: nothing due, nothing said; and the state is sent back as it was" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-11-24T00:00:00Z"},"x":[1]}'
	due
	assert_status 0
	[[ ! -s out ]]
	assert_equal "$(state)" '{"window_end":{"AU":"2025-11-24T00:00:00Z"},"x":[1]}'
}

@test "--due: an end in the future is an error of its country only" {
	start_opencti --now 2025-11-24T04:00:00Z
	set_state '{"window_end":{"AU":"2025-12-24T00:00:00Z","NZ":"2025-11-23T00:00:00Z"}}'
	due --country AU,NZ
	assert_status 65
	assert_in err future
	assert_equal "$(<out)" $'NZ\t2025-11-23T00:00:00Z\t2025-11-24T00:00:00Z\tnew'
}

@test "--due: over the threshold of the queue nothing is due, and the platform is told" {
	start_opencti --workers 0
	make_bundle --files 3 --pad 500000 >bundle.json
	push <bundle.json
	assert_status 0
	CONNECTOR_QUEUE_THRESHOLD=1 due
	assert_status 75
	[[ ! -s out ]]
	assert_equal "$(control connectors | jq -c '.[0].connector_info.buffering')" true
	due
	assert_status 0
	[[ -s out ]]
}

@test "-n --due changes nothing on the platform" {
	start_opencti
	due -n
	assert_status 0
	[[ -s out ]]
	assert_equal "$(operations | sort -u)" $'about\nconnector'
	assert_equal "$(control connectors)" '[]'
}

@test "--ping registers and keeps the state" {
	start_opencti
	set_state '{"a":1}'
	run_apart octi-push --ping
	assert_status 0
	assert_in err 'is alive'
	assert_equal "$(state)" '{"a":1}'
}

@test "-n: the bundle's table, and no network without a token" {
	make_bundle --files 4 >bundle.json
	push -n <bundle.json
	assert_status 0
	assert_equal "$(awk '{print $NF}' out | xargs)" '1 1 4 3 1 10 1 10 0 0 0 0 0'
	assert_in out relationship
	CONNECTOR_QUEUE_PROTOCOL=amqp push -n <bundle.json
	assert_equal "$(awk '$1 == "messages" {print $2}' out)" 10
}

@test "-n: what the platform has already and what is new, by questions alone" {
	start_opencti
	make_bundle --files 4 >bundle.json
	push <bundle.json
	settle
	control log >before
	control objects >objects.json
	make_bundle --files 6 >more.json
	push -n <more.json
	assert_status 0
	assert_in out 7.260817.0
	# The report is the same one; two files and two relationships are not.
	assert_equal "$(awk '/ it / {print $NF}' out | xargs)" '10 1 4'
	assert_in err 'object_refs would change'
	assert_equal "$(control log | jq -r '.[].operation' | tail -n +"$(($(jq length before) + 1))" | sort -u | xargs)" \
		'about stixObjectOrStixRelationship'
	control objects | cmp - objects.json
}

# would_change <bundle: how many known objects a dry run says would change.
would_change() {
	octi-push -n 2>err | awk '/would change/ {print $NF}'
}

# changes: how often what the platform has was changed.
changes() {
	control objects | jq '[.[].changes] | add'
}

@test "-n: what would change is what a push changes" {
	make_bundle --files 4 >bundle.json
	local change count before lowered='"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"'
	for version in 6.5.1 7.260901.0; do
		start_opencti --version "$version"
		push <bundle.json
		settle
		while IFS=$'\t' read -r count change; do
			jq -c "$change" bundle.json >other.json
			assert_equal "$version $change: $(would_change <other.json)" "$version $change: $count"
			before=$(changes)
			push <other.json
			settle
			assert_equal "$version $change: $(($(changes) - before))" "$version $change: $count"
		done <<-CHANGES
			0	.
			0	.objects[-1].modified = "2030-01-01T00:00:00Z"
			0	.objects[-1].published = "2026-11-23T14:00:00+01:00"
			0	.objects[2].object_marking_refs = [$lowered]
			1	.objects[-1].confidence = 1 | .objects[-1].description = "fills what is empty"
			1	.objects[2].x_opencti_description = "a first word"
			1	.objects[2].x_opencti_description = "another word"
			1	.objects[2].x_opencti_score = 51
			2	.objects[2].labels = ["New"] | .objects[3].labels = ["newer"]
			0	.objects[2].labels = ["new"]
			1	.objects[2].hashes["SHA-512"] = "\("ab" * 64)"
			1	.objects[2].x_opencti_additional_names = ["b.exe", "c.exe"]
			0	.objects[2].x_opencti_additional_names = ["c.exe"]
			1	.objects[2].object_marking_refs = ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]
			1	.objects[-1].external_references = [{"source_name": "s", "url": "https://example.org/a"}]
			0	.objects[-1].external_references = [{"source_name": "t", "url": "https://example.org/a"}]
			1	.objects[-1].object_refs = [.objects[1].id]
			1	.objects[-1].description = "stronger"
			0	.objects[-1].confidence = 1 | .objects[-1].description = "weaker"
			1	.objects[-2].description = "of a relationship"
			1	.objects[1].contact_information = "mail"
		CHANGES
		stop_servers
	done
}

@test "-n: the demo's whole report, pushed once, would change nothing" {
	start_vt --files 200
	vt-fetch -q --since 2026-11-23 --until 2026-11-24 | vt-relate -q | stix-build -q >bundle.json
	stop_servers
	for version in 6.5.1 7.260901.0; do
		start_opencti --version "$version"
		[ "$(would_change <bundle.json)" -eq 0 ]
		push <bundle.json
		settle
		assert_equal "$version $(would_change <bundle.json) $(cat err)" "$version 0 "
		stop_servers
	done
}

@test "-n: what the platform would refuse is told, one by one" {
	make_bundle --files 4 >bundle.json
	while IFS=$'\t' read -r change text; do
		jq -c "$change" bundle.json >bad.json
		push -n <bad.json
		assert_status 1 || fail "$change"
		assert_in err "$text"
		assert_equal "$(awk '/would be refused/ {print $NF}' out)" 1
	done <<-'CHANGES'
		.objects[2].size = 3000000000	size is no whole number from 0 to 2147483647
		.objects[2].x_opencti_score = 75.5	x_opencti_score is no whole number from 0 to 100
		.objects[2].x_opencti_score = 101	x_opencti_score
		.objects[-1].confidence = -1	confidence
		.objects[-1].name = "x"	name is needed
		del(.objects[-1].published)	published is needed
		.objects[2].hashes.MD5 = "abc"	MD5 is not 32 hex digits
		.objects[2].hashes = {} | del(.objects[2].name)	neither hashes nor a name
		.objects[-2].relationship_type = "communicates-with"	not allowed between file and file
		.objects[-2].target_ref = .objects[-2].source_ref	both ends are the same
	CHANGES
	jq -c '.objects[2].object_marking_refs += ["marking-definition--00000000-0000-4000-8000-000000000000"]' bundle.json >bad.json
	push -n <bad.json
	assert_status 1
	assert_in err 'is neither in the bundle nor one that every platform has'
	# Another id than the platform's is no fault, but told.
	jq -c '.objects[2].id = "file--00000000-0000-4000-8000-000000000001"' bundle.json >other.json
	push -n <other.json
	assert_status 0
	assert_equal "$(awk '/with an id/ {print $NF}' out)" 1
	# The simulator refuses the same.
	start_opencti
	jq -c '.objects[-2].relationship_type = "communicates-with" | .objects[2].size = 3000000000' bundle.json >bad.json
	push <bad.json
	settle
	assert_equal "$(control summary | jq '.errors | length')" 3
}

@test "-n tells the parts" {
	make_bundle --files 20 >bundle.json
	push -n --max-objects 10 <bundle.json
	assert_status 0
	assert_equal "$(awk '$1 == "parts" || $1 == "expectations" {print $2}' out | xargs)" '6 44'
}

@test "references to the outside are told, but accepted" {
	start_opencti
	make_bundle >all.json
	push <all.json
	make_bundle --only report >bundle.json
	push <bundle.json
	assert_status 0
	assert_in err 'to objects outside the bundle'
	assert_works_complete
}

@test "a refused token ends it before anything is read, and is not shown" {
	start_opencti
	OPENCTI_TOKEN=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee
	export OPENCTI_TOKEN
	for arguments in '' --due --ping; do
		# shellcheck disable=SC2086
		run_apart timeout 20 octi-push $arguments < <(exec sleep 60)
		kill "$!"
		assert_status 77
		assert_in err AUTH_REQUIRED
		assert_not_in err "$OPENCTI_TOKEN"
	done
}

@test "GraphQL errors have exit statuses of their own" {
	start_opencti
	make_bundle >bundle.json
	for case in registerConnector:FORBIDDEN_ACCESS:77 about:IP_FORBIDDEN:77 registerConnector:GRAPHQL_VALIDATION_FAILED:70 \
		connector:BAD_USER_INPUT:70 workAdd:FUNCTIONAL_ERROR:69 stixBundlePush:UNSUPPORTED_ERROR:69 about:DATABASE_ERROR:75; do
		IFS=: read -r operation code want <<<"$case"
		set_faults "[\"$operation=graphql:$code@every\"]"
		push --retry PT2S <bundle.json
		assert_status "$want" || fail "$case"
		assert_in err "$code"
	done
	set_faults '[]'
	settle
	assert_equal "$(control works | jq -c '[.[].status] | unique')" '["complete"]'
}

@test "a push that the platform refuses ends its work in error and moves no state" {
	for version in 6.5.7 7.260422.0 7.260817.0 7.260901.0; do
		start_opencti --version "$version" --fault 'stixBundlePush=false@every'
		make_bundle >bundle.json
		push --window "$window" <bundle.json
		assert_status 69
		assert_equal "$(control works | jq -c '[.[] | [.status, (.errors | length)]]')" '[["complete",1]]'
		assert_equal "$(state)" null
		stop_servers
	done
}

@test "trouble that passes is waited for" {
	for fault in http:503 http:429:0 html reset graphql:LOCK_ERROR; do
		start_opencti --fault "about=$fault" --fault "stixBundlePush=$fault" --fault "workAdd=$fault"
		make_bundle >bundle.json
		push <bundle.json
		assert_status 0 || fail "$fault"
		assert_works_complete
		stop_servers
	done
}

@test "a platform that is down: 69, or 75 for a bundle that is kept" {
	make_bundle >bundle.json
	export OPENCTI_URL=http://127.0.0.1:9 OPENCTI_TOKEN=$test_token CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff
	push --retry PT0S <bundle.json
	assert_status 75
	assert_no_secret
	push --retry PT1S --due
	assert_status 69
	assert_no_secret
}

@test "a lost answer to workAdd leaves no second work behind" {
	start_opencti --fault workAdd=lost-reply
	make_bundle >bundle.json
	push <bundle.json
	assert_status 0
	assert_works_complete
	assert_equal "$(control works | jq length)" 1
}

@test "two that begin in the same moment do not take each other's work for their own twin" {
	start_opencti --workers 2
	make_bundle --files 30 >bundle.json
	make_bundle --files 30 --tag b >other.json
	local round
	for round in 1 2 3; do
		octi-push --max-objects 20 <other.json >other.out 2>other.err 3>&- &
		background=$!
		push --max-objects 20 <bundle.json
		assert_status 0
		await_background
		assert_status 0
	done
	assert_works_complete
	assert_equal "$(control works | jq length)" 6
}

@test "no two works have a name in common, though the clock stands still" {
	start_opencti
	make_bundle >bundle.json
	for _ in 1 2; do
		FAKETIME_DONT_FAKE_MONOTONIC=1 with_clock "$(date -u '+%F 00:00:00')" octi-push -q <bundle.json
	done
	assert_equal "$(control works | jq -c '[length, ([.[].name] | unique | length)]')" '[2,2]'
}

@test "a lost or cut answer to a push: everything is there once, and the works end" {
	for version in 6.5.1 6.5.7 7.260422.0 7.260817.0 7.260901.0; do
		for fault in lost-reply cut; do
			start_opencti --version "$version" --fault "stixBundlePush=$fault"
			make_bundle >bundle.json
			push <bundle.json
			assert_status 0
			assert_works_complete
			assert_equal "$(report_refs)" 5
			stop_servers
		done
	done
}

@test "a redirect is not followed, and the token stays here" {
	start_opencti
	other_control=$octi_control
	other_url=$OPENCTI_URL
	start_opencti --fault "about=redirect:$other_url/graphql@every"
	for arguments in --due --ping; do
		run_apart octi-push "$arguments"
		assert_status 78
		assert_in err "$other_url"
	done
	assert_equal "$(curl -fsS "$other_control/log")" '[]'
}

@test "a URL without GraphQL is a fault of the configuration" {
	start_opencti
	OPENCTI_URL=$OPENCTI_URL/nowhere/else run_apart octi-push --ping
	[[ $status == 0 || $status == 78 ]]
	start_opencti --fault 'about=http:404@every'
	run_apart octi-push --ping
	assert_status 78
	assert_in err 'opencti.url'
}

@test "SIGTERM while it reads: 143, nothing is pushed" {
	start_opencti
	begin_push --window "$window"
	make_bundle | head -c 1000 >&9
	kill -TERM "$background"
	finish_push
	assert_status 143
	assert_nothing_pushed
	assert_equal "$(state)" null
}

# Waits until octi-push has pushed a first part that no worker takes.
@test "SIGTERM in the middle of the parts closes the work in error" {
	start_opencti --version 7.260817.0 --workers 0
	make_bundle --files 20 >bundle.json
	octi-push --max-objects 10 --window "$window" <bundle.json >out 2>err 3>&- &
	background=$!
	wait_for was_asked stixBundlePush 1
	kill -TERM "$background"
	await_background
	assert_status 143
	assert_equal "$(control works | jq -c '[.[] | [.status, (.errors | length)]]')" '[["complete",1]]'
	assert_equal "$(state)" null
}

@test "what SIGKILL left open is closed at the next start, by its owner only" {
	start_opencti --version 7.260817.0 --workers 0
	make_bundle --files 20 >bundle.json
	octi-push --max-objects 10 <bundle.json >out 2>err 3>&- &
	background=$!
	wait_for was_asked stixBundlePush 1
	octi-push --ping
	assert_equal "$(control works | jq -c '[.[].status]')" '["progress"]'
	kill -KILL "$background"
	await_background
	assert_status 137
	CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeee0000 octi-push --ping
	assert_equal "$(control works | jq -c '[.[].status]')" '["progress"]'
	run_apart octi-push --ping
	assert_in err 'closed the work'
	assert_equal "$(control works | jq -c '[.[].status]')" '["complete"]'
	run_apart octi-push --ping
	assert_not_in err 'closed the work'
}

@test "a platform that is too slow for the parts: the report goes on with a warning, the work is ended later" {
	start_opencti --version 7.260817.0 --workers 0
	make_bundle --files 20 >bundle.json
	push --max-objects 10 --push-wait PT1S <bundle.json
	assert_status 0
	assert_in err 'push_wait'
	assert_operations stixBundlePush 6
	assert_operations workEdit 0
}

@test "what the platform made of it is told by kind; what its list excludes is no failure" {
	start_opencti
	make_bundle --files 6 --nodes >files.json
	refuse '[{"type":"file","name":"a-1.exe","code":"INDICATOR_PATTERN_EXCLUDED"}]'
	push --window "$window" <files.json
	assert_status 0
	assert_in err 'complete, 8 of 8 processed; 1 excluded by the platform'
	assert_not_in err 'could not take'
	refuse '[{"type":"file","name":"a-1.exe","code":"INDICATOR_PATTERN_EXCLUDED"},{"type":"file","name":"a-2.exe","code":"FORBIDDEN_ACCESS"},
		{"type":"file","name":"a-3.exe","code":"FUNCTIONAL_ERROR"},{"type":"file","name":"a-4.exe","code":"SOMETHING_NEW"}]'
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"}}'
	push --window "$window" <files.json
	assert_status 1
	assert_in err '; 1 excluded by the platform'"'"'s list, 1 for a missing right, 1 refused, 1 failed otherwise'
	assert_in err 'could not take 3 objects, the first: FORBIDDEN_ACCESS'
	# It was accepted as a whole.
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
}

# A bundle of eight objects without relationships, of which two are refused; no worker is there yet.
make_slow_push() {
	make_bundle --files 6 --nodes >files.json
	refuse '[{"type":"file","name":"a-1.exe","code":"INDICATOR_PATTERN_EXCLUDED"},{"type":"file","name":"a-2.exe","code":"FUNCTIONAL_ERROR"}]'
}

@test "what a slow platform made of it is told by the next start, once, on old and new ones" {
	for version in 6.5.1 6.5.7 7.260421.0 7.260422.0 7.260817.0 7.260901.0; do
		start_opencti --version "$version" --workers 0
		make_slow_push
		push <files.json
		assert_status 0
		assert_in err ': progress, 0 of '
		run_apart octi-push --ping
		assert_not_in err 'earlier push'
		add_worker
		settle
		CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeee0000 run_apart octi-push --ping
		assert_not_in err 'earlier push'
		run_apart octi-push --ping
		assert_status 0
		assert_in err 'of an earlier push: complete, 8 of 8 processed; 1 excluded by the platform'"'"'s list, 1 refused'
		assert_in err 'of an earlier push: the platform could not take 1 object, the first: FUNCTIONAL_ERROR'
		assert_equal "$(journal)" ''
		run_apart octi-push --ping
		assert_not_in err 'earlier push'
		stop_servers
	done
}

@test "where the platform keeps no more errors it is told that there may be more" {
	start_opencti --workers 0
	make_bundle --files 110 --nodes >files.json
	refuse '[{"type":"file","code":"INDICATOR_PATTERN_EXCLUDED"}]'
	octi-push <files.json
	add_worker
	settle
	run_apart octi-push --ping
	assert_status 0
	assert_in err "; 100 excluded by the platform's list and perhaps more, since the platform keeps only 100"
}

@test "a slow platform that took all is no news" {
	start_opencti --workers 0
	make_bundle >bundle.json
	push <bundle.json
	assert_in err ': progress, 0 of '
	add_worker
	settle
	run_apart octi-push --due
	assert_not_in err 'earlier push'
	assert_equal "$(journal)" ''
}

@test "of parts that were waited for in vain the outcome is told, too" {
	for version in 6.5.1 6.5.7 7.260422.0 7.260901.0; do
		start_opencti --version "$version" --workers 0
		make_slow_push
		push --max-objects 4 --push-wait PT1S <files.json
		assert_status 0
		add_worker
		settle
		run_apart octi-push --ping
		octi-push --ping 2>>err
		assert_in err '1 excluded by the platform'
		assert_in err 'could not take 1 object'
		assert_equal "$(control works | jq -c '[.[].status] | unique')" '["complete"]'
		assert_equal "$(journal)" ''
		stop_servers
	done
}

@test "a push that was killed when all was accepted is not ended in error, and its outcome is told" {
	start_opencti --workers 0 --fault 'work=stall:60000@1'
	make_slow_push
	octi-push <files.json >out 2>err 3>&- &
	background=$!
	# It only looks on when it has noted that all was accepted.
	wait_for was_asked work 1
	kill -KILL "$background"
	await_background
	assert_status 137
	octi-push --ping
	add_worker
	settle
	run_apart octi-push --ping
	assert_in err 'could not take 1 object, the first: FUNCTIONAL_ERROR'
	assert_equal "$(control works | jq -c '[.[] | [.status, (.errors | length)]]')" '[["complete",2]]'
}

@test "works that the platform opened are watched only when nobody else pushed meanwhile" {
	start_opencti --version 6.5.1 --fault 'stixBundlePush=http:503@1'
	make_bundle >bundle.json
	octi-push <bundle.json >out 2>err 3>&- &
	background=$!
	wait_for grep -q 'again in' err
	kill -STOP "$background"
	octi-push <bundle.json 2>other
	kill -CONT "$background"
	await_background
	assert_status 0
	assert_in other '1 part, work work_'
	assert_in err '1 part, the platform opened the work itself'
	assert_equal "$(journal)" ''
}

@test "a work whose queue was emptied is ended in error after a day without progress" {
	for version in 6.5.7 7.260427.0 7.260901.0; do
		start_opencti --version "$version" --workers 0
		make_bundle >bundle.json
		push <bundle.json
		touch -d '25 hours ago' "$(journal)"
		# It waits: that may take as long as it takes.
		run_apart octi-push --ping
		assert_not_in err 'ended in error'
		curl -fsS -X POST "$octi_control/purge" >/dev/null
		touch -d '23 hours ago' "$(journal)"
		run_apart octi-push --ping
		assert_not_in err 'ended in error'
		assert_equal "$(control works | jq -c '[.[].status]')" '["progress"]'
		touch -d '25 hours ago' "$(journal)"
		run_apart octi-push --ping
		assert_in err 'only 0 of 8 objects were processed, so it is ended in error'
		assert_equal "$(control works | jq -c '[.[] | [.status, (.errors | length)]]')" '[["complete",1]]'
		assert_equal "$(journal)" ''
		stop_servers
	done
}

@test "a connector that was deleted meanwhile is registered again" {
	start_opencti
	begin_push
	curl -fsS -X POST -d "{\"id\":\"$CONNECTOR_ID\"}" "$octi_control/delete-connector" >/dev/null
	octi-push --ping
	make_bundle >&9
	finish_push
	assert_status 0
	assert_works_complete
}

@test "misuse is 64, missing configuration 78" {
	for arguments in '--due --ping' "--due --window $window" --no-commit '--window AU' '--window XX/2026-11-22/2026-11-23' --wat operand; do
		# shellcheck disable=SC2086
		run_apart octi-push $arguments </dev/null
		assert_status 64
		assert_in err usage
	done
	run_apart octi-push --ping
	assert_status 78
	for key in opencti.url opencti.token connector.id; do assert_in err "$key"; done
	run_apart octi-push --help
	assert_status 0
	(($(wc -l <out) <= 24))
}

@test "bundles into a directory, in pycti's form; old ones of this connector are removed" {
	start_opencti
	make_bundle >bundle.json
	mkdir files
	touch -d '8 days ago' files/test_connector-20260101-000000-1.0.json files/other-20260101-000000-1.0.json files/test_connector-old.txt
	touch -d '6 days ago' files/test_connector-20260103-000000-1.0.json
	export CONNECTOR_NAME='Test Connector' CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$PWD/files
	push <bundle.json
	assert_status 0
	assert_works_complete
	assert_equal "$(find files -type f | wc -l)" 4
	[[ ! -e files/test_connector-20260101-000000-1.0.json ]]
	file=$(find files -name 'test_connector-*.json' -newer bundle.json)
	[[ ${file##*/} =~ ^test_connector-[0-9]{8}-[0-9]{6}-[0-9]+\.[0-9]{6}\.json$ ]]
	jq -c 'del(.bundle)' "$file" >head.json
	assert_equal "$(<head.json)" "$(jq -nc --arg id "$CONNECTOR_ID" '{bundle_type: "DIRECTORY_BUNDLE", applicant_id: "88ec0c6a-13ce-5e39-b486-354fe4a7084f",
		connector: {id: $id, name: "Test Connector", type: "EXTERNAL_IMPORT", scope: ["vtreporter"], auto: false, validate_before_import: false},
		entities_types: [], update: false}')"
	jq .bundle "$file" >kept
	jq . bundle.json | cmp - kept
	CONNECTOR_SEND_TO_DIRECTORY_RETENTION=0 push <bundle.json
	assert_status 0
	assert_equal "$(find files -type f | wc -l)" 5
}

@test "to the directory alone: no work is opened, the state moves on; a directory that is full is 74" {
	start_opencti
	make_bundle >bundle.json
	export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$PWD/made/for/it CONNECTOR_SEND_TO_QUEUE=false
	push --window "$window" <bundle.json
	assert_status 0
	assert_nothing_pushed
	assert_equal "$(find made -name '*.json' | wc -l)" 1
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
	CONNECTOR_SEND_TO_DIRECTORY_PATH=/dev/null/nowhere CONNECTOR_SEND_TO_QUEUE=true push <bundle.json
	assert_status 74
	assert_in err send_to_directory_path
	assert_nothing_pushed
}

@test "S3, and settings that send nothing anywhere, are refused in clear words" {
	start_opencti
	for setting in CONNECTOR_SEND_TO_S3=true CONNECTOR_SEND_TO_S3_BUCKET=b CONNECTOR_SEND_TO_S3_FOLDER=f S3_ENDPOINT=e S3_SECRET_KEY=sssecret; do
		run_apart env "$setting" octi-push --ping
		assert_status 78
		assert_in err 'sending to S3 is not there yet'
		assert_not_in err sssecret
	done
	CONNECTOR_SEND_TO_S3=false run_apart octi-push --ping
	assert_status 0
	CONNECTOR_SEND_TO_QUEUE=false run_apart octi-push --ping
	assert_status 78
	assert_in err 'nothing would be sent anywhere'
	CONNECTOR_SEND_TO_DIRECTORY=true run_apart octi-push --ping
	assert_status 78
	assert_in err send_to_directory_path
}

@test "custom headers go to the platform, and are secrets; ours cannot be replaced" {
	start_opencti
	OPENCTI_CUSTOM_HEADERS='x-gate: never-to-be-shown-1 ;x-other:b:c;bad;Authorization: Bearer no' run_apart octi-push --ping -v
	assert_status 0
	assert_not_in err never-to-be-shown
	assert_in err 'the header "Authorization" cannot be sent'
	assert_equal "$(control headers | jq -c '[.["x-gate"], .["x-other"], .bad]')" '["never-to-be-shown-1","b:c",null]'
}

@test "a proxy of the environment is used, and NO_PROXY is heeded" {
	start_opencti
	# shellcheck disable=SC2016
	start_server proxy node -e '
		const http = require("http");
		const server = http.createServer((request, response) => {
			const url = new URL(request.url);
			const to = http.request({ host: url.hostname, port: url.port, path: url.pathname, method: request.method, headers: request.headers },
				(answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
			console.log(`asked ${request.method} ${url.pathname}`);
			request.pipe(to);
		});
		server.listen(0, "127.0.0.1", () => console.log(`listening http://127.0.0.1:${server.address().port}`));'
	http_proxy=$server_url run_apart octi-push --ping
	assert_status 0
	assert_in proxy.out 'asked POST /graphql'
	: >proxy.out
	http_proxy=$server_url NO_PROXY=127.0.0.1 run_apart octi-push --ping
	assert_status 0
	assert_equal "$(<proxy.out)" ''
}

@test "TLS: a certificate of an authority that is not the system's, as a bundle, as a path and as PEM text" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=localhost' \
		-addext 'subjectAltName=DNS:localhost' -keyout key.pem -out cert.pem 2>/dev/null
	start_opencti
	# shellcheck disable=SC2016
	start_server tls node -e '
		const [, plain] = process.argv;
		const fs = require("fs"), http = require("http"), https = require("https");
		https.createServer({ key: fs.readFileSync("key.pem"), cert: fs.readFileSync("cert.pem") }, (request, response) => {
			const to = http.request(plain + request.url, { method: request.method, headers: request.headers },
				(answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
			request.pipe(to);
		}).listen(0, "127.0.0.1", function () { console.log(`listening https://localhost:${this.address().port}`); });' "$OPENCTI_URL"
	export OPENCTI_URL=$server_url
	run_apart octi-push --ping --retry PT1S
	assert_status 78
	assert_in err certificate
	OPENCTI_SSL_VERIFY=$PWD/cert.pem run_apart octi-push --ping
	assert_status 0
	HTTPS_CA_CERTIFICATES=$PWD/cert.pem run_apart octi-push --ping
	assert_status 0
	HTTPS_CA_CERTIFICATES=$(<cert.pem) OPENCTI_SSL_VERIFY=false run_apart octi-push --ping
	assert_status 0
	assert_not_in err 'not checked'
	OPENCTI_SSL_VERIFY=false run_apart octi-push --ping
	assert_status 0
	assert_in err 'not checked'
	HTTPS_CA_CERTIFICATES=/nowhere run_apart octi-push --ping
	assert_status 78
}

@test "-n finds nothing to refuse in what stix-build makes, as the platform does not" {
	start_opencti
	start_vt --files 200
	vt-fetch -q --since 2026-11-23 --until 2026-11-24 | vt-relate -q | VTREPORTER_RELATIONSHIPS=behaviour_mitre_trees stix-build -q >bundle.json
	push -n <bundle.json
	assert_status 0
	assert_equal "$(awk '/left out|would be refused|with an id|unknown markings|outside/ {print $NF}' out | xargs)" '0 0 0 0 0'
	push <bundle.json
	assert_works_complete
}

# Starts octi-push on a pipe that stays open; for it a minute is a second.
begin_fast_push() {
	mkfifo input
	fast octi-push "$@" <input >out 2>err 3>&- &
	background=$!
	exec 9>input
	wait_for was_asked connector 1
}

@test "while it waits for standard input it pings, and the state stays as it is" {
	start_opencti
	set_state '{"window_end":{"AU":"2026-11-22T00:00:00Z"},"x":1}'
	begin_fast_push --window "$window"
	# One was that of set_state's registration, one the state's.
	wait_for was_asked pingConnector 6
	assert_equal "$(state)" '{"window_end":{"AU":"2026-11-22T00:00:00Z"},"x":1}'
	make_bundle >&9
	finish_push
	assert_status 0
	assert_equal "$(state | jq -c '[.window_end, .x]')" '[{"AU":"2026-11-23T00:00:00Z"},1]'
}

@test "while it waits for the platform it pings" {
	start_opencti --workers 0
	make_bundle --files 20 >bundle.json
	fast octi-push --max-objects 10 --push-wait PT1H <bundle.json >out 2>err 3>&- &
	background=$!
	wait_for was_asked pingConnector 3
	kill -TERM "$background"
	await_background
	assert_status 143
}

@test "a token that is refused, or a platform that goes, while it waits: the pipeline ends before more is spent" {
	for case in graphql:AUTH_REQUIRED:77 http:503:69; do
		start_opencti
		begin_fast_push --retry PT2S
		set_faults "[\"connector=${case%:*}@every\"]"
		# Its standard input is still open.
		await_background
		exec 9>&-
		rm input
		assert_status "${case##*:}"
		assert_nothing_pushed
		assert_equal "$(octi-push --outbox)" ''
		stop_servers
	done
}
