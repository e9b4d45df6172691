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
[ $# -ge 2 ] || {
	echo "usage: kasan-soak.sh KERNEL DIRECTORY [CYCLES]" >&2
	exit 2
}
kernel=$1
modules=$2
cycles=${3:-200}
# So many more come before what is measured: the kernel too has to get used to it.
cycles_before=$((cycles < 20 ? 2 : 10))

# A guest that a busy machine keeps waiting is not locked up.
patience="watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
# What a healthy run shows at the very least, on a slow and busy machine too.
steps_min=$((cycles * 20))
rounds_min=$((2 + cycles / 4))
# By so much two measurements differ when nothing happens between them but load.
pages_slack_kib=256
slab_slack_kib=4096
complaints='WARNING:|BUG|Oops|general protection|INFO: (rcu|task)|Call Trace:|corrupt|picket.*(disabled|refus|stay)'

dir=$(mktemp -d "${TMPDIR:-/tmp}/picket-soak.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
log=$dir/log
guest=$dir/guest
said=$dir/said

boot()
{
	printf 'cycles=%s\ncycles_before=%s\n' "$cycles" "$cycles_before" >"$dir/settings"
	for module in picket_kasan picket_load_inline picket_load_outline; do
		set -- "$@" --file "$modules/$module.ko"
	done
	"$here/../../../test/vm/run" "$kernel" --smp 2 --append "$patience" "$@" --file "$dir/settings" \
		--file "$here/load-kinds" --init "$here/kasan-soak-guest" \
		--timeout $((cycles * 90 + 600)) >"$log" 2>&1 || :
}

well()
{
	grep -q 'load: done' "$log" && ! grep -Eq "$complaints" "$guest"
}

# Of all lines of a KIND the sum of what they say of NAME: total KIND NAME
total()
{
	sed -n "s/^load: $1: .*$2: \([0-9]*\),.*/\1/p" "$said" | awk '{ sum += $1 } END { print sum + 0 }'
}

# The least that a line of a KIND says of NAME: least KIND NAME
least()
{
	sed -n "s/^load: $1: .*$2: \([0-9]*\),.*/\1/p" "$said" | sort -n | head -n 1
}

show_memory()
{
	for what in Free Slab PageTables VmallocUsed Percpu DirectMap4k; do
		echo "# $what: $(memory before $what) KiB before, $(memory after $what) KiB after"
	done
	echo "# $(lost) KiB are gone; page tables take $(tables) KiB of them"
}

boot
sed -n '/Run \/init/,$ p' "$log" >"$guest"
sed -n 's/^.*load: /load: /p' "$guest" >"$said"
check "$cycles cycles under load end, and the kernel is well" well
if [ $failures -ne 0 ]; then
	grep -E -B 12 -A 40 "$complaints" "$guest" | head -n 100 | sed 's/^/# /'
	tail -n 20 "$log" | sed 's/^/# /'
	echo "1..$count"
	exit 1
fi
sed -n 's/^load: [a-z]*: .* rounds/# &/p' "$said"
steps=$(total driver steps)
echo "# the drivers made $steps steps; at least $(least working 'objects retained') freed objects" \
	"were kept each time, and $(least working 'shadow pages') pages of shadow"
show_memory
check "there was load of every kind" [ "$(least_rounds)" -ge $rounds_min ]
check "it got the right results" [ "$(failed_rounds)" -eq 0 ]
check "the drivers did at least $steps_min steps of work" [ "$steps" -ge $steps_min ]
check "all data was right" [ "$(total driver failed)" -eq 0 ]
check "the runtime was on in each cycle" [ "$(total stats enabled)" -eq $((cycles + cycles_before)) ]
check "nothing was reported" [ "$(total stats reports)$(total stats 'reports suppressed')" = 00 ]
check "all objects were checked" \
	[ "$(total stats 'unchecked (memory)')$(total stats 'not backed')$(total stats refused)" = 000 ]
check "and freed, when the drivers had gone" [ "$(total stats 'objects live')" -eq 0 ]
check "no pages are lost" [ "$(lost)" -le $(($(tables) + pages_slack_kib)) ]
check "no slab objects are lost" [ "$(grown Slab)" -le $slab_slack_kib ]
end_checks
