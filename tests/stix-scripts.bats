#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The scripts that look at a bundle.

load helper

setup() {
	clean_environment
	PATH=$repository/scripts:$PATH
	"$repository/tests/sim/vt/gen.js" --files 30 --relationships | stix-build -q >bundle.json
	"$repository/tests/fixtures/hostile.js" | stix-build -q >hostile.json
}

@test "stix-html prints the reports as a page that runs and fetches nothing" {
	local bundle
	for bundle in bundle hostile; do
		run_apart stix-html "$bundle.json"
		assert_status 0
		assert_in out "content=\"default-src 'none'; style-src 'unsafe-inline'\""
		assert_equal "$(grep -c '^<h1>' out)" 1
		# What is not of the page's own head passes the allow-list.
		sed -n '/^<h2>/,/^<\/html>/p' out | sed '$d' | "$repository/tests/fixtures/check-html.js" >faults || fail "$(head -n 3 faults)"
	done
	stix-html <hostile.json | cmp - out
	# A bundle of somebody else may hold anything: the policy stands before it, and the name is escaped.
	jq -c '(.objects[] | select(.type == "report")).name |= "<script>\u0000x"' bundle.json >other.json
	stix-html other.json >out
	assert_in out '<h1>&lt;script&gt; x</h1>'
	[ "$(grep -n 'Content-Security-Policy' out | cut -d : -f 1)" -lt "$(grep -n '<h1>' out | cut -d : -f 1)" ]
}

@test "stix-graph prints a graph with a cluster a parent file and all of its objects once" {
	local bundle
	for bundle in bundle hostile; do
		run_apart stix-graph "$bundle.json"
		assert_status 0
		# Every line is one of these; a string holds no bare quote.
		string='"([^"\\]|\\.)*"'
		assert_equal "$(grep -vxE "digraph bundle \{|	?\}|	(newrank|rankdir)=[a-zA-Z]+;|	(node|edge) \[.*\];|	subgraph cluster_[0-9]+ \{|		label=$string;|	+$string \[label=$string, shape=[a-z]+, fillcolor=\"#[0-9a-f]{6}\"\];|	$string -> $string \[label=$string\];" out)" ''
		jq -r '.objects[] | select(.type | . != "relationship" and . != "report" and . != "identity" and . != "location" and . != "marking-definition").id' "$bundle.json" | sort >want
		sed -nE 's/^\t+"([^"]*)" \[label=.*, shape=.*/\1/p' out | sort | diff want -
	done
	stix-graph bundle.json >out
	assert_equal "$(grep -c ' -> ' out)" "$(jq '[.objects[] | select(.type == "relationship" and (.target_ref | startswith("location") | not))] | length' bundle.json)"
	# An indicator stands beside its file.
	[ "$(grep -A 3 'subgraph cluster' out | grep -c 'shape=diamond')" -ge 5 ]
}

@test "stix-summary prints reports, counts and the files with the highest score" {
	run_apart stix-summary bundle.json
	assert_status 0
	assert_in out 'Files first seen and submitted from Australia (AU), 2026-11-23'
	assert_equal "$(sed -n '/^Objects/,/^$/p' out | awk 'NF == 2 { sum += $1 } END { print sum }')" "$(jq '.objects | length' bundle.json)"
	assert_equal "$(sed -n '/^score/,$p' out | wc -l)" 11
	stix-summary hostile.json >out
	assert_equal "$(grep -c $'\e\|\u202e' out)" 0
}

@test "what is no bundle is refused in one line" {
	local script
	for script in stix-html stix-graph stix-summary; do
		for bad in '' '{' '[1]' '{"objects":[1]}'; do
			run_apart "$script" <<<"$bad"
			assert_status 65
			assert_equal "$(wc -l <err)" 1
		done
		run_apart "$script" missing.json
		assert_status 74
		assert_in err 'cannot read "missing.json"'
		run_apart "$script" --nonsense
		assert_status 64
		run_apart "$script" one two
		assert_status 64
		run_apart "$script" --help
		assert_status 0
		assert_in out "usage: $script"
	done
}
