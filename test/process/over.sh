#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Run a program under Picket over an allocator, and make sure nothing was reported.
# Usage: over.sh LIBPICKET ALLOCATOR OPTIONS REPORTS PROGRAM [ARGUMENT...]
# ALLOCATOR: a name that allocator.sh knows, or the path of a library.
. "$(dirname "$0")/allocator.sh"
library=$1
name=$2
options=$3
reports=$4
shift 4
path=$(allocator "$name")
if [ "$name" != libc ] && [ -z "$path" ]; then
	echo "1..0 # SKIP $name is not installed"
	exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/json"
env PICKET_OPTIONS="$options:json=$work/json:log=$work/log" $(preload "$library${path:+:$path}") "$@" ||
	exit 1
found=$(wc -l <"$work/json")
[ "$found" -eq "$reports" ] && exit 0
echo "Bail out! $found reports instead of $reports"
exit 1
