#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kasan.sh KERNEL DIRECTORY [inline|outline [PART-OF-A-NAME]]
#
# Boots the kernel and runs the conformance suite of a shadow detector in it, with what kasan/build
# left in the directory: code that was instrumented that way (outline). Output is TAP; its last line
# counts.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
mode=${3:-outline}
case $mode in
inline | outline) ;;
*) mode= ;;
esac
[ $# -ge 2 ] && [ "$mode" ] || {
	echo "usage: kasan.sh KERNEL DIRECTORY [inline|outline [PART-OF-A-NAME]]" >&2
	exit 2
}
dir=$(mktemp -d "${TMPDIR:-/tmp}/picket-kasan.XXXXXX")
trap 'rm -rf "$dir"' EXIT
[ $# -lt 4 ] || echo "filter=$4" >"$dir/parameters"
: >>"$dir/parameters"

boot "$1" "$here/kasan-guest" --file "$dir/parameters" --file "$2/picket_kasan.ko" \
	--file "$2/picket_conformance-$mode.ko:picket_conformance.ko"
print_ktap
end_well
