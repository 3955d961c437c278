# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# One run: the pipeline for one window, and what is told and kept of it.

exit_status=0

# The first failure counts.
note_status() {
	((exit_status)) || exit_status=$1
}

# What failed is not tried again at once. The budget of a run is none of the day.
put_to_rest() {
	local until_when=''
	if ((statuses[0] == 75)) && ! unpack_stream 0 | tail -n 1 | grep -q max_requests; then
		until_when=midnight
	fi
	rest "$country-$kind" "$start" "$until_when"
}

# The bundle waits in octi-push's outbox: the next tick sends it, and only then knows whether its window is due.
note_waiting() {
	date -u -d "$end" +%s >"$state_dir/waiting-$country-$kind"
	archive_run
	say warning "$window: not published yet: octi-push ended with status 75; the next run sends what waits in the outbox"
}

tell_failure() {
	local text="$window: $blamed failed with status $status ($reason); nothing was published; $advice" hint next_try
	if [[ $kind != redo ]]; then
		put_to_rest
		text+="; next try after $(utc "$next_try")"
	fi
	hint=$(replay_hint)
	say error "$text; the streams are in $run_dir${hint:+; $hint}"
}

# run_window COUNTRY START END KIND: the whole pipeline for one window; 1 when it was not published.
run_window() {
	local country=$1 start=$2 end=$3 kind=$4 run_dir cut blamed status reason advice published
	local window="$country $start/$end"
	if [[ $kind != redo ]] && rests "$country-$kind" "$start"; then
		return 1
	fi
	[[ $kind == again ]] && window+=' again'
	make_run_dir
	take_up
	run_in_group run_stages
	blame
	((dry_run)) || note_run
	((status == 0)) || note_status "$status"
	if ((dry_run)); then
		say info "$window: the streams and the bundle are in $run_dir"
		((status == 0)) || say error "$window: $blamed ended with status $status ($reason); $advice"
		return 0
	fi
	if ((published)); then
		[[ $kind == redo ]] || rest_over "$country-$kind"
		archive_run
		((status == 0)) ||
			say warning "$window: published, but $blamed ended with status $status ($reason); $advice"
		return 0
	fi
	if [[ $blamed == octi-push && $status == 75 && $kind != redo ]]; then
		note_waiting
	else
		keep_run
		tell_failure
	fi
	return 1
}
