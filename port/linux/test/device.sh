#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: device.sh KERNEL DIRECTORY
#
# Boots the kernel with picket.ko and picket_bugs.ko from the directory and holds against each
# other what readers of /dev/picket must get and what they got. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../test/tap.sh"
[ $# -eq 2 ] || usage
log=$dir/log

said()
{
	grep -qx "device: $1" "$log"
}

records()
{
	[ "$(jq -r "$1" "$log.json" | tr '\n' ' ')" = "$2 " ]
}

every()
{
	jq -es "length > 0 and all($1)" "$log.json" >/dev/null
}

value()
{
	sed -n "s/^device: $1 //p" "$log"
}

# Each of the 64 records was read, is held, or was counted as lost before anybody read it.
adds_up()
{
	[ "$(value last)" = 64 ] && [ "$(value lost)" -gt 0 ] &&
		[ $((4 + $(value lost) + $(value held | cut -d , -f 1))) -ge 64 ]
}

"$here/../../../test/vm/run" "$1" --append quiet --module "$2/picket.ko" \
	--module "$2/picket_bugs.ko" --init "$here/device-guest" --timeout 300 >"$log" 2>&1 ||
	echo "# $(tail -n 1 "$log")"
grep '^{' "$log" >"$log.json" || :

check "only root may read" said "mode 400"
check "every line is a record" every '.schema == "memory_error/1" and .domain == "kernel"'
check "sequence numbers have no gap" records .sequence "1 2 3 4"
check "bugs are told apart" records .memory_error.type \
	"USE_AFTER_FREE OUT_OF_BOUNDS DOUBLE_FREE CORRUPTION"
check "frames name function and module" records \
	'.memory_error.access_backtrace[0] | .function_name + "@" + .file_name' \
	"bug_uaf_read@picket_bugs bug_oob_write_right@picket_bugs bug_free@picket_bugs bug_free@picket_bugs"
check "the kernel's own frames are told so" records \
	'[.memory_error.heap.allocation_backtrace[] | select(.file_name == "vmlinux")] | length > 3' \
	"true true true true"
check "the boot is named" every '.boot_id | test("^[0-9a-f-]{36}$")'
check "who waits is woken" said "a follower has all that is held"
check "a reader keeps the module" said "it stays while it is read"
check "old records make room, whole" grep -q '^device: held [1-9][0-9]*, torn 0$' "$log"
check "what nobody read is counted" adds_up
check "unloaded, the device is gone" said "gone"
tap_done
