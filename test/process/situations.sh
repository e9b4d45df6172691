#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a program sees of its own SIGSEGV is the same without Picket and with it, and Picket reports
# all bugs meanwhile. TAP, with one result for each situation.
# Usage: situations.sh LIBPICKET PROGRAM
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/allocator.sh"
library=$1
program=$2
: >"$dir/json"
timeout -s KILL 60 env $(preload) "$program" >"$dir/without"
timeout -s KILL 60 env REPORTS="$dir/json" PICKET_OPTIONS="rate=1:json=$dir/json:log=$dir/log" \
	$(preload "$library") "$program" >"$dir/with"

# FILE: one line for each situation
situations() {
	awk '/^[^ ]/ { if (name) print name text; name = $0; text = ""; next } { text = text "|" $0 }
		END { print name text }' "$dir/$1"
}
situations without >"$dir/expected"
situations with >"$dir/found"

explain() {
	printf '# without: %s\n' "$line" | tr '|' '\n' | sed '2,$s/^/# /'
	grep -F -- "${line%%:*}:" "$dir/found" | tr '|' '\n' | sed '1s/^/with: /; s/^/# /'
}

while IFS= read -r line; do
	check "${line%%:*}" grep -qxF -- "$line" "$dir/found"
done <"$dir/expected"
tap_done
