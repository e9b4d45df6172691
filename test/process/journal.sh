#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The example with an allocator of its own: what doc/embedding.md shows. Usage: journal.sh JOURNAL
. "$(dirname "$0")/../tap.sh"
journal=$1

attempt() { # FILE PATTERN
	grep -q -- "$2" "$dir/$1"
}

explain() {
	sed 's/^/# /' "$dir/$1"
}

PICKET_OPTIONS=rate=1 "$journal" >"$dir/out" 2>"$dir/err"
check "its bug is reported" err "^BUG: PICKET: use-after-free read"
check "as one of its own allocator's objects" err "family=any, allocator=arena"
check "and heard of" out "^bugs found: 1"
check "the program goes on with its data" out "^last entry: read 3 records"
"$journal" interval=3600000 >"$dir/out" 2>"$dir/err"
check "without a sample nothing is seen" out "^bugs found: 0"
"$journal" rate=none 2>"$dir/err"
check "wrong options are named" err "^picket: off: .*rate='none'"
tap_done
