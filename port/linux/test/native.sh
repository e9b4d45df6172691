#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: native.sh KERNEL DIRECTORY
#
# On a kernel that has KFENCE: boots it twice with picket_native.ko, the second time with picket.ko
# too, and compares what the log says of each bug, to the letter, with levels; but for addresses,
# times, tasks, slot numbers and the differences that doc/report-format.md lists. Once more with
# no_hash_pointers, where registers and bytes are shown, and once up to a panic. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../test/tap.sh"
[ $# -eq 2 ] || usage
kernel=$1
modules=$2

# Of the lines of /dev/kmsg level and text, and of the text what must be the same. Guessed frames
# hold whatever lay on the stack before; the kernel has two ways to free a batch after RCU; and
# KFENCE takes the objects of a destroyed cache at another place in the same function.
same()
{
	sed -E 's/^native: ([0-9]),[0-9]+,[0-9]+,([^;]*);/\1\2 /; s/^native: objects: //
		/^4- +\? /d
		s/0x[0-9a-f]{16}/ADDRESS/g
		s/kfence-#[0-9]+/kfence-#N/
		s/ by task [0-9]+ on cpu [0-9]+ at [0-9.]+s \([0-9.]+s ago\)/ by task T on cpu C at S (S ago)/
		s/CPU: [0-9]+ (.*)PID: [0-9]+ /CPU: C \1PID: P /
		s/\b[0-9a-f]{16}\b/VALUE/g
		s/EFLAGS: [0-9a-f]{8}/EFLAGS: VALUE/
		s/^(4- Code:) .*/\1 BYTES/
		s/ kfree_rcu_(work|monitor)\+.*/ kfree_rcu/
		s/ kmem_cache_destroy\+0x[0-9a-f]+/ kmem_cache_destroy+PLACE/'
}

# boot NAME [RUN-OPTION...]: the guest's output, raw and comparable, in $dir/NAME and NAME.same.
boot()
{
	name=$1
	shift
	"$here/../../../test/vm/run" "$kernel" --file "$modules/picket_native.ko" \
		--init "$here/native-guest" --timeout 400 "$@" >"$dir/$name" 2>&1 ||
		[ "${name%-panic}" != "$name" ] || echo "# $name: $(tail -n 1 "$dir/$name")"
	grep '^native: ' "$dir/$name" | same >"$dir/$name.same" || :
}

# section NAME BUG
section()
{
	sed -n "/picket-native: $2 starts/,/picket-native: $2 ends/p" "$dir/$1.same"
}

# titles NAME BUG: of its reports, up to the function
titles()
{
	section "$1" "$2" | sed -n 's/.*BUG: KFENCE: \(.*\) in .*/\1/p' | tr '\n' ','
}

alike()
{
	section "$1" "$3" >"$dir/a"
	section "$2" "$3" >"$dir/b"
	grep -q "$3 ends with 0" "$dir/a" && grep -q 'BUG: KFENCE' "$dir/a" && cmp -s "$dir/a" "$dir/b" &&
		return
	diff -U 3 "$dir/a" "$dir/b" | sed 's/^/# /'
	return 1
}

differ()
{
	[ "$(titles kfence "$1")" = "$2" ] && [ "$(titles picket "$1")" = "$3" ] && return
	echo "# KFENCE: $(titles kfence "$1") Picket: $(titles picket "$1")"
	return 1
}

# The blocks of debugfs about objects of the bugs. Which others there are is chance, as is how often
# a bug had to try for one.
objects()
{
	sed -n '/^native: objects: /p' "$dir/$1" | same |
		awk '/^-+$/ {
				if (block ~ /allocated by[^|]*\| guarded/ && block !~ /freed by[^|]*\| guarded/)
					print block
				block = ""
				next
			}
			{ block = block "|" $0 }' | sort
}

objects_alike()
{
	objects "$1" >"$dir/a"
	objects "$2" >"$dir/b"
	[ -s "$dir/a" ] && cmp -s "$dir/a" "$dir/b" && return
	diff "$dir/a" "$dir/b" | tr '|' '\n' | sed 's/^/# /'
	return 1
}

# compare WORDS KFENCE-BOOT PICKET-BOOT
compare()
{
	for bug in $bugs; do
		check "$bug: the same report$1" alike "$2" "$3" "$bug"
	done
	check "debugfs: the same objects$1" objects_alike "$2" "$3"
}

# The report after the panic, from the console.
after_panic()
{
	sed -n 's/^\[ *[0-9.]*\] \{0,1\}//; /^Kernel panic/,$p' "$dir/$1" | grep -v '^run: ' |
		sed -n '/^=====/,$p' | same
}

panic_alike()
{
	after_panic "$1" >"$dir/a"
	after_panic "$2" >"$dir/b"
	grep -q 'BUG: KFENCE: memory corruption' "$dir/a" && cmp -s "$dir/a" "$dir/b" && return
	diff -U 3 "$dir/a" "$dir/b" | sed 's/^/# /'
	return 1
}

shown()
{
	grep -Eq '^native: 3,.* \[ 0x5a \. 0x5a( \.)* 0x5a \]' "$dir/$1" &&
		grep -q '^native: 4,.*;RIP: 0010:bug_oob_read_right' "$dir/$1"
}

hidden()
{
	! grep -q '^native: [0-9],.*\[ 0x5a' "$dir/$1" && ! grep -q '^native: .*RIP: 0010:' "$dir/$1" &&
		! grep -Eq '^native: .*at 0xf' "$dir/$1"
}

boot kfence
boot picket --file "$modules/picket.ko"
boot kfence-shown --append no_hash_pointers
boot picket-shown --file "$modules/picket.ko" --append no_hash_pointers
: >"$dir/panic"
boot kfence-panic --file "$dir/panic" --append kfence.check_on_panic=1
boot picket-panic --file "$dir/panic" --file "$modules/picket.ko"
bugs=$(sed -n 's/.*picket-native: \(.*\) starts/\1/p' "$dir/picket" |
	grep -Ev '^(tight|usercopy|corruption_kept)$')

check "bugs were committed" [ "$(echo "$bugs" | wc -l)" -ge 19 ]
compare "" kfence picket
compare ", with no_hash_pointers" kfence-shown picket-shown
check "a canary found changed at a panic: the same report" panic_alike kfence-panic picket-panic
check "registers, bytes and addresses are shown with no_hash_pointers" shown picket-shown
check "and hidden without" hidden picket
check "difference: the end of an object of any size is watched" \
	differ tight "memory corruption," "out-of-bounds write,"
check "difference: an overrun by a copy to user space is reported" \
	differ usercopy "" "out-of-bounds read,"
tap_done
