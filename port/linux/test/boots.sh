#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: boots.sh KERNEL DIRECTORY BOOT      BOOT: slub_debug or lockdown
#
# Kernels booted in a way that leaves Picket nothing to do: with slub_debug=FZPU every cache is
# debugged already, with lockdown=integrity no unsigned module may be loaded. Output is TAP.
# (bugs.sh takes the boots that change nothing for Picket.)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../test/tap.sh"
[ $# -eq 3 ] || usage
kernel=$1
modules=$2
boot=$3
complaints='WARNING:|BUG:|Oops|general protection|Call Trace:|picket: .*disabled'
log=$dir/log

says()
{
	grep -Eq "$1" "$log"
}

never_says()
{
	! says "$1"
}

# A statistic's last value: statistic NAME
statistic()
{
	sed -n "s/^boots: $1: //p" "$log" | tail -n 1
}

run_guest()
{
	"$here/../../../test/vm/run" "$kernel" --smp 2 --file "$modules/picket.ko" \
		--file "$modules/picket_bugs.ko" --init "$here/boots-$boot" --timeout 300 \
		--append "$1" 2>&1 | sed 's/^\[[^]]*\] \{0,1\}//' >"$log"
}

check_slub_debug()
{
	run_guest slub_debug=FZPU
	check "$boot: Picket is loaded, and unloaded" says '^boots: unloaded$'
	check "$boot: all bugs are left to the allocator" \
		says '^boots: not guarded, so not tried: 2 of 2$'
	check "$boot: objects are declined" \
		[ "$(statistic 'skipped allocations (debug cache)')" -gt 1000 ]
	check "$boot: none is guarded" [ "$(statistic 'total allocations')" = 0 ]
	check "$boot: nothing is reported" never_says "$complaints"
}

check_lockdown()
{
	run_guest lockdown=integrity
	check "$boot: the kernel says why it refuses" \
		says '^Lockdown: insmod: unsigned module loading is restricted'
	check "$boot: so does insmod" \
		says "^boots: insmod: can't insert '/job/picket.ko': Operation not permitted$"
	check "$boot: nothing of Picket is left" says '^boots: no trace$'
	check "$boot: the kernel is well" never_says "$complaints"
}

case $boot in
slub_debug | lockdown) check_$boot ;;
*)
	echo "boots.sh: '$boot' is no boot; allowed: slub_debug, lockdown" >&2
	exit 2
	;;
esac
[ $tap_failures -eq 0 ] || sed 's/^/# /' "$log" | tail -n 100
tap_done
