#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: honest.sh KERNEL DIRECTORY [--full]
#
# Boots the kernel with picket.ko and picket_honest.ko from the directory: what is sampled must be
# what is set. Output is TAP; --full makes the streams ten times as long.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
[ $# -ge 2 ] || usage
long=1
[ "${3-}" != --full ] || long=10
echo "long=$long" >"$dir/settings"

boot "$1" "$here/honest-guest" --icount --file "$dir/settings" --timeout 1800 \
	--file "$2/picket.ko" --file "$2/picket_honest.ko"
print_ktap
end_well
