#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Run a program under Picket over an allocator, and make sure nothing was reported.
# Usage: over.sh LIBPICKET ALLOCATOR OPTIONS REPORTS PROGRAM
. "$(dirname "$0")/allocator.sh"
path=$(allocator "$2")
if [ "$2" != libc ] && [ -z "$path" ]; then
	echo "1..0 # SKIP $2 is not installed"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/json"
env PICKET_OPTIONS="$3:json=$work/json:log=$work/log" LD_PRELOAD="$1${path:+:$path}" "$5" ||
	exit 1
found=$(wc -l <"$work/json")
[ "$found" -eq "$4" ] && exit 0
echo "Bail out! $found reports instead of $4"
exit 1
