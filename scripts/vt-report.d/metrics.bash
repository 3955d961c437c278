# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What an operator's monitoring reads: a Prometheus text file, written whole or not at all, and the notes it is made of.
#
# In the state directory: published-CC-KIND holds the end of the last published window and when that was; samples-CC-KIND
# what there is to tell of the last run; quotas what was left after it; tick when it was last looked for windows, and how that ended.

declare -A metric_help=(
	[vt_report_tick_timestamp_seconds]='When due windows were last looked for.'
	[vt_report_tick_status]='Exit status of that.'
	[vt_report_last_success_timestamp_seconds]='When a window was last published.'
	[vt_report_window_end_timestamp_seconds]='End of the last published window.'
	[vt_report_window_lag_seconds]='How far that end lies back.'
	[vt_report_failures]='Failures in a row of the window that is next.'
	[vt_report_run_timestamp_seconds]='End of the last run.'
	[vt_report_run_status]='Exit status of the last run.'
	[vt_report_stage_duration_seconds]='Duration of each stage of the last run.'
	[vt_report_stage_status]='Exit status of each stage of the last run.'
	[vt_report_files]='Files of the last search by what became of them.'
	[vt_report_related]='Related objects of the last run by what became of them.'
	[vt_report_requests]='Requests to VirusTotal in the last run.'
	[vt_report_quota_left]='Requests left of an allowance of the key, as last seen.'
	[vt_report_objects]='Objects in the last bundle.'
)

configured_countries() {
	local -a list
	IFS=, read -r -a list <<<"${settings[vtreporter.country]}"
	printf '%s\n' "${list[@]}"
}

# sample NAME VALUE [LABEL=VALUE...]
sample() {
	local name=$1 value=$2 labels='' label
	shift 2
	for label; do labels+=${labels:+,}${label%%=*}=\"${label#*=}\"; done
	printf '%s%s %s\n' "$name" "${labels:+{$labels\}}" "$value"
}

# count_of KEY TEXT: the number that the first member KEY in the text has, or nothing.
count_of() {
	[[ $2 =~ \"$1\":([0-9]+) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

# counts_of METRIC OBJECT LABEL...: a sample for each member of a flat object of numbers.
counts_of() {
	local metric=$1 text=$2 pattern='"([a-z_]+)":([0-9]+)'
	shift 2
	while [[ $text =~ $pattern ]]; do
		sample "$metric" "${BASH_REMATCH[2]}" "$@" "result=${BASH_REMATCH[1]}"
		text=${text#*"${BASH_REMATCH[0]}"}
	done
}

# member_of KEY TEXT: the flat object that the first member KEY has.
member_of() {
	[[ $2 =~ \"$1\":\{([^{}]*)\} ]] && printf '%s' "${BASH_REMATCH[1]}"
}

stage_samples() {
	local i ms
	for i in 0 1 2 3; do
		sample vt_report_stage_status "${statuses[i]}" "$@" "stage=${stages[i]}"
		{ read -r ms <"$work/ms-$i"; } 2>/dev/null || continue
		sample vt_report_stage_duration_seconds "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))" "$@" "stage=${stages[i]}"
	done
}

# From the summary, the last record of the stream.
summary_samples() {
	local summary relate key value
	summary=$(tail -n 1 "$run_dir/${streams[1]}" 2>/dev/null)
	[[ $summary == '{"type":"search_summary"'* ]] || return 0
	relate=${summary#*\"relate\":}
	summary=${summary%%\"relate\":*}
	for key in total_hits files_emitted; do
		value=$(count_of "$key" "$summary") && sample vt_report_files "$value" "$@" "result=$key"
	done
	counts_of vt_report_files "$(member_of files_rejected "$summary")" "$@"
	value=$(count_of requests "$summary") && sample vt_report_requests "$value" "$@" result=search
	[[ $relate != "$summary" ]] || return 0
	value=$(count_of requests "$relate") && sample vt_report_requests "$value" "$@" result=relationship
	value=$(count_of cache_hits "$relate") && sample vt_report_requests "$value" "$@" result=cached
	value=$(count_of related_kept "$relate") && sample vt_report_related "$value" "$@" result=kept
	counts_of vt_report_related "$(member_of related_rejected "$relate")" "$@"
	counts_of vt_report_files "$(member_of not_expanded "$relate")" "$@" "phase=not_expanded"
}

object_samples() {
	local count type
	while read -r count type; do
		sample vt_report_objects "$count" "$@" "type=$type"
	done < <(sed -n 's/^{"type":"\([a-z0-9-]*\)",.*/\1/p' "$run_dir/${streams[2]}" 2>/dev/null | grep -vx bundle | sort | uniq -c)
}

# What is left of the key's allowances, which can be asked for with the user's name only.
quota_samples() {
	local name used allowed
	[[ -n ${settings[vtreporter.api_user]} ]] || return 0
	while IFS=$'\t' read -r name used allowed; do
		[[ $allowed == unlimited ]] || sample vt_report_quota_left "$((allowed - used))" "quota=$name"
	done < <(timeout 30 vt-fetch "${common[@]}" --quotas 2>/dev/null)
}

# What the run has come to, before its streams go.
note_run() {
	local labels=("country=$country" "kind=$kind") now_is
	[[ $kind != redo ]] || return 0
	now_is=$(now_epoch)
	{
		sample vt_report_run_timestamp_seconds "$now_is" "${labels[@]}"
		sample vt_report_run_status "$status" "${labels[@]}"
		stage_samples "${labels[@]}"
		summary_samples "${labels[@]}"
		object_samples "${labels[@]}"
	} >"$state_dir/samples-$country-$kind"
	[[ -z ${settings[vtreporter.metrics_file]} ]] || quota_samples >"$state_dir/quotas"
	((published == 0)) ||
		echo "$(date -u -d "$end" +%s) $now_is" >"$state_dir/published-$country-$kind"
}

note_tick() {
	echo "$(now_epoch) $exit_status $unpublished $mode" >"$state_dir/tick.tmp" && mv -f "$state_dir/tick.tmp" "$state_dir/tick"
}

country_samples() {
	local country=$1 now_is=$2 kind end at failures next_try rest_of
	for kind in new again; do
		read_rest "$country-$kind"
		sample vt_report_failures "$failures" "country=$country" "kind=$kind"
		cat "$state_dir/samples-$country-$kind" 2>/dev/null
		{ read -r end at <"$state_dir/published-$country-$kind"; } 2>/dev/null || continue
		sample vt_report_last_success_timestamp_seconds "$at" "country=$country" "kind=$kind"
		sample vt_report_window_end_timestamp_seconds "$end" "country=$country" "kind=$kind"
		sample vt_report_window_lag_seconds "$((now_is - end))" "country=$country" "kind=$kind"
	done
}

all_samples() {
	local at status country
	now_is=$(now_epoch)
	{ read -r at status _ <"$state_dir/tick"; } 2>/dev/null && {
		sample vt_report_tick_timestamp_seconds "$at"
		sample vt_report_tick_status "$status"
	}
	cat "$state_dir/quotas" 2>/dev/null
	while read -r country; do
		country_samples "$country" "$now_is"
	done < <(configured_countries)
}

# All samples of a metric stand together, after its HELP and TYPE.
with_headings() {
	local line name last=''
	while IFS= read -r line; do
		name=${line%%[\{ ]*}
		[[ $name == "$last" ]] ||
			printf '# HELP %s %s\n# TYPE %s gauge\n' "$name" "${metric_help[$name]}" "$name"
		last=$name
		printf '%s\n' "$line"
	done
}

write_metrics() {
	local file=${settings[vtreporter.metrics_file]} now_is
	[[ -n $file ]] || return 0
	# A collector is somebody else, and reads names that end in .prom only.
	if all_samples | LC_ALL=C sort | with_headings >"$file.$$.tmp" 2>/dev/null &&
		chmod 644 "$file.$$.tmp" && mv -f "$file.$$.tmp" "$file"; then
		return 0
	fi
	rm -f "$file.$$.tmp"
	say warning "cannot write \"$file\" (vtreporter.metrics_file)"
}
