#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: suite.sh KERNEL DIRECTORY [PART-OF-A-NAME]
#
# Boots the kernel and runs the behaviour suite in it, with the modules from the directory. Output
# is TAP; its last line counts.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
[ $# -ge 2 ] || usage
[ $# -lt 3 ] || echo "filter=$3" >"$dir/parameters"
: >>"$dir/parameters"

boot "$1" "$here/suite-guest" --file "$dir/parameters" \
	--file "$2/picket_sites.ko" --file "$2/picket_suite.ko"
print_ktap
end_well
