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
[ $# -ge 2 ] || {
	echo "usage: soak.sh KERNEL DIRECTORY [SECONDS [CYCLES [PARAMETER...]]]" >&2
	exit 2
}
kernel=$1
modules=$2
seconds=${3:-60}
cycles=${4:-8}
shift $(($# < 4 ? $# : 4))
parameters=$*

# What a healthy run shows at the very least, on a slow and busy machine too.
guarded_min=$((seconds * 10))
rounds_min=4
# By so much two measurements differ when nothing happens between them but load.
pages_slack_kib=256
slab_slack_kib=4096
complaints='WARNING:|BUG:|Oops|general protection|INFO: (rcu|task)|Call Trace:|picket: .*(disabled|refus)'

dir=$(mktemp -d "${TMPDIR:-/tmp}/picket-soak.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
log=$dir/log
said=$dir/said

boot()
{
	{
		echo "seconds=$seconds"
		echo "cycles=$cycles"
		echo "parameters='$parameters'"
	} >"$dir/settings"
	"$here/../../../test/vm/run" "$kernel" --smp 2 --file "$modules/picket.ko" \
		--file "$modules/picket_bugs.ko" --file "$dir/settings" --file "$here/load-kinds" \
		--init "$here/load-guest" --timeout $((seconds * 3 + cycles * 90 + 300)) >"$log" 2>&1 || :
}

well()
{
	grep -q 'load: done' "$log" && ! grep -Eq "$complaints" "$log"
}

# The sum over all unloads of what the statistics say: total NAME
total()
{
	sed -n "s/^load: stats: .*$1: \([0-9]*\),.*/\1/p" "$said" | awk '{ sum += $1 } END { print sum + 0 }'
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

show_memory()
{
	for what in Free Slab PageTables VmallocUsed Percpu DirectMap4k; do
		echo "# $what: $(memory before $what) KiB before, $(memory after $what) KiB after"
	done
	echo "# $(lost) KiB are gone; objects that were in use keep $(kept) KiB, page tables $(tables) KiB"
}

boot
sed -n 's/^.*\(load: \|picket: \)/\1/p' "$log" >"$said"
check "$seconds s of load and $cycles cycles end, and the kernel is well" well
if [ $failures -ne 0 ]; then
	grep -Eq "$complaints" "$log" && grep -E -B 12 -A 40 "$complaints" "$log" | head -n 100 | sed 's/^/# /'
	tail -n 20 "$log" | sed 's/^/# /'
	echo "1..$count"
	exit 1
fi
sed -n 's/^load: [a-z]*: .* rounds/# &/p' "$said"
echo "# $(total 'total allocations') objects were guarded"
show_memory
check "there was load of every kind" [ "$(least_rounds)" -ge $rounds_min ]
check "it got the right results" [ "$(failed_rounds)" -eq 0 ]
check "at least $guarded_min objects were guarded" [ "$(total 'total allocations')" -ge $guarded_min ]
check "nothing was reported" [ "$(total 'total bugs')$(total 'reports lost')" = 00 ]
check "Picket was never switched off" [ "$(unloads)" -eq $((cycles + 1)) ]
check "no pages are lost" [ "$(lost)" -le $(($(kept) + $(tables) + pages_slack_kib)) ]
check "no slab objects are lost" [ "$(grown Slab)" -le $slab_slack_kib ]
end_checks
