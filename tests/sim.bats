#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # GraphQL's variables
# The simulators refuse what a good client does not send, and note it.

setup() {
	load helper
	clean_environment
}

teardown() {
	stop_servers
}

# vt PATH [CURL OPTION]...: the body of an answer in the file "answer", its status in $code.
vt() {
	local path=$1
	shift
	code=$(curl -sS --compressed -g -o answer -w '%{http_code}' -A 'test gzip' -H "x-apikey: $test_key" -H 'x-tool: test' "$@" \
		"$VTREPORTER_API_URL$path")
}

# octi QUERY [VARIABLES]: the body of an answer in the file "answer".
octi() {
	jq -cn --arg query "$1" --argjson variables "${2:-{\}}" '{query: $query, variables: $variables}' |
		curl -sS -H 'Content-Type: application/json' -H "Authorization: Bearer $test_token" --data-binary @- \
			"$OPENCTI_URL/graphql" >answer
}

error_code() {
	jq -r '.errors[0].extensions.code' answer
}

@test "vt: the same seed is the same corpus, another is not" {
	start_vt --files 50 --seed 7
	curl -sS "$vt_control/files" >first
	start_vt --files 50 --seed 7
	curl -sS "$vt_control/files" >same
	start_vt --files 50 --seed 8
	curl -sS "$vt_control/files" >other
	(($(jq length first) > 20))
	cmp first same
	[[ $(cat first) != "$(cat other)" ]]
}

@test "vt: limits, unknown parameters, modifiers, cursors and methods are refused" {
	start_vt --files 50
	local query='query=entity:file%20submitter:AU'
	vt "/intelligence/search?$query&limit=300"; [[ $code == 200 ]]
	vt "/intelligence/search?$query&limit=301"; [[ $code == 400 ]]
	vt "/intelligence/search?$query&limit=0"; [[ $code == 400 ]]
	vt "/intelligence/search?$query&page=2"; [[ $code == 400 ]]
	vt '/intelligence/search?query=entity:file%20colour:red'; [[ $code == 400 ]]
	vt '/intelligence/search?query=fs:2026-11-23T00:00:00Z%2B'; [[ $code == 400 ]]
	vt "/intelligence/search?$query&order=colour%2B"; [[ $code == 400 ]]
	vt "/intelligence/search?$query&cursor=bm9uZQ=="; [[ $code == 400 ]]
	vt '/files/12345'; [[ $code == 400 ]]
	vt "/files/$(printf '0%.0s' {1..64})"; [[ $code == 404 ]]
	local id
	id=$(curl -sS "$vt_control/files" | jq -r '.[0].id')
	vt "/files/$id/contacted_ips?limit=40"; [[ $code == 200 ]]
	vt "/files/$id/contacted_ips?limit=41"; [[ $code == 400 ]]
	vt "/files/$id/friends"; [[ $code == 400 ]]
	vt "/files/$id" -X DELETE; [[ $code == 405 ]]
	curl -sS "$vt_control/log" | jq -e 'map(.violations[]) | index("unknown parameter page") and index("method DELETE")'
}

@test "vt: a plus that is no %2B is a blank, as on the wire" {
	start_vt --files 50
	vt '/intelligence/search?query=entity:file+submitter:AU+p:1%2B'
	local all
	all=$(jq .meta.total_hits answer)
	((all > 0))
	vt '/intelligence/search?query=entity:file+submitter:AU+p:1+'
	[[ $(jq .meta.total_hits answer) != "$all" ]]
}

@test "vt: keys, agents without gzip, and quotas" {
	start_vt --files 50
	vt '/intelligence/search?query=entity:file' -H 'x-apikey;'; [[ $code == 401 ]]
	vt '/intelligence/search?query=entity:file' -H 'x-apikey: wrong'; [[ $code == 401 ]]
	vt '/intelligence/search?query=entity:file' -A curl -D headers; [[ $code == 200 ]]
	[[ $(grep -ci '^content-encoding' headers) == 0 ]]
	curl -sS "$vt_control/log" | jq -e 'map(.violations[]) | index("no gzip in User-Agent")'
	curl -sS "$vt_control/quota" -d '{"api_requests_daily": {"allowed": 2}}'
	vt '/intelligence/search?query=entity:file'
	vt '/intelligence/search?query=entity:file'; [[ $code == 429 ]]
	jq -e '.error.code == "QuotaExceededError"' answer
	vt "/users/$test_key/overall_quotas"
	curl -sS "$vt_control/log" | jq -e 'last.violations | index("the key stands in a URL")'
}

@test "vt: over TLS it speaks HTTP/2, and HTTP/1.1 to who asks for it" {
	start_vt_tls --files 50 --max-streams 3
	vt '/intelligence/search?query=entity:file' --http1.1; [[ $code == 200 ]]
	vt '/intelligence/search?query=entity:file' --http2; [[ $code == 200 ]]
	curl -sS "$vt_control/log" | jq -e 'map(.http) == ["1.1", "2.0"] and .[0].connection != .[1].connection'
	SSL_CERT_FILE='' run vt '/intelligence/search?query=entity:file'; [[ $status == 60 ]]
}

@test "vt: pages cover the list once, answers are indented and zipped" {
	start_vt --files 90
	local listing='/intelligence/search?query=entity:file%20submitter:AU&limit=20' cursor='' n=0
	while ((++n < 20)); do
		vt "$listing$cursor" -D headers; [[ $code == 200 ]]
		grep -qi '^content-encoding: gzip' headers
		# Not jq: it stumbles over the lone surrogates that the corpus has as the service does.
		sed -nE 's/^            "id": "([0-9a-f]{64})",$/\1/p' answer >>ids
		cursor=$(sed -nE 's/^        "cursor": "([^"]*)",$/\1/p' answer)
		[[ $cursor ]] || break
		cursor="&cursor=$cursor"
	done
	((n > 2))
	local hits
	hits=$(sed -nE 's/^        "total_hits": ([0-9]+),$/\1/p' answer)
	[[ $(wc -l <ids) == "$hits" && $(sort -u ids | wc -l) == "$hits" ]]
}

@test "opencti: documents and variables are checked against the schema" {
	start_opencti
	octi '{ about { version } }'
	jq -e '.data.about.version == "7.260817.0"' answer
	octi '{ about { colour } }'; [[ $(error_code) == GRAPHQL_VALIDATION_FAILED ]]
	octi '{ about {'; [[ $(error_code) == GRAPHQL_PARSE_FAILED ]]
	octi 'query w($id: ID!) { work(id: $id) { id } }' '{"id": ["a", "b"]}'; [[ $(error_code) == BAD_USER_INPUT ]]
	octi 'query w($id: ID!) { work(id: $id) { id } }'; [[ $(error_code) == BAD_USER_INPUT ]]
	test_token=wrong octi '{ about { version } }'; [[ $(error_code) == AUTH_REQUIRED ]]
}

@test "opencti: each version has its own schema" {
	local push='mutation p($c: String!, $b: String!, $w: String) { stixBundlePush(connectorId: $c, bundle: $b, work_id: $w) }'
	start_opencti --version 6.5.1
	octi "$push" '{"c": "x", "b": "{}", "w": null}'; [[ $(error_code) == GRAPHQL_VALIDATION_FAILED ]]
	start_opencti
	octi "$push" '{"c": "x", "b": "{}", "w": null}'; [[ $(error_code) == UNSUPPORTED_ERROR ]]
}

# push OBJECT: registers, pushes a bundle of one object and waits for the workers.
push() {
	octi 'mutation r($i: RegisterConnectorInput) { registerConnector(input: $i) { id } }' \
		'{"i": {"id": "c", "name": "connector", "type": "EXTERNAL_IMPORT", "scope": "x"}}'
	octi 'mutation p($c: String!, $b: String!) { stixBundlePush(connectorId: $c, bundle: $b) }' \
		"$(jq -cn --argjson object "$1" '{c: "c", b: ({type: "bundle", objects: [$object]} | tojson)}')"
	curl -fsS -X POST "$octi_control/settle" >settled
	curl -fsS "$octi_control/summary" >summary
}

@test "opencti: the import rules: what is refused, dropped, or not in a vocabulary" {
	start_opencti
	push '{"type": "domain-name", "id": "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7", "value": "example.com"}'
	jq -e '.errors == [] and .violations == [] and .counts["Domain-Name"] == 1' summary
	push '{"type": "ipv4-addr", "id": "ipv4-addr--12592121-be4c-5a93-a813-5a5af16e50db", "value": "1.2.3.400"}'
	jq -e '.errors | length == 1' summary
	push '{"type": "file", "id": "file--02fff920-f614-527c-81d1-6353633a6d21", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}, "size": 2147483648}'
	jq -e '.errors | length == 2' summary
	# An id that is not the platform's own for the object.
	push '{"type": "url", "id": "url--00000000-0000-5000-8000-000000000000", "value": "http://example.com/a"}'
	jq -e '.violations | length == 1' summary
	# A reference that is not there.
	push '{"type": "report", "id": "report--0273919a-47e7-5eb5-a291-1ebec379b0a0", "name": "r1", "published": "2026-01-01T00:00:00.000Z", "object_refs": ["file--11111111-1111-5111-8111-111111111111"], "report_types": ["threat-report"]}'
	jq -e '.dropped_references + .errors | length > 2' summary
}
