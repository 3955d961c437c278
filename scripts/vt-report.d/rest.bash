# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Patience: what failed is tried again after 15 minutes, doubling to 6 hours.
#
# A file rest-WHAT in the state directory holds: failures, the next try's epoch, what failed.

rest_first=900
rest_longest=21600

# Reads rest-$1 into $failures, $next_try and $rest_of; 1 when there is none.
read_rest() {
	failures=0 next_try=0 rest_of=''
	{ read -r failures next_try rest_of <"$state_dir/rest-$1"; } 2>/dev/null &&
		[[ $failures =~ ^[0-9]{1,9}$ && $next_try =~ ^[0-9]{1,12}$ ]] && return
	failures=0 next_try=0 rest_of=''
	return 1
}

# rests WHAT OF: whether OF failed and its time has not come. A clock that was set back does not make it wait longer.
rests() {
	local failures next_try rest_of left
	((now)) && return 1
	read_rest "$1" && [[ $rest_of == "$2" ]] || return 1
	left=$((next_try - $(now_epoch)))
	((left > 0 && left <= 86400))
}

# rest WHAT OF [midnight]: OF has failed once more. Leaves the next try's epoch in $next_try.
rest() {
	local failures rest_of delay begin
	read_rest "$1" && [[ $rest_of == "$2" ]] || failures=0
	begin=$(now_epoch)
	delay=$((failures < 5 ? rest_first << failures : rest_longest))
	next_try=$((begin + (delay < rest_longest ? delay : rest_longest)))
	# VirusTotal's allowances are those of a day in UTC.
	[[ ${3-} != midnight ]] || next_try=$(((begin / 86400 + 1) * 86400))
	printf '%d %d %s\n' "$((failures + 1))" "$next_try" "$2" >"$state_dir/rest-$1.tmp" &&
		mv -f "$state_dir/rest-$1.tmp" "$state_dir/rest-$1"
}

rest_over() {
	rm -f "$state_dir/rest-$1"
}
