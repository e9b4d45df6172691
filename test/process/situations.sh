#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a program sees of its own SIGSEGV is the same without Picket and with it, and Picket reports
# all bugs meanwhile. TAP, with one result for each situation.
# Usage: situations.sh LIBPICKET PROGRAM
. "$(dirname "$0")/allocator.sh"
library=$1
program=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
ulimit -c 0
: >"$work/json"
timeout -s KILL 60 env $(preload) "$program" >"$work/without"
timeout -s KILL 60 env REPORTS="$work/json" PICKET_OPTIONS="rate=1:json=$work/json:log=$work/log" \
	$(preload "$library") "$program" >"$work/with"

# FILE: one line for each situation
situations() {
	awk '/^[^ ]/ { if (name) print name text; name = $0; text = ""; next } { text = text "|" $0 }
		END { print name text }' "$work/$1"
}
situations without >"$work/expected"
situations with >"$work/found"
count=0
failed=0
while IFS= read -r line; do
	count=$((count + 1))
	name=${line%%:*}
	if grep -qxF -- "$line" "$work/found"; then
		echo "ok $count - $name"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		printf '# without: %s\n' "$line" | tr '|' '\n' | sed '2,$s/^/# /'
		grep -F -- "$name:" "$work/found" | tr '|' '\n' | sed '1s/^/with: /; s/^/# /'
	fi
done <"$work/expected"
echo "1..$count"
[ $failed -eq 0 ]
