#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: params.sh KERNEL DIRECTORY
#
# Boots the kernel with picket.ko and picket_honest.ko from the directory: every parameter must do
# what it says, and refuse what it cannot do. Those for what follows a report are in actions-guest.
# Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
[ $# -eq 2 ] || usage

boot "$1" "$here/params-guest" --icount --timeout 1800 \
	--file "$2/picket.ko" --file "$2/picket_honest.ko"
print_ktap
end_well
