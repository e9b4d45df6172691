#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# System calls of a program without bugs: nothing is reported, and each returns what it returns
# without Picket. Usage: calls.sh LIBPICKET CALLS_HOST [CALLS.DEF]; calls.sh static CALLS_HOST
# STATIC_HOST, which has Picket linked in
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/allocator.sh"
library=$(realpath "$1")
host=$2
watched=$2
table=${3-}
if [ "$1" = static ]; then
	library=
	watched=$3
	table=
fi

# OPTIONS COMMAND...: run it, with its output in out and err and its status in $status
run() {
	options=$1
	shift
	timeout 20 env PICKET_OPTIONS="$options" $(preload "$library") "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}

same() {
	cmp "$dir/plain" "$dir/out" || { diff "$dir/plain" "$dir/out" | head -20 | sed 's/^/# /'; false; }
}

timeout 20 $MESON_EXE_WRAPPER "$host" >"$dir/plain"
check "the program says something" [ "$(wc -l <"$dir/plain")" -gt 400 ]
for setting in rate=1 rate=1:align=1 rate=1:side=left rate=1:side=right interval=1; do
	run "$setting:json=$dir/json" "$watched"
	check "$setting: every call returns the same" same
	check "$setting: it ends well" [ $status -eq 0 ]
	check "$setting: nothing is said" [ ! -s "$dir/err" ]
	check "$setting: nothing is reported" [ ! -e "$dir/json" ]
done

run "rate=1:json=$dir/json:log=$dir/log" "$watched" bug
check "a bug: the call works" [ "$status,$(cat "$dir/out")" = "0,done" ]
check "json" grep -q '"found":"call","call":"write","call_argument":2,' "$dir/json"
check "text" grep -q '^Read of 40 bytes by write(), argument 2, at 0x' "$dir/log"
run "rate=1:on_report=abort" "$watched" bug
check "on_report=abort: SIGABRT, for there was no signal" [ $status -eq 134 ]
check "before the program goes on" [ ! -s "$dir/out" ]

# Written out here, for meson does not know the names.
if [ -n "$table" ]; then
	sed -nE 's/^[A-Z_]+_CALL\(([a-z0-9_]+)[,)].*/\1/p; s/^(CALL|VARIADIC)\([^,]+, ([a-z0-9_]+),.*/\2/p' \
		"$table" | sort >"$dir/names"
	nm -D --defined-only "$library" | sed 's/.* //' | sort >"$dir/exported"
	check "there are names in the table" [ "$(wc -l <"$dir/names")" -gt 80 ]
	check "all are exported" [ -z "$(comm -23 "$dir/names" "$dir/exported")" ]
fi

tap_done
