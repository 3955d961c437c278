# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Is it working? From the notes of the last ticks, without the network: for HEALTHCHECK and probes.

# verdict WORD TEXT: 0 for fresh, 1 for all else.
verdict() {
	printf '%s: %s\n' "$1" "$2"
	[[ $1 == fresh ]]
	exit
}

is_running() {
	local fd
	{ exec {fd}<"$state_dir/lock"; } 2>/dev/null || return 1
	! flock -n "$fd"
}

# "AU: 3 failures, next try after …", for each country that waits after a failure.
failing_windows() {
	local country kind failures next_try rest_of
	while read -r country; do
		for kind in new again; do
			read_rest "$country-$kind" || continue
			printf '%s from %s: %d failures, next try after %s; ' "$country" "$rest_of" "$failures" "$(utc "$next_try")"
		done
	done < <(configured_countries)
}

published_windows() {
	local country end
	while read -r country; do
		{ read -r end _ <"$state_dir/published-$country-new"; } 2>/dev/null || continue
		printf '%s published up to %s; ' "$country" "$(utc "$end")"
	done < <(configured_countries)
}

health() {
	local at status unpublished mode_then age limit failing
	if ! read -r at status unpublished mode_then 2>/dev/null <"$state_dir/tick"; then
		is_running && verdict fresh 'the first run is under way'
		verdict late "it never ran with the state directory $state_dir"
	fi
	failing=$(failing_windows)
	[[ -z $failing ]] || verdict failing "${failing%; }"
	((unpublished == 0)) || verdict failing "the last try, at $(utc "$at"), ended with status $status"
	age=$(($(now_epoch) - at))
	# A daemon ticks all the time; for the others one tick for each window is the least.
	limit=$((period + 3600))
	[[ $mode_then != daemon ]] || limit=300
	((age <= limit)) || is_running || verdict late "it last ran at $(utc "$at")"
	verdict fresh "$(published_windows)last looked for windows at $(utc "$at")"
}
