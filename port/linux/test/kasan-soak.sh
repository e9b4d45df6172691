#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kasan-soak.sh KERNEL DIRECTORY [CYCLES]
#
# Boots the kernel with two CPUs, and under load of other kinds has the runtime and two instrumented
# drivers loaded, at work and unloaded again so many times (kasan-soak-guest); what kasan/build
# left is in the directory. Nothing may be reported, all objects must be checked, and no memory may
# be lost. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/checks.sh"
. "$here/load-checks.sh"
[ $# -ge 2 ] || usage
kernel=$1
modules=$2
cycles=${3:-200}
# So many more come before what is measured: the kernel too has to get used to it.
cycles_before=$((cycles < 20 ? 2 : 10))

# What a healthy run shows at the very least, on a slow and busy machine too.
steps_min=$((cycles * 20))
rounds_min=$((2 + cycles / 4))
complaints="$complaints|BUG|Call Trace:|corrupt|picket.*(disabled|refus|stay)"

boot()
{
	printf 'cycles=%s\ncycles_before=%s\n' "$cycles" "$cycles_before" >"$dir/settings"
	for module in picket_kasan picket_load_inline picket_load_outline; do
		set -- "$@" --file "$modules/$module.ko"
	done
	"$vm/run" "$kernel" --smp 2 --append "$patience" "$@" --file "$dir/settings" \
		--file "$here/load-kinds" --init "$here/kasan-soak-guest" \
		--timeout $((cycles * 90 + 600)) >"$log" 2>&1 || :
}

# The least that a line of a KIND says of NAME: least KIND NAME
least()
{
	sed -n "s/^load: $1: .*$2: \([0-9]*\),.*/\1/p" "$said" | sort -n | head -n 1
}

boot
find_guest
sed -n 's/^.*load: /load: /p' "$guest" >"$said"
check_well "$cycles cycles under load end, and the kernel is well" 'load: done'
steps=$(total driver steps)
echo "# the drivers made $steps steps; at least $(least working 'objects retained') freed objects" \
	"were kept each time, and $(least working 'shadow pages') pages of shadow"
show_load
check_load $rounds_min
check "the drivers did at least $steps_min steps of work" [ "$steps" -ge $steps_min ]
check "all data was right" [ "$(total driver failed)" -eq 0 ]
check "the runtime was on in each cycle" [ "$(total stats enabled)" -eq $((cycles + cycles_before)) ]
check "nothing was reported" [ "$(total stats reports)$(total stats 'reports suppressed')" = 00 ]
check "all objects were checked" \
	[ "$(total stats 'unchecked (memory)')$(total stats 'not backed')$(total stats refused)" = 000 ]
check "and freed, when the drivers had gone" [ "$(total stats 'objects live')" -eq 0 ]
check_memory 0
tap_done
