#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: bugs.sh KERNEL DIRECTORY [KERNEL-ARGUMENT...]
#
# Boots the kernel with picket.ko and picket_bugs.ko from the directory, commits every bug, and
# compares what the kernel's log says of each with the table below. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../test/tap.sh"
[ $# -ge 2 ] || usage
kernel=$1
modules=$2
shift 2
log=$dir/log
complaints='WARNING:|Oops|BUG: (kernel|unable|soft)|general protection'

# What the title must match, and which functions must stand in the stacks of allocation and free.
# "silent": no report at all. Titles of several reports are joined by ", then ".
expected()
{
	cat <<-'END'
		oob_read_right:out-of-bounds read in bug_oob_read_right:bug_alloc:-
		oob_read_left:out-of-bounds read in bug_oob_read_left:bug_alloc:-
		oob_write_right:out-of-bounds write in bug_oob_write_right:bug_alloc:-
		oob_write_left:out-of-bounds write in bug_oob_write_left:bug_alloc:-
		uaf_read:use-after-free read in bug_uaf_read:bug_alloc:bug_free
		uaf_write:use-after-free write in bug_uaf_write:bug_alloc:bug_free
		cache_oob:out-of-bounds write in bug_cache_oob:bug_alloc_from:-
		cache_uaf:use-after-free read in bug_cache_uaf:bug_alloc_from:bug_free_to
		destroyed_use:use-after-free read in bug_destroyed_use:bug_alloc_from:kmem_cache_destroy
		rcu_use:use-after-free read in bug_rcu_use:bug_alloc:kv?free_rcu
		usercopy:out-of-bounds read in .*(copy|rep_movs).*:bug_alloc:-
		double_free:invalid free in bug_free:bug_alloc:bug_free
		double_free_use:invalid free in bug_free, then use-after-free read in bug_double_free_use:bug_alloc:bug_free
		cache_double_free:invalid free in bug_free_to:bug_alloc_from:bug_free_to
		invalid_free:invalid free in bug_free:bug_alloc:-
		corruption_right:memory corruption in bug_free:bug_alloc:bug_free
		corruption_left:memory corruption in bug_free:bug_alloc:bug_free
		corruption_gap:memory corruption in bug_free:bug_alloc:bug_free
		healthy_sizes:silent
		healthy_ksize:silent
		healthy_bulk:silent
		healthy_usercopy:silent
		healthy_nofault:silent
		healthy_constructor:silent
		leftovers_keep:silent
		leftovers_use:silent
	END
}

# The log of one bug, without times.
section()
{
	sed -n "/picket-bugs: $1 starts/,/picket-bugs: $1 ends/s/^\[[^]]*\] \{0,1\}//p" "$log"
}

explain()
{
	section "$name" | sed 's/^/# /'
}

# The first function of the stack below the line that starts with the word.
first_of()
{
	awk -v word="$1" 'found { print; exit } index($0, word " by task") == 1 { found = 1 }'
}

# The titles of all reports, joined.
titles()
{
	sed -n 's/^BUG: KFENCE: \(.*\)+0x.*/\1/p' | sed ':more; N; s/\n/, then /; b more'
}

as_expected()
{
	text=$(section "$name")
	echo "$text" | grep -q "$name ends with 0" || return 1
	if [ "$title" = silent ]; then
		! echo "$text" | grep -q '^BUG: '
		return
	fi
	echo "$text" | titles | grep -Exq "$title" &&
		echo "$text" | first_of allocated | grep -Eq "^ $alloc\+" || return 1
	[ "$free" = - ] || echo "$text" | first_of freed | grep -Eq "^ $free"
}

well()
{
	! grep -Eq "$complaints" "$log" && grep -q 'picket-bugs: unloaded' "$log" && return
	grep -E -A 30 "$complaints" "$log" | sed 's/^/# /'
	return 1
}

"$here/../../../test/vm/run" "$kernel" --module "$modules/picket.ko" \
	--module "$modules/picket_bugs.ko" --init "$here/bugs-guest" --timeout 240 \
	--append "$*" >"$log" 2>&1 || echo "# $(tail -n 1 "$log")"
while IFS=: read -r name title alloc free; do
	check "$name" as_expected
done <<END
$(expected)
END
check "the kernel is well and Picket can be unloaded" well
tap_done
