#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kasan.sh KERNEL DIRECTORY [inline|outline [PART-OF-A-NAME [BOOT-PARAMETER...]]]
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
[ $# -ge 2 ] && [ "$mode" ] || usage
[ ! "${4:-}" ] || echo "filter=$4" >"$dir/parameters"
: >>"$dir/parameters"
kernel=$1
modules=$2
shift $(($# < 4 ? $# : 4))

boot "$kernel" "$here/kasan-guest" --file "$dir/parameters" --file "$modules/picket_kasan.ko" \
	--file "$modules/picket_conformance-$mode.ko:picket_conformance.ko" --append "$*"
print_ktap
end_well
