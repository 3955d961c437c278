# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The configuration, as the programs understand it: they are asked.

declare -A settings
state_dir=''
# The longest that each stage may take, in seconds after the one before it; 0 has no end.
budgets=()

now_epoch() {
	date +%s
}

utc() {
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# The length of an ISO 8601 duration that a program has accepted, in seconds; a month counts as 30 days.
duration_seconds() {
	local pattern='^P(([0-9]+)Y)?(([0-9]+)M)?(([0-9]+)W)?(([0-9]+)D)?(T(([0-9]+)H)?(([0-9]+)M)?(([0-9]+)S)?)?$'
	local -a part
	[[ $1 =~ $pattern ]] || {
		echo 0
		return
	}
	part=("${BASH_REMATCH[@]/#/0}")
	echo $((10#${part[2]} * 31536000 + 10#${part[4]} * 2592000 + 10#${part[6]} * 604800 + 10#${part[8]} * 86400 +
		10#${part[11]} * 3600 + 10#${part[13]} * 60 + 10#${part[15]}))
}

# Stages run at the same time, so what counts for one is its own budget and those before it.
set_budgets() {
	local key own sum=0 endless=0
	for key in fetch relate build push; do
		own=$(duration_seconds "${settings[vtreporter.${key}_timeout]}")
		((sum += own, own > 0)) || endless=1
		budgets+=("$((endless ? 0 : sum))")
	done
}

load_settings() {
	local lines line key
	lines=$(octi-push "${common[@]}" --print-config) || exit
	while IFS= read -r line; do
		key=${line%% = *}
		line=${line#* = }
		line=${line%  # *}
		settings[$key]=${line% }
	done <<<"$lines"
	set_up_log
	set_budgets
	# A period of zero asks for a single run, of the usual day.
	period=$(duration_seconds "${settings[connector.duration_period]}")
	run_once=0
	[[ ${settings[connector.run_and_terminate]} != true ]] || run_once=1
	if ((period == 0)); then
		run_once=1
		period=86400
		export CONNECTOR_DURATION_PERIOD=P1D
	fi
	state_dir=${settings[vtreporter.state_dir]}
	[[ -n $state_dir ]] || {
		say error 'vtreporter.state_dir is not known: there is neither STATE_DIRECTORY nor HOME'
		exit 78
	}
	archive_dir=${settings[vtreporter.archive_dir]}
	kept_dir=${archive_dir:-$state_dir}/runs
}
