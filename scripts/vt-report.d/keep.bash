# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The streams of a run: kept when it failed, archived when it was published.

# COUNTRY, START, END, KIND of the run in progress make its directory's name; nothing else has that name.
run_name() {
	local suffix=''
	[[ $kind == new ]] || suffix=-$kind
	# What a user has typed cannot leave the directory.
	printf '%s-%s-%s%s' "${country//[^A-Z]/}" "${start//[^0-9A-Z]/}" "${end//[^0-9A-Z]/}" "$suffix"
}

make_run_dir() {
	if ((dry_run)); then
		run_dir=$(mktemp -d "${TMPDIR:-/tmp}/vt-report-$country-XXXXXX") || exit 74
		return
	fi
	run_dir=$kept_dir/$(run_name)
	(umask 077 && mkdir -p "$run_dir") || {
		say error "cannot make the directory \"$run_dir\""
		exit 74
	}
}

# What an earlier run of the same window has left: its search, when it was cut after it had got somewhere, is put aside as
# $cut; nothing else of it is needed.
take_up() {
	local summary
	cut=''
	summary=$(unpack_stream 0 2>/dev/null | tail -n 1)
	if [[ $summary == *'"complete":false'*'"reached":"'* || $summary == *'"reached":"'*'"complete":false'* ]] &&
		unpack_stream 0 >"$run_dir/0-cut.jsonl"; then
		cut=$run_dir/0-cut.jsonl
	elif [[ -s $run_dir/0-cut.jsonl ]]; then
		# A crash came before the next one was whole.
		cut=$run_dir/0-cut.jsonl
	fi
	rm -f "$run_dir"/[123]-*
}

packer() {
	if command -v zstd >/dev/null; then
		echo zst
	else
		echo gz
	fi
}

pack() {
	case $(packer) in
	zst) zstd -q -c -- "$1" ;;
	gz) gzip -c -- "$1" ;;
	esac
}

# unpack FILE: by its name, to stdout.
unpack() {
	case $1 in
	*.zst) zstd -q -d -c -- "$1" ;;
	*.gz) gzip -d -c -- "$1" ;;
	*) cat -- "$1" ;;
	esac
}

# unpack_stream N: a kept stream of the run, packed or not; nothing when there is none.
unpack_stream() {
	local file
	file=$(compgen -G "$run_dir/${streams[$1]}*" | head -n 1)
	[[ -z $file ]] || unpack "$file"
}

# put_packed FILE TARGET: TARGET is there whole or not at all.
put_packed() {
	local temporary=$2.$$.tmp
	if (umask 077 && pack "$1" >"$temporary") && sync "$temporary" && mv -f "$temporary" "$2"; then
		return 0
	fi
	rm -f "$temporary"
	return 1
}

# What a window is called in the archive: 2026-11-23, 2026-11-17_to_2026-11-23, or both ends in UTC.
archive_name() {
	local label day='[0-9]{4}-[0-9]{2}-[0-9]{2}' name
	label=$(sed -n '1s/.*"window_label":"\([^"]*\)".*/\1/p;1q' "$run_dir/${streams[1]}")
	name=${label// /_}
	[[ $label =~ ^$day(\ to\ $day)?$ ]] || name=${start//[^0-9A-Z]/}_to_${end//[^0-9A-Z]/}
	[[ $kind == new ]] || name=$name.$kind
	printf '%s' "$name"
}

copies_are_whole() {
	local copied=''
	read -r copied 2>/dev/null <"$work/copied"
	[[ $copied == '0 0 0' ]]
}

# A published run: into the archive, or forgotten.
archive_run() {
	local directory name extension
	if [[ -n $archive_dir ]]; then
		directory=$archive_dir/$country
		name=$(archive_name)
		extension=$(packer)
		if ! copies_are_whole || ! (umask 077 && mkdir -p "$directory") ||
			! put_packed "$run_dir/${streams[1]}" "$directory/$name.jsonl.$extension" ||
			! put_packed "$run_dir/${streams[2]}" "$directory/$name.bundle.json.$extension"; then
			say warning "the archive \"$directory\" could not be written: is the disk full?"
		fi
	fi
	rm -rf "$run_dir"
}

# A failed one stays, packed, till it succeeds or is too old.
keep_run() {
	local file extension
	extension=$(packer)
	# A try that got nothing leaves the one before as it was.
	if [[ -n $cut && ! -s $run_dir/${streams[0]} ]]; then
		mv -f "$cut" "$run_dir/${streams[0]}"
	fi
	rm -f "$run_dir/0-cut.jsonl"
	for file in "$run_dir"/[123]-*.json*; do
		case $file in
		*.zst | *.gz) continue ;;
		esac
		if [[ ! -s $file ]] || put_packed "$file" "$file.$extension"; then
			rm -f "$file"
		fi
	done
}

# How the kept streams are used again, from the blamed stage on; nothing when there are none.
replay_hint() {
	local input
	case $blamed in
	stix-build) input=${streams[1]} ;;
	octi-push) input=${streams[2]} ;;
	*) return 0 ;;
	esac
	input=$(compgen -G "$run_dir/$input*" | head -n 1)
	[[ -z $input ]] || printf 'from there on: vt-report --replay %s' "$input"
}

expire() {
	local days=${settings[vtreporter.archive_days]}
	[[ ! -d $kept_dir ]] ||
		find "$kept_dir" -mindepth 1 -maxdepth 1 -type d -name '[A-Z][A-Z]-*' \
			-mtime "+${settings[vtreporter.keep_days]}" -exec rm -rf {} +
	[[ -z $archive_dir || -z $days || ! -d $archive_dir ]] ||
		find "$archive_dir" -mindepth 2 -maxdepth 2 -type f -path "$archive_dir/[A-Z][A-Z]/[0-9]*.json*" \
			-mtime "+$days" -delete
}
