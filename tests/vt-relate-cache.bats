#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load helper
load relate

five=similar_files,dropped_files,contacted_domains,contacted_ips,contacted_urls

setup() {
	clean_environment
	cache=$HOME/.cache/vt-country-report/relationships
}

teardown() {
	stop_servers
}

# start_old DAYS ARGUMENTS...: as start, but the files were submitted on the day that ended so many days ago
start_old() {
	local end
	end=$(date -u -d "$1 days ago" +%F)
	shift
	start_vt --until "$end" "$@"
	vt-fetch -q --since "$(date -u -d "$end - 1 day" +%F)" --until "$end" >in
	forget
}

entries() {
	find "$cache" -type f | sort
}

# age TIME: all entries were made then
age() {
	entries | xargs touch -d "$1"
}

relationships() {
	jq -s '[.[].relationships | select(.) | length] | add' out
}

@test "a second run over the same input makes no request and has the same output" {
	start --files 80
	export VTREPORTER_RELATIONSHIPS=$five,behaviour_mitre_trees,itw_urls,overlay_children
	relate
	assert_status 0
	without_counts out >first
	# Empty answers and "not found" are answers too.
	[ "$(jq -r '.relationships[]? | select(.error.code == "NotFoundError") | .error.code' out | wc -l)" -gt 2 ]
	[ "$(jq -r '.relationships[]? | select(.meta.count == 0) | .meta.count' out | wc -l)" -gt 10 ]
	forget
	for jobs in 1 4 64; do
		VTREPORTER_API_USER=analyst relate --jobs "$jobs"
		assert_status 0
		without_counts out | cmp - first
		assert_equal "$(totals '[.requests, .cache_hits]')" "[0,$(relationships)]"
	done
	assert_equal "$(requests length)" 0
}

@test "an entry is for a file and a relationship, readable with zstdcat, for its owner alone, and without the key" {
	start --files 40 --fault '/files/*=401@9-11'
	relate --jobs 1
	assert_status 77
	set_faults '[]'
	relate
	assert_equal "$(entries | wc -l)" $((5 * $(high_ids | wc -l)))
	local entry
	while read -r entry; do
		zstdcat "$entry" | head -n 1 | jq -r '"\(.file).\(.relationship).jsonl.zst"'
	done < <(entries | head -n 8) | cmp - <(entries | head -n 8 | sed 's:.*/::')
	entries | xargs zstdcat >plain
	jq -e 'type == "object" or type == "array"' plain >/dev/null
	assert_not_in plain "$test_key"
	assert_equal "$(entries | xargs stat -c %a | sort -u)" 600
	! grep -rqF "$test_key" "$HOME/.cache" || fail 'the key is in the cache'
	assert_equal "$(stat -c %a "$cache")" 700
}

@test "an answer of the first 48 hours of a file is good for 12 hours, a later one for cache_days" {
	start_old 0 --files 40
	relate
	forget
	age '11 hours ago'
	relate
	assert_equal "$(requests length)" 0
	age '13 hours ago'
	relate
	assert_equal "$(totals .cache_hits)" 0
	stop_servers
	rm -r "$cache"
	start_old 10 --files 40
	relate
	forget
	age '6 days ago'
	relate
	assert_equal "$(requests length)" 0
	VTREPORTER_CACHE_DAYS=5 relate
	assert_equal "$(totals .cache_hits)" 0
	age '8 days ago'
	relate
	assert_equal "$(totals .cache_hits)" 0
	# Nor is one good that comes from the future.
	age '1 hour'
	relate
	assert_equal "$(totals .cache_hits)" 0
}

@test "behaviour that appears after six hours arrives on the revisit" {
	start_old 3 --files 60 --fault '/files/*/behaviour_mitre_trees=404@every'
	export VTREPORTER_RELATIONSHIPS=behaviour_mitre_trees,contacted_ips
	relate
	assert_equal "$(jq -c 'select(.relationships).relationships.behaviour_mitre_trees.data | select(. != [])' out)" ''
	# That run was three hours after the window's end, this one is three days after it.
	age '3 days ago'
	set_faults '[]'
	relate
	assert_status 0
	[ "$(jq -c '.relationships.behaviour_mitre_trees.data.Zenbox | select(.)' out | wc -l)" -gt 5 ]
	# What is known now, long after the submission, is not asked for again.
	age '1 day ago'
	forget
	relate
	assert_equal "$(requests length)" 0
}

@test "other settings need only the requests that they add" {
	start --files 50
	relate
	forget
	# Less is in what is there.
	printf '.evil.example\n45.155.204.0/24\n' >allowed
	for options in '--related-max *:2' '--allowlist allowed' '--relationships contacted_ips,dropped_files'; do
		# shellcheck disable=SC2086
		relate $options
		assert_equal "$(requests length)" 0
		without_counts out >cached
		# shellcheck disable=SC2086
		relate --no-cache $options
		without_counts out | cmp - cached
		forget
	done
	# More may need further pages: those lists are asked for as a whole.
	relate --no-cache --related-max '*:100'
	without_counts out >asked
	forget
	relate --related-max '*:100'
	without_counts out | cmp - asked
	[ "$(totals .cache_hits)" -gt "$(totals .requests)" ]
	# One more relationship costs one more request for each file.
	forget
	relate --relationships "$five,execution_parents"
	assert_equal "$(totals .requests)" "$(high_ids | wc -l)"
}

@test "descriptors in the cache do when no verdict is asked for, else objects are fetched" {
	start --files 60
	VTREPORTER_CONTACT_MIN_POSITIVES=0 relate
	forget
	VTREPORTER_CONTACT_MIN_POSITIVES=0 relate
	assert_equal "$(requests length)" 0
	relate
	[ "$(requests length)" -gt 0 ]
	without_counts out >mixed
	relate --no-cache
	without_counts out | cmp - mixed
}

@test "a list of several pages comes back whole" {
	start --files 200
	relate --related-max '*:0' --relationships compressed_parents
	without_counts out >first
	[ "$(requests '[.[] | select(.query.cursor)] | length')" -gt 2 ]
	forget
	relate --related-max '*:0' --relationships compressed_parents
	assert_equal "$(requests length)" 0
	without_counts out | cmp - first
	relate --related-max '*:3' --relationships compressed_parents --explain
	assert_equal "$(requests length)" 0
	assert_equal "$(grep -c ': left out: ' err)" "$(totals '[.related_rejected[]] | add')"
}

@test "processes share a cache, and a killed one leaves it whole" {
	start --files 60 --latency-ms 5
	relate --no-cache
	without_counts out >good
	local i pids=()
	for i in 1 2 3 4; do
		vt-relate -q --jobs 8 <in >"out.$i" 2>"err.$i" &
		pids+=("$!")
	done
	vt-relate -q --jobs 2 <in >/dev/null 2>&1 &
	local victim=$!
	while [ "$(entries 2>/dev/null | wc -l)" -lt 10 ]; do sleep 0.05; done
	kill -KILL "$victim"
	wait "$victim" || true
	for i in 1 2 3 4; do
		wait "${pids[i - 1]}"
		without_counts "out.$i" | cmp - good
		[ ! -s "err.$i" ]
	done
	forget
	relate
	assert_equal "$(requests length)" 0
	without_counts out | cmp - good
	assert_equal "$(grep -c cache err)" 0
}

@test "damaged entries are told once, asked for again and mended" {
	start --files 60
	relate
	without_counts out >good
	mapfile -t list < <(entries)
	: >"${list[0]}"
	truncate -s -5 "${list[1]}"
	echo 'not zstd' >"${list[2]}"
	zstd -q -f -o "${list[3]}" <<<'{"format":1}'
	dd if=/dev/zero of="${list[4]}" bs=1 seek=40 count=8 conv=notrunc status=none
	# An entry that is another's is not there.
	cp "${list[6]}" "${list[5]}"
	forget
	relate
	assert_status 0
	without_counts out | cmp - good
	assert_equal "$(totals .cache_hits)" $(($(relationships) - 6))
	assert_equal "$(grep -c 'it is damaged' err)" 1
	forget
	relate
	assert_equal "$(requests length)" 0
}

@test "a cache that cannot be used is one warning, and all is asked for" {
	start --files 40
	relate --no-cache
	[ ! -e "$HOME/.cache" ]
	without_counts out >good
	: >file
	VTREPORTER_CACHE_DIR=$PWD/file relate
	assert_status 0
	without_counts out | cmp - good
	assert_equal "$(grep -c 'Not a directory' err)" 1
	mkdir -p open/relationships
	chmod 777 open/relationships
	VTREPORTER_CACHE_DIR=$PWD/open relate
	assert_status 0
	assert_equal "$(grep -c 'everybody can write into it' err)" 1
	assert_equal "$(find open -type f)" ''
	# Neither can its directories be made, nor anything be read.
	mkdir -p blocked/relationships
	(cd blocked/relationships && for i in {0..255}; do : >"$(printf %02x "$i")"; done)
	VTREPORTER_CACHE_DIR=$PWD/blocked relate
	assert_status 0
	without_counts out | cmp - good
	assert_equal "$(grep -c 'the cache does not work as it should' err)" 1
}

@test "no cache: with --no-cache, with cache_days or cache_max 0, and in a dry run" {
	start --files 40
	relate
	local whole
	whole=$(totals .requests)
	entries >before
	relate --no-cache
	assert_equal "$(totals '[.requests, .cache_hits]')" "[$whole,0]"
	VTREPORTER_CACHE_DAYS=0 relate
	assert_equal "$(totals '[.requests, .cache_hits]')" "[$whole,0]"
	VTREPORTER_CACHE_MAX=0 relate
	assert_equal "$(totals '[.requests, .cache_hits]')" "[$whole,0]"
	entries | cmp - before
	VTREPORTER_CACHE_DIR=$PWD/new relate -n
	assert_status 0
	[ ! -e new ]
}

@test "the cache keeps within cache_max, and the oldest entries go first" {
	start --files 120
	export VTREPORTER_CACHE_MAX=1M
	local size
	relate
	size=$(find "$cache" -type f -printf '%b\n' | awk '{sum += $1 * 512} END {print sum}')
	[ "$size" -le $((1024 * 1024)) ] || fail "it takes $size bytes"
	[ "$size" -gt $((700 * 1024)) ] || fail "it takes only $size bytes"
	# What is older than any use, and what a killed process left, go at the next occasion.
	entries | head -n 5 >old
	xargs touch -d '9 days ago' <old
	entries | tail -n 40 >young
	entries | tail -n +6 | head -n -40 | xargs touch -d '1 hour ago'
	: >"$(dirname "$(head -n 1 old)")/.Ab12Cd"
	touch -d '2 hours ago' "$(dirname "$(head -n 1 old)")/.Ab12Cd"
	relate --relationships itw_ips --expand-max 3
	assert_equal "$(entries | grep -cxF -f old)" 0
	[ -z "$(find "$cache" -name '.*' -type f)" ]
	assert_equal "$(entries | grep -cxF -f young)" 40
}

@test "another service's answers are not ours" {
	start --files 40
	relate
	stop_servers
	start --files 40
	relate
	assert_equal "$(totals .cache_hits)" 0
}

@test "when the quota is used up, what the cache has still arrives" {
	start --files 80
	relate --expand-max 5
	mv out five
	curl -fsS -X POST -d '{"api_requests_daily": {"used": 20000}}' "$vt_control/quota" >/dev/null
	forget
	VTREPORTER_API_USER=analyst relate
	assert_status 75
	assert_equal "$(requests '[.[] | select(.path | startswith("/files/"))] | length')" 0
	jq -c 'select(.relationships)' out | cmp - <(jq -c 'select(.relationships)' five)
	# The others are byte for byte what came in.
	grep -vF '"relationships":' out | sed '$d' >others
	assert_equal "$(grep -cxF -f others in)" $(($(wc -l <in) - 6))
	assert_equal "$(totals '[.complete, .files_expanded, .not_expanded.quota]')" "[false,5,$(($(high_ids | wc -l) - 5))]"
}
