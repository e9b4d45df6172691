# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by tests that judge what a guest said that was at work for long. They set `here`.
. "$here/../../../test/tap.sh"
vm=$here/../../../test/vm

# The console, what of it is the guest's, and of that what the test's own script said.
log=$dir/log
guest=$dir/guest
said=$dir/said

# For the kernel: a guest that a busy machine keeps waiting is not locked up.
patience="watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
# Tests add to it.
complaints='WARNING:|Oops|general protection|INFO: (rcu|task)'

# prepare COMMAND...: prints what it prints; where nothing can be fetched the test is skipped
prepare()
{
	"$@" 2>"$dir/errors" || {
		[ $? -eq 125 ] || {
			sed 's/^/# /' "$dir/errors" >&2
			exit 1
		}
		echo "1..0 # SKIP $(tail -n 1 "$dir/errors")" >&2
		exit 125
	}
}

# What a boot says on a machine that is busy is not the test's.
find_guest()
{
	sed -n '/Run \/init/,$ p' "$log" >"$guest"
}

# well LAST: the script came to its last line, and the kernel has nothing to complain of
well()
{
	grep -q "$1" "$log" && ! grep -Eq "$complaints" "$guest" && return
	grep -E -B 12 -A 60 "$complaints" "$guest" | head -n 150 | sed 's/^/# /'
	tail -n 20 "$log" | sed 's/^/# /'
	return 1
}

# check_well NAME LAST: without that nothing else is looked at
check_well()
{
	check "$1" well "$2"
	[ $tap_failures -eq 0 ] || tap_done
}

# sum PATTERN: of the numbers in \( \), in all lines of the script
sum()
{
	sed -n "s/$1/\1/p" "$said" | awk '{ sum += $1 } END { print sum + 0 }'
}
