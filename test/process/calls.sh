#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# System calls of a program without bugs: nothing is reported, and each returns what it returns
# without Picket. Usage: calls.sh LIBPICKET CALLS_HOST CALLS.DEF
. "$(dirname "$0")/allocator.sh"
library=$(realpath "$1")
host=$2
table=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
ulimit -c 0
count=0
failures=0

check() { # NAME COMMAND...: the command must succeed
	name=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $name"
	else
		failures=$((failures + 1))
		echo "not ok $count - $name"
	fi
}

# OPTIONS COMMAND...: run it, with its output in out and err and its status in $status
run() {
	options=$1
	shift
	timeout 20 env PICKET_OPTIONS="$options" $(preload "$library") "$@" >"$work/out" 2>"$work/err"
	status=$?
}

same() {
	cmp "$work/plain" "$work/out" || { diff "$work/plain" "$work/out" | head -20 | sed 's/^/# /'; false; }
}

timeout 20 "$host" >"$work/plain"
check "the program says something" [ "$(wc -l <"$work/plain")" -gt 500 ]
for options in rate=1 rate=1:align=1 rate=1:side=left rate=1:side=right interval=1; do
	run "$options:json=$work/json" "$host"
	check "$options: every call returns the same" same
	check "$options: it ends well" [ $status -eq 0 ]
	check "$options: nothing is said" [ ! -s "$work/err" ]
	check "$options: nothing is reported" [ ! -e "$work/json" ]
done

run "rate=1:json=$work/json:log=$work/log" "$host" bug
check "a bug: the call works" [ "$status,$(cat "$work/out")" = "0,done" ]
check "json" grep -q '"found":"call","call":"write","call_argument":2,' "$work/json"
check "text" grep -q '^Read of 40 bytes by write(), argument 2, at 0x' "$work/log"
run "rate=1:on_report=abort" "$host" bug
check "on_report=abort: SIGABRT, for there was no signal" [ $status -eq 134 ]
check "before the program goes on" [ ! -s "$work/out" ]

# Written out here, for meson does not know the names.
sed -nE 's/^[A-Z_]+_CALL\(([a-z0-9_]+),.*/\1/p; s/^(CALL|VARIADIC)\([^,]+, ([a-z0-9_]+),.*/\2/p' "$table" |
	sort >"$work/names"
nm -D --defined-only "$library" | sed 's/.* //' | sort >"$work/exported"
check "there are names in the table" [ "$(wc -l <"$work/names")" -gt 80 ]
check "all are exported" [ -z "$(comm -23 "$work/names" "$work/exported")" ]

echo "1..$count"
[ $failures -eq 0 ]
