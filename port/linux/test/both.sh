#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: both.sh KERNEL DIRECTORY
#
# Boots the kernel with two CPUs, picket.ko and the picket_kasan.ko of the directory. Under both of
# them an instrumented driver of Debian's kernel source works, its objects guarded too, and nothing
# may be reported; then bugs are committed, and each detector must report its own, also when the
# other one was unloaded, whichever that was. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/checks.sh"
[ $# -eq 2 ] || usage
kernel=$1
runtime=$2
complaints="$complaints|BUG: (kernel|unable|soft)|picket.*(disabled|refus)"

# The example of the tutorial, which has bugs.
build_sensor()
{
	cp -r "$here/../../../example/kasan" "$dir/sensor"
	"$vm/kbuild" "$kernel" "$dir/sensor" PICKET_KASAN=inline PICKET_KASAN_RUNTIME="$runtime"
}

# section NAME: what the log says of a step
section()
{
	sed -n "/both: $1\$/,/both: end of $1\$/s/^\[[^]]*\] \{0,1\}//p" "$log"
}

# step_says NAME [TITLE...]: it reports these, in this order, and nothing else
step_says()
{
	step=$1
	shift
	section "$step" | sed -n 's/^BUG: \(K[A-Z]*: .*\) in \([a-z_]*\).*/\1 in \2/p' >"$dir/found"
	printf '%s\n' "$@" | sed '/^$/d' >"$dir/wanted"
	section "$step" | grep -q '^both: end' && cmp -s "$dir/found" "$dir/wanted" && return
	section "$step" | head -n 60 | sed 's/^/# /'
	return 1
}

# number NAME: that the guest told
number()
{
	sed -n "s/^.*both: $1: \([0-9]*\)$/\1/p" "$log" | grep . || echo 0
}

driver=$(prepare "$vm/drivers" "$kernel" veth PICKET_KASAN=inline PICKET_KASAN_RUNTIME="$runtime") ||
	exit
tools=$(prepare "$vm/tools" "$kernel") || exit
modules=$("$vm/modules" "$kernel")
build_sensor >"$dir/build" 2>&1 || {
	sed 's/^/# /' "$dir/build"
	exit 1
}
${CC:-cc} -O2 -static -o "$dir/drivers-echo" "$here/drivers-echo.c"
set --
while read -r module; do
	set -- "$@" --module "$driver/needs/$module"
done <"$driver/needs/list"
"$vm/run" "$kernel" --smp 2 "$@" --file "$modules/picket.ko" --file "$modules/picket_bugs.ko" \
	--file "$runtime/picket_kasan.ko" --file "$driver/veth.ko" --file "$dir/sensor/sensor.ko" \
	--file "$dir/drivers-echo" --file "$here/drivers-net" --file "$tools/usr:/usr" \
	--file "$tools/lib64:/lib64" --init "$here/both-guest" --timeout 400 >"$log" 2>&1 || :
find_guest

heap="KASAN: slab-out-of-bounds in sample_take"
freed="KASAN: slab-use-after-free in use_freed"
guard="KFENCE: use-after-free read in bug_uaf_read"
check "the kernel is well" well 'both: done'
check "an instrumented driver works, nothing is reported" step_says work
check "objects were guarded meanwhile ($(number guarded))" [ "$(number guarded)" -ge 100 ]
check "its own objects were guarded, nothing is reported" step_says "work with its objects guarded"
check "as many as there are slots, and again ($(number "guarded of it"))" \
	[ "$(number "guarded of it")" -ge 20 ]
check "each finds its bug" step_says bugs "$heap" "$guard" "$freed"
check "KASAN goes first: the other finds its bug" step_says "without KASAN" "$guard"
check "and both again" step_says "bugs again" "$heap" "$guard" "$freed"
check "it goes first: KASAN finds its bugs" step_says "KASAN alone" "$heap" "$freed"
tap_done
