#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Every program of test/bugs under every allocator: the bug it plants is reported, once and right,
# and the program goes on. Usage: bugs.sh LIBPICKET SOURCES PROGRAMS [ALLOCATOR...]
# ALLOCATOR "c": only the programs of C, over the C library; "static": those of them that have Picket
# linked in, static_NAME.
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/allocator.sh"
library=$1
sources=$2
programs=$3
shift 3
[ $# -gt 0 ] || set -- libc jemalloc tcmalloc mimalloc

explain() {
	echo "# expected '$expected', found '$found', status $status"
}

reports() { # FILE: "BUG ACCESS FOUND" of each record
	jq -r '.memory_error | "\(.type) \(.access) \(.found)"' "$1" 2>&1
}

as_expected() {
	[ "$found" = "$(echo "$expected" | cut -d' ' -f1-3)" ] && [ "$status" -eq 0 ] &&
		[ "$(cat "$dir/out")" = "done" ] && [ ! -s "$dir/err" ]
}

run_bug() { # ALLOCATOR PRELOAD SOURCE PREFIX
	program=$4$(basename "${3%.*}")
	expected=$(sed -n 's,^/\* expect: \(.*\) \*/$,\1,p' "$3")
	options=$(echo "$expected" | cut -s -d' ' -f4)
	rm -f "$dir/json"
	options="rate=1:json=$dir/json:log=$dir/log${options:+:$options}"
	timeout 20 env PICKET_OPTIONS="$options" $(preload "$2") "$programs/$program" \
		>"$dir/out" 2>"$dir/err"
	status=$?
	found=$(reports "$dir/json")
	check "$1: $program" as_expected
}

for name; do
	case $name in
	c | static)
		for source in "$sources"/*.c; do
			case $name in
			c) run_bug c "$library" "$source" "" ;;
			static) run_bug static "" "$source" static_ ;;
			esac
		done
		continue
		;;
	esac
	path=$(allocator "$name")
	if [ "$name" != libc ] && [ -z "$path" ]; then
		skip "$name" "not installed"
		continue
	fi
	for source in "$sources"/*.c "$sources"/*.cpp; do
		run_bug "$name" "$library${path:+:$path}" "$source" ""
	done
done
tap_done
