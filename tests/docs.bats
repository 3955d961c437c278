#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is written about the programs is true of the programs.

setup() {
	load helper
	clean_environment
}

teardown() {
	stop_servers
}

# Name and default of each key, tab-separated; obsolete and unsupported ones of pycti's are not described.
described_keys() {
	octi-push --print-config |
		sed -nE 's/^([a-z_]+\.[a-z0-9_]+) = (.*[^ ])? +# (default|not set).*$/\1\t\2/p' |
		grep -Ev '^connector\.(validate_before|send_to_s3|expose|metrics|auto|enrichment|only_|xtm|confidence|update_existing|listen|queue_th|run_and)|^s3\.'
}

@test "README, the sample and the manual know every key" {
	local key default missing=()
	described_keys >keys
	(($(wc -l <keys) > 50))
	while IFS=$'\t' read -r key default; do
		grep -qF "| \`$key\` |" "$repository/README.md" || missing+=("README.md: $key")
		grep -qF ".It Cm $key" "$repository/common/vt-country-report.5" || missing+=("vt-country-report.5: $key")
		[[ $key == opencti.?(json_logging|custom_headers|https_ca_certificates) || $key == connector.type ]] ||
			grep -qE "^  (# )?${key#*.}:" "$repository/config/config.yml.sample" || missing+=("config.yml.sample: $key")
	done <keys
	printf '%s\n' "${missing[@]}"
	((${#missing[@]} == 0))
}

@test "README and the sample give the real defaults" {
	local key default shown wrong=()
	while IFS=$'\t' read -r key default; do
		case $key in
		# Derived from others, or spelled as the user of the predecessor knows it.
		vtreporter.*_dir | vtreporter.lag | vtreporter.author | *_markings | *.threat_types | *.reliability) continue ;;
		esac
		shown=$(sed -nE "s/^\| \`$key\` \| \`([^\`]*)\` \|.*/\1/p" "$repository/README.md")
		[[ $shown == "$default" ]] || wrong+=("README.md: $key: $shown for $default")
		shown=$(sed -nE "s/^  # ${key#*.}: ([^#]*[^# ]) *(#.*)?$/\1/p" "$repository/config/config.yml.sample")
		[[ -z $shown || $shown == "$default" ]] || wrong+=("config.yml.sample: $key: $shown for $default")
	done < <(described_keys)
	printf '%s\n' "${wrong[@]}"
	((${#wrong[@]} == 0))
}

@test "the sample with its defaults uncommented gives the same settings" {
	sed -E 's/ChangeMe/0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff/; s/^  # ([a-z_]+: *[^ #])/  \1/' \
		"$repository/config/config.yml.sample" >config.yml
	chmod 600 config.yml
	octi-push -c config.yml --print-config | sed 's/ *#.*//' >with
	octi-push --print-config | sed 's/ *#.*//' >without
	run diff without with
	echo "$output"
	[[ $(grep -c '^[<>]' <<<"$output") == 8 ]] # url, token, id and key
}

@test "the manual of each program has every option of its help" {
	local program option missing=()
	for program in vt-fetch vt-relate stix-build octi-push; do
		while read -r option; do
			grep -qF -- "Fl \\-${option#--}" "$repository/cmd/$program/$program.1" || missing+=("$program.1: $option")
		done < <("$program" --help | grep -oE '(^| )--[a-z][a-z-]+' | tr -d ' ' | sort -u)
	done
	while read -r option; do
		grep -qF -- "Fl \\-${option#--}" "$repository/scripts/vt-report.1" || missing+=("vt-report.1: $option")
	done < <("$repository/scripts/vt-report" --help | grep -oE '(^| )--[a-z][a-z-]+' | tr -d ' ' | sort -u)
	printf '%s\n' "${missing[@]}"
	((${#missing[@]} == 0))
}

@test "README's exit statuses are those of the programs" {
	local name value
	while read -r value; do
		grep -q "^| $value |" "$repository/README.md"
	done < <(sed -nE 's/^\tEXIT_[A-Z_]+ = ([0-9]+),.*/\1/p' "$repository/common/exit-codes.h" | grep -v '^128$')
}

@test "README's jq lines do what they say" {
	start_vt --files 60
	vt-fetch --since 2026-11-23 --until 2026-11-24 >files.jsonl
	vt-relate <files.jsonl >related.jsonl
	stix-build <related.jsonl >bundle.json
	awk '/^## With jq/ {on = 1} /^## What/ {on = 0} on' "$repository/README.md" |
		awk '/^```sh/ {on = 1; next} /^```/ {on = 0} on' | sed 's/^vt-fetch |/cat files.jsonl |/; s/ | vt-relate | …//' >recipes
	(($(grep -c '^#' recipes) == 4))
	# shellcheck source=/dev/null
	source recipes >out 2>err
	[[ ! -s err ]]
	head -n 1 out | jq -e '.type == "search"'
	grep -qE $'^[0-9]+\t[0-9a-f]{64}\t' out
	grep -qE $'^[0-9]+\tindicator$' out
	grep -q 'VirusTotal first saw' out
}
