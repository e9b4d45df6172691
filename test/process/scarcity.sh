#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Picket where memory or mappings are scarce: nothing is guarded then, which is counted, and the
# program fares as it would without. Real limits where a process can set them for itself; else
# scarce.c refuses. Usage: scarcity.sh LIBPICKET SCARCE PROGRAM
. "$(dirname "$0")/../tap.sh"
library=$(realpath "$1")
scarce=$(realpath "$2")
program=$(realpath "$3")
cd "$dir" || exit 1

explain() {
	head -c 1000 err | sed 's/^/# /'
}

# SCARCE OPTIONS DEED: run it, with its output in out and err, its status in $status
run() {
	rm -f json
	timeout 30 env SCARCE="$1" PICKET_OPTIONS="stats=1:json=$dir/json:$2" \
		LD_PRELOAD="$library:$scarce" "$program" "$3" >out 2>err
	status=$?
	[ -e json ] || : >json
}

counter() { # NAME
	sed -n "s/.*[ ,]$1 \([0-9]*\).*/\1/p" err | tail -1
}

fine() {
	[ "$status" -eq 0 ] || { echo "# status $status"; false; }
}

silent() {
	fine && ! [ -s json ]
}

counted() { # COUNTER...: something was not guarded, and one of these says so
	silent || return 1
	for each; do
		[ "$(counter "$each")" -gt 0 ] && return
	done
	return 1
}

off() { # one line, and the program runs
	silent && [ "$(wc -l <err)" -eq 1 ] && grep -q '^picket: off: ' err
}

found() { # COUNT: the program ran to its end, with so many reports
	fine && [ "$(wc -l <json)" -eq "$1" ]
}

at_most() { # NUMBER LIMIT
	[ "$1" -le "$2" ] || { echo "# $1, and not at most $2"; false; }
}

# ---- refused from the start
run mmap rate=1 work
check "no mmap at all: off" off
for kind in mprotect madvise guard mremap; do
	run "$kind" rate=1 work
	check "no $kind from the start: the program runs, and is guarded or not" silent
done

# ---- refused later
run later,mprotect,guard rate=1 later
check "no guard regions and no mprotect later: not guarded, counted" counted skipped_no_memory
run later,old,mprotect rate=1 later
check "no mprotect later: not guarded, counted" counted skipped_no_memory
run later,madvise,mmap,mremap rate=1 later
check "no madvise, mmap, mremap later: the program runs" silent
for seed in 1 2 3; do
	run "later,some=3,seed=$seed,mprotect,madvise,guard,mremap,mmap" rate=1 later
	check "one in three calls fails, seed $seed" counted skipped_no_memory not_hidden
	run "later,old,some=3,seed=$seed,mprotect,madvise,mmap" rate=1 later
	check "the same on an older kernel" counted skipped_no_memory not_hidden
done

# ---- how many mappings
run new rate=1 count
[ "$(counter guard_regions)" = 1 ]
check "guard regions are found by trying" [ $? -eq 0 ]
run "" rate=1 count
if [ "$(counter guard_regions)" = 1 ]; then
	check "200 guarded objects add no mapping, alive or freed" grep -qx "0 0" out
else
	skip "200 guarded objects add no mapping, alive or freed" "this kernel has no guard regions"
fi
run old rate=1 count
check "without guard regions two each, while they live" at_most "$(cut -d' ' -f1 out)" 400
check "and none when they are freed" at_most "$(cut -d' ' -f2 out)" 2
run old rate=1:mappings=20 count
check "no more than may be" at_most "$(cut -d' ' -f1 out)" 20
check "beyond it: not guarded, counted" counted skipped_no_memory
run old rate=1 many
check "vm.max_map_count reached: not guarded, counted" counted skipped_no_memory
run "" rate=1 many
check "and the program works on, whatever hides pages" silent

# ---- limits of the process
(ulimit -v 60000 && run "" rate=1 work && fine && [ "$(counter guard_regions)" = 0 ])
check "with RLIMIT_AS no address space is wasted" [ $? -eq 0 ]
(ulimit -v 60000 && run "" rate=1:slots=16384 work && off)
check "and too large a pool is off" [ $? -eq 0 ]
(ulimit -d 20000 && run "" rate=1 work && fine && [ "$(counter guard_regions)" = 0 ])
check "with RLIMIT_DATA neither" [ $? -eq 0 ]

# ---- a page is half hidden when the process forks
for kind in "" old new; do
	run "later,rest${kind:+,$kind}" rate=1 fork
	check "the child uses its place (${kind:-as it is})" silent
done

# ---- the data of freed objects
for kind in "" old new new,mremap; do
	run "$kind" rate=1 late
	check "a late use finds its data (${kind:-as it is})" found 2
	# Where no mapping is to be had a page is copied back, and others may see it empty.
	if [ "$kind" != new,mremap ]; then
		run "$kind" rate=1 hammer
		check "also while other threads use it (${kind:-as it is})" fine
	fi
	run "$kind" rate=1 locked
	if [ "$status" -eq 77 ]; then
		skip "memory locked by mlockall (${kind:-as it is})" "may not be locked"
	else
		check "memory locked by mlockall (${kind:-as it is})" found 1
	fi
done

# ---- core dumps
for kind in "" old; do
	rm -f core*
	(ulimit -S -c unlimited && run "$kind" rate=1 dump)
	[ -e core ] || mv core.* core 2>/dev/null
	if ! [ -e core ]; then
		skip "a core dump (${kind:-as it is})" "this machine writes none here"
		continue
	fi
	check "a core dump is small on disk (${kind:-as it is})" at_most "$(du -k core | cut -f1)" 6000
	check "and in length" at_most "$(stat -c %s core)" 10000000
	check "and has the detector's own data" grep -qa 10TEKCIP core
	check "and that of the program" grep -qaE 'Z{100}' core
done
tap_done
