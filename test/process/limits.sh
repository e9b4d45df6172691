#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Picket within limits of a whole machine, which this changes: only for root of a guest. A limit that
# a program reaches costs it what Picket takes, and no more than that; it lives where it would live
# with so much less. Usage: limits.sh LIBPICKET PROGRAM
. "$(dirname "$0")/../tap.sh"
library=$(realpath "$1")
program=$(realpath "$2")
group=/sys/fs/cgroup/limits
# Files there take no memory that is counted.
mount -t ramfs files "$dir" && cd "$dir" || exit 1
trap 'cd / && umount "$dir" && rmdir "$dir"' EXIT

commit_kib=2048  # what it may take of each, at most
memory_kib=2048
address_kib=10240
mappings_own=32 # beside a quarter of all for objects

explain() {
	echo "# status $status, said $(cat out)"
	head -n 12 err | sed 's/^/# /'
}

without() { # DEED
	"$program" "$1" >out 2>err
	status=$?
}

with() { # DEED [OPTIONS]
	: >json
	PICKET_OPTIONS="rate=1:stats=1:json=$dir/json${2:+:$2}" LD_PRELOAD="$library" \
		"$program" "$1" >out 2>err
	status=$?
}

counter() { # NAME
	sed -n "s/.*[ ,]$1 \([0-9]*\).*/\1/p" err | tail -1
}

fine() { [ "$status" -eq 0 ]; }

found() { # COUNT: it ran to its end, with so many reports
	fine && [ "$(wc -l <json)" -eq "$1" ]
}

counted() { # COUNT: likewise, and something was not guarded
	found "$1" && [ "$(counter skipped_no_memory)" -gt 0 ]
}

counted_some() { # COUNT: likewise, and something was
	counted "$1" && [ "$(counter guarded)" -gt 0 ]
}

off() {
	found 0 && [ "$(wc -l <err)" -eq 1 ] && grep -q '^picket: off: ' err
}

# What is left for the program: cheap NAME KIB, without and with it in out.without and out
cheap() {
	echo "# $1: $(($(cat out.without) - $(cat out))) KiB of $(cat out.without)"
	[ "$(cat out)" -gt 0 ] && [ $(($(cat out.without) - $(cat out))) -le "$2" ]
}

# The program takes all that there is: exhaust NAME KIB counted_some|found
exhaust() {
	without exhaust
	check "$1: (the program alone comes to its end)" fine
	mv out out.without
	with exhaust
	check "$1: two bugs are reported, and the program goes on ($3)" "$3" 2
	check "$1: nearly as much is left as without Picket" cheap "$1" "$2"
}

# ---- of a process
ulimit -S -v 60000
exhaust "ulimit -v" $address_kib found
ulimit -S -v unlimited
ulimit -S -d 30000
exhaust "ulimit -d" $commit_kib counted_some
ulimit -S -d unlimited

# ---- vm.overcommit_memory=2
committed() { # KIB: what may be committed, beyond what is
	echo 0 >/proc/sys/vm/overcommit_memory
	echo $(($(sed -n 's/^Committed_AS: *\([0-9]*\).*/\1/p' /proc/meminfo) + $1)) \
		>/proc/sys/vm/overcommit_kbytes
	echo 2 >/proc/sys/vm/overcommit_memory
}

committed 400000
with work
check "overcommit_memory=2: the program is guarded, without guard regions" \
	[ "$status" -eq 0 -a "$(counter guarded)" -gt 0 -a "$(counter guard_regions)" = 0 ]
with count mappings=20
check "no more mappings than may be" counted_some 0
check "alive or freed" awk '$1 > 20 || $2 > 20 { exit 1 }' out
committed 30000
exhaust "overcommit_memory=2" $commit_kib counted_some
# The least with which the program lives, and then more, until it is guarded.
kib=0
until
	committed $kib
	without count
	fine
do
	kib=$((kib + 50))
done
least=$kib
offs=0
until
	committed $kib
	with count slots=1000
	! off
do
	offs=$((offs + 1))
	kib=$((kib + 250))
done
echo 0 >/proc/sys/vm/overcommit_memory
echo "# a pool of 1000 slots: off up to $((kib - least)) KiB more than the program needs"
check "too little for the pool: off, and the program runs" [ $offs -gt 2 ]
check "and with more it is guarded" [ "$status" -eq 0 -a "$(counter guarded)" -gt 0 ]

# ---- vm.max_map_count
mappings=$(sysctl -n vm.max_map_count)
limited() { # COUNT COMMAND...
	echo "$1" >/proc/sys/vm/max_map_count
	shift
	"$@"
	echo "$mappings" >/proc/sys/vm/max_map_count
}

least() { # DEED FROM: the smallest number of mappings with which it runs
	least=$2
	until
		limited "$least" without "$1"
		fine
	do
		least=$((least + 1))
	done
}

least count 10
lived=0
for more in $(seq 0 5 45); do
	limited $((least + mappings_own + more)) with count
	found 0 && lived=$((lived + 1))
done
check "max_map_count: little more than the $least that a program needs" [ "$lived" -eq 10 ]
least need $((least + 195))
limited $(((least + mappings_own) * 4 / 3 + 1)) with need
check "the $least that another needs, and a quarter for objects" counted_some 0
for most in 100 1000; do
	limited $most with many
	check "a program that takes all of $most: not guarded, counted" counted 0
done

# ---- a memory cgroup
mount -t cgroup2 cgroup /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control

grouped() { # MOST COMMAND...: peak is what it took, in KiB
	mkdir $group
	echo "$1" >$group/memory.max
	shift
	(echo 0 >$group/cgroup.procs && "$@"; echo $status >status)
	status=$(cat status)
	peak=$(($(cat $group/memory.peak) / 1024))
	rmdir $group
}

# They would round up what the program takes, by one more or less.
echo never >/sys/kernel/mm/transparent_hugepage/enabled
grouped max without fill
alone=$peak
grouped max with fill
echo "# memory cgroup: $alone KiB, and $((peak - alone)) with Picket"
check "cgroup: Picket takes no more than it may" \
	[ "$status" -eq 0 -a $((peak - alone)) -le $memory_kib ]
limit=$((alone + memory_kib))
grouped ${limit}K with fill
check "a program that fills its cgroup but for that lives, and is guarded" \
	[ "$status" -eq 0 -a "$(counter guarded)" -gt 0 -a $peak -gt $((limit * 4 / 5)) ]
grouped $((alone - 4096))K without fill
check "(the limit does kill)" [ "$status" -eq 137 ]
tap_done
