#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: actions.sh KERNEL DIRECTORY
#
# What follows from a report, and what debugfs shows: boots the kernel once for each thing that ends
# a boot, with picket.ko and picket_native.ko from the directory. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../test/tap.sh"
[ $# -eq 2 ] || usage
kernel=$1
modules=$2

# boot NAME [KERNEL-ARGUMENT...]: the console is in $log, its end in $status
boot()
{
	name=$1
	shift
	log=$dir/$name
	echo "boot=$name" >"$dir/settings"
	status=0
	"$here/../../../test/vm/run" "$kernel" --smp 2 --timeout 400 --file "$dir/settings" \
		--file "$modules/picket.ko" --file "$modules/picket_native.ko" \
		--init "$here/actions-guest" --append "log_buf_len=4M $*" >"$log" 2>&1 || status=$?
	[ "$status" = 0 ] || [ "$status" = 120 ] || echo "# $(tail -n 1 "$log")"
	# Lines of the console, as those of the log are shown.
	sed -i 's/^\[ *[0-9.]*\] \{0,1\}/console: /' "$log"
}

said()
{
	grep -qx "actions: $1" "$log"
}

value()
{
	sed -n "s/^actions: $1 //p" "$log"
}

same()
{
	[ "$(value "$1")" ] && [ "$(value "$1")" = "$(value "$2")" ]
}

# section FROM TO: of the log
section()
{
	sed -n "/^log: picket-native: $1 starts/,/^log: picket-native: $2 ends/p" "$log"
}

# reports N FROM TO [TITLE]: there are N, and each is whole, between its two rulers
reports()
{
	section "$2" "$3" | awk -v wanted="$1" -v title="log: BUG: KFENCE: ${4-}" '
		/^log: =+$/ { inside = !inside; titles = 0 }
		/^log: BUG: / { bad += !inside || titles++ || index($0, title) != 1; count++ }
		/^log: (Use-after|Out-of|Corrupted|kfence-|allocated by|freed by)/ { bad += !inside }
		/^log: freed by/ { freed++ }
		END { exit bad || inside || count != wanted || freed != wanted }'
}

# Names of statistics, in their order.
names()
{
	sed -n 's/^stats: \(.*\): [0-9]*$/\1/p' "$log"
}

kfence_names="enabled,currently allocated,total allocations,total frees,zombie allocations,total bugs,"
kfence_names="${kfence_names}skipped allocations (incompatible),skipped allocations (capacity),"
kfence_names="${kfence_names}skipped allocations (covered),"

statistic()
{
	sed -n "s/^stats: $1: //p" "$log"
}

adds_up()
{
	[ "$(statistic enabled)" = 0 ] && [ "$(statistic 'total bugs')" = 2 ] &&
		[ "$(statistic 'total allocations')" = \
			$(($(statistic 'currently allocated') + $(statistic 'total frees'))) ]
}

# Every slot in its order, unused or with the same blocks as in reports, and a line after each.
objects_are_right()
{
	sed -n 's/^objects: //p' "$log" | awk '
		BEGIN { slot = 0; address = "0x[0-9a-f]+"; time = "[0-9]+[.][0-9][0-9][0-9][0-9][0-9][0-9]s" }
		function header() {
			return $0 ~ "^kfence-#" slot ": " address "-" address ", size=[0-9]+, cache=[^ ]+$" }
		function track(verb) {
			return $0 ~ "^" verb " by task [0-9]+ on cpu [0-9]+ at " time " [(]" time " ago[)]:$" }
		$0 == "---------------------------------" {
			bad += state != "unused" && state != "live" && state != "freed"
			slot++
			state = ""
			next
		}
		state == "" && $0 == "kfence-#" slot " unused" { state = "unused"; next }
		state == "" && header() { state = "headed"; next }
		state == "headed" && $0 == "" { state = "blank"; next }
		state == "blank" && track("allocated") { state = "live"; live++; next }
		state == "live" && $0 == "" { state = "blank2"; next }
		state == "blank2" && track("freed") { state = "freed"; freed++; next }
		(state == "live" || state == "freed") && /^ [^ ]+[+]0x[0-9a-f]+\/0x[0-9a-f]+( \[[^ ]+\])?$/ {
			next }
		{ bad++; print "# " slot " " state ": " $0 }
		END { exit bad || slot != 255 || !live || !freed }'
}

gone_cache()
{
	sed -n 's/^objects: //p' "$log" | grep -A 40 'size=32, cache=<destroyed>' |
		grep -q '^ kmem_cache_destroy+'
}

after_report()
{
	boot report
	check "the first boot ends well" said unloaded
	check "the kernel is tainted by a report, and not before" \
		[ "$(value 'bad page' | tr '\n' ' ')" = "0 1 " ]
	if said "can trace"; then
		check "the tracepoint error_report_end tells detector and address" same traced recorded
	else
		skip "the tracepoint error_report_end" "this kernel has no error_report_end"
	fi
	check "an object alive when its cache is destroyed becomes a zombie" said "zombies 0 1"
	check "debugfs: modes as KFENCE's" said "modes 444 400 "
	check "debugfs: KFENCE's statistics come first" \
		[ "$(names | head -n 9 | tr '\n' ,)" = "$kfence_names" ]
	check "debugfs: statistics add up" adds_up
	check "debugfs: all objects, in the layout of reports" objects_are_right
	check "debugfs: an object of a destroyed cache" gone_cache
	check "another prefix" grep -q '^log: BUG: MINE: out-of-bounds read in bug_oob_read_left+' "$log"
}

unloading()
{
	check "objects that are copied to user space are guarded" said "links guarded 9"
	check "and copied all the time that the detector goes away" said "links were read"
	check "each copy is right" [ ! "$(value 'a link')" ]
	check "and none is refused" [ "$(grep -c '^console: usercopy:' "$log")" = 0 ]
}

hard_contexts()
{
	check "a bug in an interrupt" \
		reports 1 context_interrupt context_interrupt "use-after-free read in use_freed+"
	check "a bug in printing a report is counted, and the report is whole" \
		reports 1 context_console context_console "use-after-free read in context_console+"
	check "and only that one is lost, but for its record" said "context_console: 2 records, 1 lost"
	check "while a slow console prints, another CPU waits a bounded time" \
		reports 1 context_slow_console context_slow_console \
		"use-after-free read in context_slow_console+"
	check "and its report is counted, and its record there" \
		said "context_slow_console: 2 records, 1 lost"
	check "a bug in an NMI" reports 1 context_nmi context_nmi_end "use-after-free read in use_freed+"
	lost=$(value context_threads: | sed 's/^20 records, \(.*\) lost$/\1/')
	check "bugs on two CPUs at once: reports do not mix, and none is missing" \
		reports $((20 - ${lost:-20})) context_threads context_threads \
		"use-after-free read in commit_some+"
}

order()
{
	awk -v first="$1" -v second="$2" '$0 ~ first { seen = 1 }
		seen && $0 ~ second { found = 1 } END { exit !found }' "$log"
}

titles()
{
	grep -c '^console: BUG: KFENCE: ' "$log" || :
}

oops()
{
	boot oops
	check "fault=oops: 21 tasks die, and the kernel goes on" \
		said "alive after 21 deaths, 0 threads left"
	check "each after its report" [ "$(grep -c '^log: BUG: KFENCE: ' "$log")" = 21 ]
	check "none went on" [ "$(grep -c '^log: picket-native: the thread goes on' "$log")" = 0 ]
	check "an object whose free was the end of its task is freed" said "freed in commit_in_free"
	check "no report is lost" [ "$(statistic 'reports lost')" = 0 ]
}

panics()
{
	boot panic_on_warn no_hash_pointers
	check "panic_on_warn: the kernel panics, as by KFENCE" order \
		'^console: BUG: KFENCE: use-after-free read in bug_uaf_read' \
		'^console: Kernel panic - not syncing: KFENCE: panic_on_warn set'
	if [ "$(value no_hash_pointers)" = 1 ]; then
		check "no_hash_pointers: registers are shown" order '^console: BUG: KFENCE: ' \
			'^console: RIP: 0010:bug_uaf_read'
	else
		check "a kernel without no_hash_pointers: addresses are hashed" \
			grep -q '^console: Use-after-free read at 0x00000000[0-9a-f]\{8\} (in' "$log"
	fi
	boot fault_panic
	check "fault=panic: the kernel panics after the report" order \
		'^console: BUG: KFENCE: use-after-free read in bug_uaf_read' \
		'^console: Kernel panic - not syncing: picket: fault=panic set'
	check "no other object is checked then" [ "$(titles)" = 1 ]
	boot check_on_panic
	check "check_on_panic: a changed canary is reported after the panic" order \
		'^console: Kernel panic - not syncing' '^console: BUG: KFENCE: memory corruption in '
	check "each of two, and nothing else" [ "$(titles)" = 2 ]
}

after_report
unloading
hard_contexts
oops
panics
tap_done
