#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: soak.sh KERNEL DIRECTORY [SECONDS [CYCLES [PARAMETER...]]]
#
# Boots the kernel with two CPUs, lets load-guest load it for so many seconds with picket.ko of the
# directory sampling every millisecond, and then loads and unloads picket.ko so many times under
# the same load. Nothing may be reported, and no memory may be lost but the pages of objects that
# were alive at an unload, and page tables where the pool was. The parameters are picket.ko's. Output
# is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/checks.sh"
. "$here/load-checks.sh"
[ $# -ge 2 ] || usage
kernel=$1
modules=$2
seconds=${3:-60}
cycles=${4:-8}
shift $(($# < 4 ? $# : 4))
parameters=$*

# What a healthy run shows at the very least, on a slow and busy machine too.
guarded_min=$((seconds * 10))
rounds_min=4
complaints="$complaints|BUG:|Call Trace:|picket: .*(disabled|refus)"
# The boot is judged too.
guest=$log

boot()
{
	{
		echo "seconds=$seconds"
		echo "cycles=$cycles"
		echo "parameters='$parameters'"
	} >"$dir/settings"
	"$vm/run" "$kernel" --smp 2 --file "$modules/picket.ko" \
		--file "$modules/picket_bugs.ko" --file "$dir/settings" --file "$here/load-kinds" \
		--init "$here/load-guest" --timeout $((seconds * 3 + cycles * 90 + 300)) >"$log" 2>&1 || :
}

unloads()
{
	grep -c '^load: stats: enabled: 1,' "$said" || :
}

# What objects alive at an unload keep, of the unloads between the two measurements.
kept()
{
	awk '/^load: memory before/ { sum = 0 } match($0, /pages \([0-9]+ KiB\) stay/) {
		sum += substr($0, RSTART + 7) } END { print sum + 0 }' "$said"
}

boot
sed -n 's/^.*\(load: \|picket: \)/\1/p' "$log" >"$said"
check_well "$seconds s of load and $cycles cycles end, and the kernel is well" 'load: done'
guarded=$(total stats 'total allocations')
show_load
echo "# $guarded objects were guarded; those that were in use keep $(kept) KiB"
check_load $rounds_min
check "at least $guarded_min objects were guarded" [ "$guarded" -ge $guarded_min ]
check "nothing was reported" [ "$(total stats 'total bugs')$(total stats 'reports lost')" = 00 ]
check "Picket was never switched off" [ "$(unloads)" -eq $((cycles + 1)) ]
check_memory "$(kept)"
tap_done
