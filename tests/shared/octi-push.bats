#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every document that is sent must be valid on the complete schemas of both generations.

load ../helper

setup() {
	clean_environment
}

teardown() {
	stop_servers
}

@test "pushes in one part and in several pass the complete schemas" {
	for pair in 6.5:6.5.1 7:7.260817.0 7:7.260901.0; do
		export OPENCTI_SCHEMA=$VT_SHARED/reference/opencti-${pair%:*}.graphql
		start_opencti --version "${pair#*:}"
		"$repository/tests/fixtures/make-bundle.js" --files 20 >bundle.json
		for arguments in -n '' -n '--max-objects 10' '--window AU/2026-11-22T00:00:00Z/2026-11-23T00:00:00Z'; do
			# shellcheck disable=SC2086
			run_apart octi-push $arguments <bundle.json
			assert_status 0
		done
		for arguments in --due --check; do
			run_apart octi-push "$arguments"
			assert_status 0
		done
		assert_equal "$(curl -fsS "$octi_control/log" | jq -c '[.[].error] | unique')" '[null]'
		stop_servers
	done
}
