# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion for bash. The options are those of the program's own help, so they are never out of date.

_vt_country_report() {
	local program=$1 current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	case $previous in
	--log-format)
		mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current")
		return
		;;
	-c | --config | --replay | --continue | --allowlist)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	[[ $current == -* ]] || return 0
	mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | grep -oE '(^| )--?[a-zA-Z][a-z-]*')" -- "$current")
}

complete -o default -F _vt_country_report vt-fetch vt-relate stix-build octi-push vt-report
