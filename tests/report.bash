# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of vt-report: both services, and what they have come to.
# shellcheck shell=bash

load helper

set_up_report() {
	clean_environment
	PATH=$repository/scripts:$PATH
	export VTREPORTER_STATE_DIR=$BATS_TEST_TMPDIR/state VTREPORTER_COUNTRY=AU
	midnight=$(date -u -d '3 hours ago' +%Y-%m-%dT00:00:00Z)
	day_before=$(date -u -d "$midnight - 1 day" +%Y-%m-%dT00:00:00Z)
}

# Both services; the corpus ends at the midnight that ends the window which is due.
start() {
	start_opencti
	start_server vt "$repository/tests/sim/vt/server.js" --key "$test_key" --until "$midnight" --files 40 "$@"
	vt_control=${server_url%/api/v3}/_sim
	export VTREPORTER_API_URL=$server_url VTREPORTER_API_KEY=$test_key
}

# From the directory that the programs were built in, as cron would with its short PATH.
report() {
	run_apart vt-report "$@"
}

set_faults() {
	curl -fsS -X POST -d "$1" "$vt_control/faults" >/dev/null
}

set_octi_faults() {
	curl -fsS -X POST -d "$1" "$octi_control/faults" >/dev/null
}

reset_state() {
	curl -fsS -X POST -d "{\"id\":\"$CONNECTOR_ID\"}" "$octi_control/reset-state" >/dev/null
}

settle() {
	curl -fsS -X POST "$octi_control/settle" >/dev/null
}

reports() {
	settle
	curl -fsS "$octi_control/summary" | jq "[.reports[].name] | length"
}

# mark WHICH COUNTRY: window_end or revisited of the connector's state.
mark() {
	curl -fsS "$octi_control/connectors" |
		jq -r --arg which "$1" --arg cc "$2" '.[0].connector_state | if . and . != "" then fromjson[$which][$cc] else null end'
}

window_end() {
	mark window_end "${1-AU}"
}

# searches: how many VirusTotal has answered since the log was last forgotten.
searches() {
	curl -fsS "$vt_control/log" | jq '[.[] | select(.path == "/intelligence/search")] | length'
}

forget() {
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
}
