# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# When to run: a tick does what is due; a daemon ticks; what was asked for by hand is done at once.

# As often as pycti pings: the platform calls a connector active for five minutes after a ping.
tick_seconds=40
lock=''

prepare() {
	(umask 077 && mkdir -p "$state_dir") || {
		say error "cannot make the directory \"$state_dir\" (vtreporter.state_dir)"
		exit 74
	}
	work=$(mktemp -d) || exit 74
}

# The stages inherit the descriptor, so that orphans of a killed run keep the next one out.
take_lock() {
	{ exec {lock}>>"$state_dir/lock"; } 2>/dev/null || {
		say error "cannot write \"$state_dir/lock\""
		exit 74
	}
	flock -n "$lock" && return
	exec {lock}>&-
	return 1
}

release_lock() {
	exec {lock}>&-
}

plan_stage() {
	local how=(--due)
	[[ -z $countries ]] || how+=(--country "$countries")
	# A dry run changes nothing at the platform either.
	((dry_run == 0)) || how+=(-n)
	octi-push "${common[@]}" "${how[@]}" >"$work/due" 2>"$work/told"
	echo "$?" >"$work/planned"
}

# A failure to plan is told when it begins, then ever more rarely: a night without the platform is a few mails, not a
# hundred. A warning of a tick that has nothing to do is told when it is new; of a work octi-push tells but once.
tell_planning() {
	local next_try text
	text=$(sed '/ work work_/!s/[0-9][0-9]*/N/g' "$work/told")
	if ((planned)); then
		rests planning "$planned" && [[ ! -t 2 ]] && return
		rest planning "$planned"
	else
		rest_over planning
		[[ -z $due && $text == "$(cat "$state_dir/told" 2>/dev/null)" && ! -t 2 ]] && return
	fi
	cat "$work/told" >&2
	printf '%s\n' "$text" >"$state_dir/told"
}

# The windows that are due, into $due; $planned is octi-push's status.
plan() {
	run_in_group plan_stage
	due=$(cat "$work/due" 2>/dev/null)
	planned=$(cat "$work/planned" 2>/dev/null || echo 70)
	tell_planning
	((planned == 0)) || {
		note_status "$planned"
		unpublished=1
	}
}

# The outbox is empty when planning went well: what waited there is published now, unless it is due again.
note_sent() {
	local file what country kind end
	((planned == 0)) || return 0
	for file in "$state_dir"/waiting-*; do
		{ read -r end <"$file"; } 2>/dev/null || continue
		what=${file##*/waiting-}
		country=${what%-*}
		kind=${what#*-}
		grep -q "^$country	.*	$(utc "$end")	$kind\$" <<<"$due" ||
			echo "$end $(now_epoch)" >"$state_dir/published-$what"
		rm -f "$file"
	done
}

# Which windows had no state when they were planned, as octi-push notes it: a reset in OpenCTI lets nothing rest.
forget_rests_of_reset() {
	local country word before=''
	while read -r country word; do
		{ read -r before <"$state_dir/state-$country"; } 2>/dev/null
		[[ $before != present || $word != absent ]] || rm -f "$state_dir/rest-$country-new" "$state_dir/rest-$country-again"
		[[ $before == "$word" ]] || echo "$word" >"$state_dir/state-$country"
		before=''
	done < <(sed 1d "$state_dir/planned" 2>/dev/null)
}

run_due() {
	local due planned country='' start end kind
	local -A held=()
	plan
	((dry_run)) || {
		note_sent
		forget_rests_of_reset
	}
	while IFS=$'\t' read -r -u 3 country start end kind; do
		[[ -n $country ]] || continue
		# A later window cannot be committed before the one that failed.
		[[ -z ${held[$country $kind]-} ]] || continue
		run_window "$country" "$start" "$end" "$kind" || {
			held[$country $kind]=1
			unpublished=1
		}
	done 3<<<"$due"
}

# All that is due, once.
tick() {
	exit_status=0
	unpublished=0
	[[ -d $work ]] || prepare
	take_lock || {
		say debug 'another run is alive'
		return 0
	}
	run_due
	((dry_run)) || {
		note_tick
		write_metrics
		expire
	}
	release_lock
}

run_daemon() {
	((run_once == 0)) || {
		tick
		exit "$exit_status"
	}
	say info "looking for due windows every $tick_seconds seconds"
	while :; do
		tick
		# To wait for nothing is for the first look only.
		now=0
		# A trap runs at once only while the shell waits.
		sleep "$tick_seconds" &
		sleeper=$!
		wait "$sleeper"
	done
}

# run_explicit FUNCTION: somebody asked for it, so a run that is alive is no reason to be silent.
run_explicit() {
	prepare
	take_lock || {
		say error 'another run is alive; try again when it is over'
		exit 75
	}
	"$1"
	exit "$exit_status"
}

redo_windows() {
	local country
	local -a list
	IFS=, read -r -a list <<<"${countries:-${settings[vtreporter.country]}}"
	for country in "${list[@]}"; do
		run_window "${country// /}" "$since" "$until" redo
	done
	((dry_run)) || write_metrics
}
