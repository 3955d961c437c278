# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Which stage is to blame, and what to do about it.

# The statuses of the four stages, and what came of them: 124 is "over its time budget".
statuses=()
blamed=''
status=0
published=0

read_statuses() {
	statuses=()
	read -r -a statuses 2>/dev/null <"$work/status"
	((${#statuses[@]} == 4)) || statuses=(70 70 70 70)
}

# The stage to blame, into $blamed and $status: the leftmost whose status is neither 0, 1 nor 141. What vt-relate could
# not expand (75, 77, time) and rejected records (1) count only when nothing else failed: the report was published then.
blame() {
	local i
	read_statuses
	blamed=''
	status=0
	published=1
	[[ ${statuses[3]} == [01] ]] || published=0
	# The others were ended since octi-push had gone.
	if [[ -e $work/hung-up ]]; then
		blame_stage 3
		return
	fi
	for i in 0 1 2 3; do
		case $i:${statuses[i]} in
		*:0 | *:1 | *:141) continue ;;
		1:75 | 1:77 | 1:124) ((published)) && continue ;;
		esac
		blame_stage "$i"
		published=0
		return
	done
	case ${statuses[1]} in
	75 | 77 | 124)
		blame_stage 1
		return
		;;
	esac
	for i in 0 1 2 3; do
		((statuses[i] == 1)) || continue
		blame_stage "$i"
		return
	done
	# Nobody says what was wrong, and nothing arrived.
	((published)) || {
		blame_stage 3
		status=70
	}
}

blame_stage() {
	blamed=${stages[$1]}
	status=${statuses[$1]}
	reason=$(reason_of "$1" "$status")
	advice=$(advice_for "$blamed" "$status")
	((status != 124)) || status=75
}

reason_of() {
	local keys=(fetch relate build push)
	case $2 in
	1) echo 'some records were rejected' ;;
	64) echo 'wrong usage' ;;
	65) echo 'its input is wrong or incomplete' ;;
	69) echo 'the service did not answer' ;;
	70) echo 'a fault of its own' ;;
	74) echo 'reading or writing failed' ;;
	75) echo 'quota, or the platform cannot take it now' ;;
	77) echo 'refused' ;;
	78) echo 'configuration' ;;
	124) echo "it took longer than ${settings[vtreporter.${keys[$1]}_timeout]}" ;;
	*) (($2 > 128)) && echo "ended by SIG$(kill -l "$(($2 - 128))" 2>/dev/null)" || echo 'unknown' ;;
	esac
}

advice_for() {
	case $2 in
	1) echo 'the warnings above tell which' ;;
	64 | 78) echo 'correct what it names above' ;;
	69) echo 'is the service up, and the network? vt-report --check tells' ;;
	74) echo 'is a disk full? df tells' ;;
	75) echo 'nothing needs to be done' ;;
	77) echo 'is the key or token right, and does it have the rights? vt-report --check tells' ;;
	124) echo "is the service slow? else raise vtreporter's timeout" ;;
	*) echo 'its own message stands above' ;;
	esac
}
