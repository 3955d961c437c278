# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The four programs of one run, their statuses and how they are ended.

stages=(vt-fetch vt-relate stix-build octi-push)
# What they write, as it is kept.
streams=(1-fetch.jsonl 2-relate.jsonl 3-bundle.json)
# The pipeline's process group, or 0.
pipeline=0
# The daemon's pause.
sleeper=''
# A directory for what only this process needs.
work=''

# run_stage N PROGRAM...: within its time budget. While it runs pid-N is there, afterwards ms-N says how long it took.
run_stage() {
	local number=$1 began=${EPOCHREALTIME/[.,]/} status
	shift
	timeout --foreground --kill-after=10 "${budgets[number]}" "$@" <&0 &
	echo "$!" >"$work/pid-$number"
	wait "$!"
	status=$?
	rm -f "$work/pid-$number"
	echo $(((${EPOCHREALTIME/[.,]/} - began) / 1000)) >"$work/ms-$number"
	return "$status"
}

# Copies what flows by. A reader that has gone does not cut the copy, and a signal only ends those who write.
keep() {
	trap '' TERM INT HUP
	exec tee -p "$run_dir/$1"
}

# Nobody takes the bundle any more, so no more quota is spent on it. When it was stix-build that failed before, the
# others go on: their streams are what it is replayed from.
hang_up() {
	local number pid
	[[ -e $work/pid-2 ]] || return
	for number in 0 1; do
		{ read -r pid <"$work/pid-$number"; } 2>/dev/null || continue
		kill -TERM "$pid" 2>/dev/null && : >"$work/hung-up"
	done
}

# A search that was cut short is gone on with, unless another one is configured by now: that is asked before anything is
# written, since a stream has but one header.
fetch_stage() {
	if [[ -n $cut ]] && vt-fetch "${common[@]}" -q -n --continue "$cut"; then
		run_stage 0 vt-fetch "${common[@]}" --continue "$cut"
	else
		run_stage 0 vt-fetch "${common[@]}" --country "$country" --since "$start" --until "$end"
	fi
}

build_stage() {
	local again=()
	[[ $kind != *again ]] || again=(--again)
	run_stage 2 stix-build "${common[@]}" "${again[@]}"
}

push_stage() {
	local how=() status name=$country/$start/$end
	[[ $kind != *again ]] || name+=/again
	case $kind in
	new | again) how=(--window "$name") ;;
	# What is done by hand moves no state, but its work is named after the window.
	replay*) [[ -z $country ]] || how=(--no-commit --window "$name") ;;
	esac
	((dry_run == 0)) || how=(-n)
	run_stage 3 octi-push "${common[@]}" "${how[@]}"
	status=$?
	((status == 0)) || hang_up
	return "$status"
}

# The whole pipeline; the statuses are left in $work/status, those of the copies in $work/copied.
run_stages() {
	local -a statuses
	fetch_stage | keep "${streams[0]}" |
		run_stage 1 vt-relate "${common[@]}" | keep "${streams[1]}" |
		build_stage | keep "${streams[2]}" |
		push_stage
	statuses=("${PIPESTATUS[@]}")
	echo "${statuses[1]} ${statuses[3]} ${statuses[5]}" >"$work/copied"
	echo "${statuses[0]} ${statuses[2]} ${statuses[4]} ${statuses[6]}" >"$work/status"
}

# run_in_group FUNCTION: in a process group of its own, which can be ended as a whole.
run_in_group() {
	rm -f "$work"/*
	# Job control for one command does that.
	set -m
	"$1" &
	pipeline=$!
	set +m
	wait "$pipeline"
	pipeline=0
}

clean_up() {
	[[ -z $work ]] || rm -rf "$work"
}

# shellcheck disable=SC2317 # called by traps
# Ends the pipeline's whole process group, first politely.
end_by() {
	local tick
	trap '' TERM INT HUP
	if ((pipeline)); then
		kill -TERM -- "-$pipeline" 2>/dev/null
		for ((tick = 0; tick < 80; tick++)); do
			kill -0 -- "-$pipeline" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL -- "-$pipeline" 2>/dev/null
	fi
	[[ -z $sleeper ]] || kill "$sleeper" 2>/dev/null
	# A daemon that cuts nothing short ends well.
	if [[ $mode == daemon && -z ${country-} ]]; then
		say info "ended by SIG$1"
		exit 0
	fi
	say error "ended by SIG$1"
	exit $((128 + $2))
}
