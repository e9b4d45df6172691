#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kernel-vm.sh KERNEL DIRECTORY
#
# The command itself in a guest, with the libraries that it has here: `picket kernel` with
# picket.ko and bugs from the directory. Output is TAP.
here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm/run
. "$here/tap.sh"

kernel=$1
modules=$2

# boot LOG [OPTION...]
boot() {
	log=$1
	shift
	# shellcheck disable=SC2046 # words
	"$vm" "$kernel" $(packed) --file "$modules/picket.ko" --file "$modules/picket_bugs.ko" \
		--file "$modules/picket_native.ko" --file other.ko --init "$here/kernel-guest" --timeout 600 "$@" >"$log" 2>&1 ||
		echo "# $(tail -n 1 "$log")"
}

# said PATTERN NAME - the guest said a line like this
said() {
	like "$(sed -n "s/^kernel: \(${1%% *} .*\)/\1/p" "$log")" "$1" "$2"
}

# records BY FILTER WANTED NAME - of all records that were given by this reader
records() {
	is "$(grep '^{' "$log" | jq -r "select(.by == \"$1\") | $2" | tr '\n' ' ')" "$3 " "$4"
}

build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}

LC_ALL=C sed 's/\(vermagic=[^ ]* \)SMP/\1UMP/' "$modules/picket.ko" >other.ko
boot log --append quiet
if grep -q '^kernel: native-' log; then
	said "nothing 0 *" "status: before"
	said "native-start 0 the kernel's own KFENCE watches it; it guards: one allocation every 1 ms" \
		"native: start"
	said "native-records 0 1" "native: one report"
	records native-records '.memory_error.type + " " + .domain' "USE_AFTER_FREE kernel" \
		"native: the report is a record"
	records native-records '.memory_error.access_backtrace[0] | .function_name + "@" + .file_name' \
		"bug_uaf_read@picket_native" "native: its stack"
	records native-records '.memory_error.access_backtrace[0].build_id' \
		"$(build_id "$modules/picket_native.ko")" "native: build-ids"
	said "native-module 1 picket: kernel start: *" "native: what it has not is refused"
	said "native-status *detector: KFENCE*one allocation every 1 ms*reports: 1*total bugs: 1*" \
		"native: status"
	said "native-stop 0 *" "native: stop"
	said "native-interval 0" "native: it is stopped"
else
	said "nothing 0 kernel: *" "status: before"
fi
said "wrong-kernel 1 picket: kernel start: the kernel refuses 'other.ko': it is no module, or one \
for another kernel: version magic '* UMP *" "a module for another kernel"
said "wrong-value 1 picket: kernel start: the kernel refuses 'picket.ko': sample_interval_us '5' is \
not allowed*" "a value that the module refuses"
said "start 0 picket.ko watches this kernel; it guards: one allocation every 3 ms" "start"
said "parameters 3 63 " "start: parameters are set"
said "change 0 *every 1 ms" "start: a parameter is changed"
said "records 0 2" "reports --json"
records records '.memory_error.type + " " + (.sequence | tostring)' \
	"USE_AFTER_FREE 1 OUT_OF_BOUNDS 2" "reports: what they tell"
records records '[.memory_error.access_backtrace[] | select(.file_name == "picket_bugs") | .build_id]
	| unique[]' "$(build_id "$modules/picket_bugs.ko") $(build_id "$modules/picket_bugs.ko")" \
	"reports: the build-id of a module"
records records '[.memory_error.heap.allocation_backtrace[] | select(.file_name == "vmlinux") |
	.build_id | test("^[0-9a-f]{40}$")] | unique[]' "true true" "reports: the build-id of the kernel"
said "text 0 2 5" "reports as text"
is "$(sed -n 's/^kernel: status //p' log | jq -r '.detector, .sample_interval_us, .reports,
	.statistics."total bugs", .readers[].name')" "picket.ko
1000
2
2
picket" "status --json, with the reader"
said "stop-while-read 1 picket: kernel stop: *while /dev/picket is open in pid * (picket)" \
	"stop: who keeps it"
said "start-again 0 *every 100 ms" "start after that"
said "interval 100" "start: samples are taken again"
said "follow 0 3" "reports --follow"
said "interrupted 0 3" "reports --follow ends by Ctrl-C"
said "stop 0 picket.ko is unloaded; * guarded objects were still in use, and remain so" "stop"
said "loaded 0, prefix 3" "stop: it is unloaded, and the log had the prefix"
said "well 0" "the kernel is well"

boot log --append "quiet lockdown=integrity"
said "locked-down 1 picket: kernel start: the kernel refuses 'picket.ko': it is locked down \
(integrity) and takes signed modules only; *Secure Boot*" "lockdown: a clear refusal"

[ "$tap_failures" -eq 0 ] || sed 's/^/# /' log
tap_done
