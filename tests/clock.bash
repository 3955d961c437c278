# SPDX-License-Identifier: Apache-2.0
# A clock of the test's own, by libfaketime, for everything that is started after start_clock.
# shellcheck shell=bash

# start_clock TIME, as "2026-11-24 04:00:00" in UTC. It stands still till set_clock.
start_clock() {
	local library
	library=$(faketime_library) || return
	set_clock "$1"
	export FAKETIME_TIMESTAMP_FILE=$BATS_TEST_TMPDIR/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
	export ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$library
}

set_clock() {
	printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/clock.new"
	mv "$BATS_TEST_TMPDIR/clock.new" "$BATS_TEST_TMPDIR/clock"
}
