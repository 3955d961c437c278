#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# octi-push --check: everything that a run needs, one line each, and the exit status says it all.

load helper
load octi

setup() {
	clean_environment
}

teardown() {
	stop_servers
}

check() {
	run_apart octi-push --check
	assert_no_secret
}

# assert_line VERDICT SUBJECT TEXT: a line that begins so and holds the text
assert_line() {
	grep -E "^$1 +$2 +" out | grep -qF -e "$3" || fail "no line: $1 $2 $3"
}

set_user() {
	curl -fsS -X POST -d "$1" "$octi_control/user" >/dev/null
}

@test "all is well: nothing failed, 0, and nothing was changed" {
	for version in 6.5.1 6.5.7 7.260817.0 7.260901.0; do
		start_opencti --version "$version"
		VTREPORTER_TECHNIQUE_IDS=$([[ $version == 6* ]] && echo as_written || echo lower) check
		assert_status 0
		assert_line ok version "OpenCTI $version"
		assert_line ok clock 's ahead of'
		assert_line ok rights 'has all that are needed'
		assert_line ok markings 'TLP:AMBER is there and allowed'
		assert_line ok connector 'not registered yet'
		assert_line ok country 'AU is Australia'
		assert_line ok directory 'vtreporter.outbox_dir'
		assert_line skipped virustotal 'vtreporter.api_key is not configured'
		assert_equal "$(grep -cE '^(warning|failed)' out)" 0
		[[ ! -s err ]]
		assert_equal "$(operations | sort -u | xargs)" 'about connector markingDefinitions me'
		assert_equal "$(control connectors)" '[]'
		[[ ! -e $HOME/.local ]]
		stop_servers
	done
}

@test "techniques that would get a second id are told" {
	for line in '7.260528.0 lower as_written' '7.260529.0 as_written lower'; do
		read -r version configured wanted <<<"$line"
		start_opencti --version "$version"
		VTREPORTER_TECHNIQUE_IDS=$configured check
		assert_status 0
		assert_line warning techniques "should be $wanted for this version"
		VTREPORTER_TECHNIQUE_IDS=$wanted check
		assert_not_in out techniques
		stop_servers
	done
}

@test "a registered connector is known by name and type; another one's id is refused" {
	start_opencti
	octi-push --ping -q
	check
	assert_status 0
	assert_line ok connector 'is registered as "CI-ISAC VirusTotal Country Reporter"'
	assert_line ok queue '0.0 MB wait'
	CONNECTOR_NAME='Another one' check
	assert_status 78
	assert_line failed connector 'would rename'
	jq -nc --arg id "$CONNECTOR_ID" '{query: "mutation r($input: RegisterConnectorInput) { registerConnector(input: $input) { id } }",
		variables: {input: {id: $id, name: "An enrichment", type: "INTERNAL_ENRICHMENT", scope: []}}}' >register.json
	graphql @register.json >/dev/null
	check
	assert_status 78
	assert_line failed connector 'of the type INTERNAL_ENRICHMENT'
}

@test "rights: what a run needs is a failure, what it would silently lose a warning" {
	start_opencti
	set_user '{"capabilities":["BYPASS"]}'
	check
	assert_status 0
	assert_line ok rights 'has all'
	set_user '{"capabilities":["MODULES","KNOWLEDGE_KNUPDATE_KNDELETE","SETTINGS_SETLABELS"]}'
	check
	assert_status 77
	assert_line failed rights CONNECTORAPI
	assert_line warning rights SETTINGS_SETMARKINGS
	assert_line warning rights SETTINGS_SETVOCABULARIES
	assert_equal "$(grep -cE 'MODULES|KNUPDATE' out)" 0
	set_user '{"capabilities":["CONNECTORAPI","MODULES","KNOWLEDGE_KNUPDATE"]}'
	check
	assert_status 0
	assert_line warning rights SETTINGS_SETLABELS
}

@test "markings: one that is missing, one that is not allowed" {
	start_opencti
	set_user '{"present":["TLP:CLEAR","TLP:RED"],"allowed":["TLP:CLEAR"]}'
	VTREPORTER_REPORT_MARKINGS=TLP_CLEAR,TLP_GREEN VTREPORTER_FILE_MARKINGS=TLP_CLEAR,TLP_RED check
	assert_status 77
	assert_line ok markings 'TLP:CLEAR'
	assert_line warning markings 'TLP:GREEN is not on the platform'
	assert_line failed markings 'TLP:RED is not allowed'
	assert_equal "$(grep -c TLP:CLEAR out)" 1
	set_user '{"present":["TLP:CLEAR"],"capabilities":["CONNECTORAPI","MODULES","KNOWLEDGE_KNUPDATE"]}'
	VTREPORTER_REPORT_MARKINGS=TLP_GREEN VTREPORTER_FILE_MARKINGS=TLP_CLEAR check
	assert_status 77
	assert_line failed markings 'TLP:GREEN is not on the platform'
}

@test "clock, queue, version and transport are warned of" {
	start_opencti --now 2025-11-24T04:00:00Z --workers 0 --version 6.4.0
	make_bundle --files 3 --pad 500000 >bundle.json
	run_apart octi-push -q <bundle.json
	assert_status 0
	CONNECTOR_QUEUE_THRESHOLD=1 OPENCTI_SSL_VERIFY=false check
	assert_status 0
	assert_line warning clock 's ahead of'
	assert_line warning queue 'the threshold is 1.0 MB'
	assert_line warning version 'older than 6.5.1'
	assert_line ok tls 'loopback'
}

@test "a platform that does not answer, a refused token: one line, and the rest is looked at all the same" {
	export OPENCTI_URL=http://127.0.0.1:9 OPENCTI_TOKEN=$test_token CONNECTOR_ID=0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff
	check
	assert_status 69
	assert_line failed platform 'Failed to connect'
	assert_line ok country 'AU is Australia'
	start_opencti
	OPENCTI_TOKEN=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee check
	assert_status 77
	assert_line failed platform AUTH_REQUIRED
	assert_not_in out aaaaaaaa-bbbb
}

@test "a directory that cannot be written is 74" {
	start_opencti
	VTREPORTER_STATE_DIR=/dev/null/state check
	assert_status 74
	assert_line failed directory 'vtreporter.state_dir'
	VTREPORTER_CACHE_DIR=/dev/null/cache check
	assert_status 0
	assert_line warning directory 'vtreporter.cache_dir'
}

@test "VirusTotal: the key's right to search and its quotas, by calls that cost nothing" {
	start_opencti
	start_vt --files 1
	check
	assert_status 0
	assert_line skipped virustotal 'vtreporter.api_user'
	curl -fsS "$vt_control/log" >log
	assert_equal "$(jq length log)" 0
	VTREPORTER_API_USER=analyst check
	assert_status 0
	assert_line ok virustotal 'may search'
	assert_line ok quota 'requests of the day'
	VTREPORTER_API_USER=analyst VTREPORTER_API_KEY=${test_key//0/f} check
	assert_status 77
	assert_line failed virustotal ''
	stop_servers
	start_opencti
	start_vt --files 1 --no-search
	VTREPORTER_API_USER=analyst check
	assert_status 77
	assert_line failed virustotal 'may not search'
}

@test "faults of the configuration come first" {
	run_apart octi-push --check
	assert_status 78
	[[ ! -s out ]]
	run_apart octi-push --check --due
	assert_status 64
	start_opencti
	status=0
	octi-push --check >/dev/full 2>err || status=$?
	assert_status 74
}
