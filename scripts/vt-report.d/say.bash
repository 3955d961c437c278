# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is told to people: one line on stderr, as the programs write theirs.

# Options for every program.
common=()
verbosity=''
log_format=text
log_name=vt-report
# Lines below this level are not written.
loudness=1
declare -A log_levels=([debug]=0 [info]=1 [warning]=2 [error]=3)

# Takes over what was configured.
set_up_log() {
	loudness=${log_levels[${settings[connector.log_level]}]}
	case $verbosity in
	-v) loudness=0 ;;
	-q) loudness=3 ;;
	esac
	if [[ ${settings[opencti.json_logging]} == true && ${common[*]} != *--log-format* ]]; then
		log_format=json
	fi
	log_name=${settings[connector.name]}
}

json_escaped() {
	local text=${1//\\/\\\\}
	printf '%s' "${text//\"/\\\"}"
}

# say LEVEL TEXT
say() {
	local level=$1 text=${2//[[:cntrl:]]/ } prefix='' stamp seconds
	((log_levels[$level] >= loudness)) || return 0
	if [[ $log_format == json ]]; then
		stamp=${EPOCHREALTIME/,/.}
		seconds=$(date -u -d "@${stamp%.*}" +%Y-%m-%dT%H:%M:%S)
		printf '{"timestamp":"%s.%sZ","level":"%s","name":"%s","message":"%s","attributes":{"program":"vt-report"}}\n' \
			"$seconds" "${stamp#*.}" "${level^^}" "$(json_escaped "$log_name")" "$(json_escaped "$text")" >&2
		return
	fi
	case $level in
	debug | warning) prefix="$level: " ;;
	esac
	printf 'vt-report: %s%s\n' "$prefix" "$text" >&2
}
