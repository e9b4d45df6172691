#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The example with an allocator of its own: what doc/embedding.md shows. Usage: journal.sh JOURNAL
journal=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

check() { # NUMBER NAME PATTERN FILE
	if grep -q -- "$3" "$work/$4"; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		sed 's/^/# /' "$work/$4"
		failures=1
	fi
}

PICKET_OPTIONS=rate=1 "$journal" >"$work/out" 2>"$work/err"
check 1 "its bug is reported" "^BUG: PICKET: use-after-free read" err
check 2 "as one of its own allocator's objects" "family=any, allocator=arena" err
check 3 "and heard of" "^bugs found: 1" out
check 4 "the program goes on with its data" "^last entry: read 3 records" out
"$journal" interval=3600000 >"$work/out" 2>"$work/err"
check 5 "without a sample nothing is seen" "^bugs found: 0" out
"$journal" rate=none 2>"$work/err"
check 6 "wrong options are named" "^picket: off: .*rate='none'" err
echo 1..6
exit $failures
