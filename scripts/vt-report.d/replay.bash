# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Publishing once more what is in a file: a stream that vt-relate or vt-fetch has written, or a bundle.

# The window as the stream's header has it: COUNTRY START END, or nothing.
window_of_header() {
	sed -n '1s/^{"type":"search","id":"\([A-Z][A-Z]\)\/\([^"/]*\)\/\([^"/]*\)".*/\1 \2 \3/p'
}

replay_stream() {
	local -a statuses
	unpack "$replay" | build_stage | push_stage
	statuses=("${PIPESTATUS[@]}")
	echo "${statuses[0]} 0 ${statuses[1]} ${statuses[2]}" >"$work/status"
}

replay_bundle() {
	local -a statuses
	unpack "$replay" | push_stage
	statuses=("${PIPESTATUS[@]}")
	echo "${statuses[0]} 0 0 ${statuses[1]}" >"$work/status"
}

replay_file() {
	local first country='' start='' end='' kind=replay
	first=$(unpack "$replay" 2>/dev/null | head -c 65536 | head -n 1)
	case $first in
	'{"type":"bundle"'*) run_in_group replay_bundle ;;
	'{"type":"search"'*)
		read -r country start end < <(window_of_header <<<"$first")
		[[ $replay != *.again.* && $replay != *-again/* ]] || kind='replay again'
		run_in_group replay_stream
		;;
	*)
		say error "\"$replay\" is neither a kept stream nor a bundle"
		exit 65
		;;
	esac
	blame
	((status == 0)) || {
		note_status "$status"
		say error "$replay: $blamed ended with status $status ($reason); $advice"
	}
}
