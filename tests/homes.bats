#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where vt-report lives: an installation, cron, systemd, a container, a shell.

load helper

setup() {
	clean_environment
	here=$BATS_TEST_TMPDIR
}

# put [VARIABLE=VALUE...]: make install, of what was built and nothing newer.
put() {
	make -s -o all -C "$repository" install BUILD="$BUILD" "$@" >put.log 2>&1 || fail "$(cat put.log)"
}

@test "an installation runs from its prefix, and its files name their own places" {
	put PREFIX="$here/usr" SYSCONFDIR="$here/etc"
	run_apart env -i HOME="$here" PATH=/usr/bin:/bin "$here/usr/bin/vt-report" --health
	assert_status 1
	assert_in out 'late: it never ran'
	run_apart env -i HOME="$here" PATH=/usr/bin:/bin "$here/usr/bin/vt-report" --version
	assert_status 0
	assert_equal "$(cat err)" ''
	assert_in usr/lib/systemd/system/vt-report.service "ExecStart=$here/usr/bin/vt-report"
	assert_in usr/lib/systemd/system/vt-report.service "LoadCredential=opencti_token:$here/etc/vt-country-report/opencti_token"
	assert_in etc/cron.d/vt-country-report "#*/5 * * * * vt-report $here/usr/bin/vt-report"
	for page in man1/vt-report.1 man1/octi-push.1 man5/vt-country-report.5 man7/vt-country-report.7; do
		[ -s "usr/share/man/$page" ]
	done
}

@test "DESTDIR moves everything, and nothing is written outside" {
	put DESTDIR="$here/stage" PREFIX=/usr
	[ -x stage/usr/bin/vt-report ] && [ -s stage/etc/vt-country-report/config.yml.sample ]
	assert_equal "$(cd stage && echo *)" 'etc usr'
	! grep -rI "$here" stage || fail 'the staging directory is named'
}

@test "a second installation leaves the configuration and a changed cron line alone; uninstall too" {
	put DESTDIR="$here/stage"
	echo 'connector: {}' >stage/etc/vt-country-report/config.yml
	echo '*/5 * * * * me vt-report' >stage/etc/cron.d/vt-country-report
	put DESTDIR="$here/stage"
	assert_equal "$(cat stage/etc/vt-country-report/config.yml)" 'connector: {}'
	assert_equal "$(cat stage/etc/cron.d/vt-country-report)" '*/5 * * * * me vt-report'
	make -s -o all -C "$repository" uninstall BUILD="$BUILD" DESTDIR="$here/stage" >put.log 2>&1
	assert_equal "$(find stage ! -type d | sort | xargs)" 'stage/etc/cron.d/vt-country-report stage/etc/vt-country-report/config.yml'
}

@test "the cron line runs nothing before somebody switches it on" {
	assert_equal "$(grep -cE '^[^#]*\*' "$repository/config/vt-report.cron")" 0
	sed -n 's/^#\(\*.*\)/\1/p' "$repository/config/vt-report.cron" >line
	assert_equal "$(awk '{print NF}' line)" 7
}

@test "the compose file's variables are ones that the programs know" {
	local name
	sed -nE 's/^ +- ((OPENCTI|CONNECTOR|VTREPORTER)_[A-Z_]+=.*)/\1/p' "$repository/config/docker-compose.yml" >variables
	(($(wc -l <variables) >= 15))
	while IFS= read -r name; do export "${name?}"; done < <(sed 's/ChangeMe/0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff/' variables)
	run_apart octi-push --print-config
	assert_status 0
	assert_equal "$(cat err)" ''
	assert_equal "$(grep -c '# environment' out)" "$(wc -l <variables)"
}

@test "bash completes the options that a program's help has" {
	# shellcheck source=/dev/null
	source "$repository/config/completions/vt-country-report.bash"
	PATH=$repository/scripts:$PATH
	local program option COMP_WORDS COMP_CWORD COMPREPLY
	for program in vt-fetch vt-relate stix-build octi-push vt-report; do
		complete -p "$program"
		COMP_WORDS=("$program" --)
		COMP_CWORD=1
		_vt_country_report "$program"
		for option in --config --dry-run --log-format --version; do
			printf '%s\n' "${COMPREPLY[@]}" | grep -qx -e "$option" || fail "$program does not complete $option"
		done
	done
	COMP_WORDS=(vt-report --da)
	_vt_country_report vt-report
	assert_equal "${COMPREPLY[*]}" --daemon
	COMP_WORDS=(vt-report --log-format j)
	COMP_CWORD=2
	_vt_country_report vt-report
	assert_equal "${COMPREPLY[*]}" json
}
