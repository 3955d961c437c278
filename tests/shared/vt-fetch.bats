#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Real objects of VirusTotal through vt-fetch.

load ../helper

setup() {
	clean_environment
}

teardown() {
	stop_servers
}

@test "real file objects come out as they went in, byte for byte but for white space" {
	local -a samples
	mapfile -t samples < <(find "$VT_SHARED/samples/file" "$VT_SHARED/samples/search" "$VT_SHARED/samples/gti" -name '*.json' | sort)
	start_server replay "$repository/tests/fixtures/replay-files.js" want 7 "${samples[@]}"
	(($(wc -l <want) > 20))
	export VTREPORTER_API_URL=$server_url VTREPORTER_API_KEY=$test_key VTREPORTER_UNKNOWN_MIN_POSITIVES=0
	run_apart vt-fetch --since 1970-01-01 --until 2199-01-01 --severity HIGH,MEDIUM,LOW,NONE,UNKNOWN
	assert_status 0
	# What is rejected still (the test file, trusted software) is told; nothing else may be missing.
	grep -v '"type":"search' out >got
	grep -Fxf want got | cmp - got
	assert_equal "$(tail -n 1 out | jq '.attributes | [.files_emitted + ([.files_rejected[]] | add) == .files_seen, .files_seen == .total_hits]' -c)" '[true,true]'
	assert_equal "$(tail -n 1 out | jq '.attributes.files_rejected | keys - ["eicar", "trusted"]' -c)" '[]'
	(($(wc -l <got) > 15))
}
