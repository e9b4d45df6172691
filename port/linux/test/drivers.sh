#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: drivers.sh KERNEL DIRECTORY DRIVER SECONDS [inline|outline|plain]
#
# Boots the kernel with two CPUs, and has a driver of Debian's kernel source, built as it is with
# shadow checks of that kind (or with none: plain), work for so many seconds: a file system with
# parallel writers, or a network driver with streams and pings. Picket's runtime comes from the
# directory. Nothing may be reported, and all data must be right. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/checks.sh"
[ $# -ge 4 ] || usage
kernel=$1
runtime=$2
driver=$3
seconds=$4
mode=${5:-inline}
case $driver in
xfs | ext4 | btrfs)
	kind=disk program=worker
	work="write read truncate direct map punch rename unlink link directory attribute sync"
	;;
veth) kind=net program=echo ;;
*) usage ;;
esac
case $mode in
inline | outline) instrumented=yes ;;
plain) instrumented= ;;
*) usage ;;
esac

# What a healthy run shows at the very least, on a slow and busy machine too.
rounds_min=2
work_min=10
tcp_min_kib=2048
udp_min_kib=128
complaints="$complaints|BUG:|Call Trace:|corrupt|picket.*(disabled|refus)"

boot()
{
	printf 'driver=%s\nkind=%s\nseconds=%s\n' "$driver" "$kind" "$seconds" >"$dir/settings"
	while read -r module; do
		set -- "$@" --module "$built/needs/$module"
	done <"$built/needs/list"
	[ ! "$instrumented" ] || set -- "$@" --file "$runtime/picket_kasan.ko"
	"$vm/run" "$kernel" --smp 2 --append "$patience" "$@" --file "$dir/settings" \
		--file "$dir/drivers-$program" --file "$here/drivers-$kind" --file "$built/$driver.ko" \
		--file "$tools/usr:/usr" --file "$tools/lib64:/lib64" --init "$here/drivers-guest" \
		--timeout $((seconds * 3 + 300)) >"$log" 2>&1 || :
}

# How often all writers did one kind of work: total NAME
total()
{
	sum "^work: seed .* $1 \([0-9]*\).*"
}

# Of all rounds: in_rounds PATTERN, in which one number is in \( \)
in_rounds()
{
	sum "^round .*$1.*"
}

rounds()
{
	sed -n 's/^rounds: //p' "$said"
}

check_disk_work()
{
	for name in $work; do
		check "at least $work_min times: $name ($(total "$name") times)" \
			[ "$(total "$name")" -ge $work_min ]
	done
	check "all data that was read was right" [ "$(total failed)" -eq 0 ]
	files=$(in_rounds ' \([0-9]*\) files right')
	check "so it was after each remount ($files files)" [ "$files" -ge $((rounds_min * 36)) ]
	fscks=$(in_rounds ' \([0-9]*\) fsck clean')
	check "fsck found nothing after each umount" [ "$fscks" -eq $(($(rounds) * 2)) ]
}

check_net_work()
{
	tcp=$(in_rounds 'tcp \([0-9]*\) KiB right')
	check "streams echoed the right data ($tcp KiB)" [ "$tcp" -ge $tcp_min_kib ]
	udp=$(in_rounds 'udp \([0-9]*\) KiB right')
	check "datagrams echoed the right data ($udp KiB)" [ "$udp" -ge $udp_min_kib ]
	lost=$(in_rounds ' \([0-9]*\) lost')
	sent=$(in_rounds '(\([0-9]*\) datagrams')
	check "most were not lost ($lost of $sent were)" [ "$lost" -le $((sent / 2)) ]
	pings=$(in_rounds ' \([0-9]*\) of [0-9]* pings answered')
	pings_sent=$(in_rounds ' of \([0-9]*\) pings answered')
	check "most pings were answered ($pings of $pings_sent)" [ "$pings" -gt $((pings_sent / 2)) ]
}

# The first of what the runtime said of it at the ends of rounds: runtime_said NAME SORT-OPTION
runtime_said()
{
	sed -n "s/^runtime: .*,\{0,1\}$1: \([0-9]*\),.*/\1/p" "$said" | sort $2 | head -n 1
}

check_runtime()
{
	check "the runtime knew it as $mode in each round" \
		[ "$(grep -c "^runtime: $driver $mode," "$said")" -eq "$(rounds)" ]
	check "it was never off" [ "$(runtime_said enabled -n)" -eq 1 ]
	retained=$(runtime_said 'objects retained' -rn)
	check "it kept what the driver freed (up to $retained objects)" [ "$retained" -ge $work_min ]
	check "nothing of the driver was left when it had gone" \
		[ "$(grep -c '^left: 0$' "$said")" -eq "$(rounds)" ]
	check "it counts no report" [ "$(runtime_said reports -rn)" -eq 0 ]
}

built=$(prepare "$vm/drivers" "$kernel" "$driver" \
	${instrumented:+PICKET_KASAN="$mode" PICKET_KASAN_RUNTIME="$runtime"}) || exit
tools=$(prepare "$vm/tools" "$kernel") || exit
${CC:-cc} -O2 -static -o "$dir/drivers-$program" "$here/drivers-$program.c"
boot
find_guest
sed -n 's/^.*drivers: //p' "$guest" >"$said"
check_well "$driver ($mode) works for $seconds s and is unloaded, and the kernel is well" 'drivers: done'
sed -n 's/^\(round\|runtime:\) /# &/p' "$said"
check "at least $rounds_min rounds, each with insmod and rmmod ($(rounds))" \
	[ "$(rounds)" -ge $rounds_min ]
"check_${kind}_work"
[ ! "$instrumented" ] || check_runtime
check "nothing was reported" [ "$(grep -c 'BUG: KASAN' "$guest")" -eq 0 ]
tap_done
