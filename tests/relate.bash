# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of vt-relate.
# shellcheck shell=bash

# start ARGUMENTS...: the simulator, and the day's stream in the file "in"
start() {
	start_vt "$@"
	vt-fetch -q --since 2026-11-23 --until 2026-11-24 >in
	forget
}

forget() {
	curl -fsS -X POST -d null "$vt_control/forget" >/dev/null
}

# relate ARGUMENTS...
relate() {
	status=0
	vt-relate "$@" <in >out 2>err || status=$?
}

totals() {
	tail -n 1 out | jq -c ".attributes.relate | $1"
}

high_ids() {
	jq -r 'select(.type == "file" and .attributes.threat_severity.threat_severity_level == "SEVERITY_HIGH").id' in
}

expanded_ids() {
	jq -r 'select(.relationships).id' out
}

set_faults() {
	curl -fsS -X POST -d "$1" "$vt_control/faults" >/dev/null
}

requests() {
	curl -fsS "$vt_control/log" | jq -c "$1"
}

without_related() {
	jq -c 'del(.relationships, .attributes.relate)' "$1"
}

# The stream without what a second run counts otherwise.
without_counts() {
	jq -c 'del(.attributes.relate.requests, .attributes.relate.cache_hits)' "$1"
}
