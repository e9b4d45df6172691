#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket show --log: kernel logs as records. Real ones, and what may have become of them.
. "$(dirname "$0")/tap.sh"

logs=$SOURCE/test/fuzz/corpus/kernel_text

records() {
	"$PICKET" show --log --json "$@"
}
# tell FILE - what matters of each report, without addresses and times
tell() {
	records "$1" | jq -r '.memory_error as $bug | $bug.heap as $heap |
		[$bug.type, $bug.access, $bug.found,
		 ($bug.position // "-") + " " + ($bug.distance_bytes // 0 | tostring),
		 $heap.slot, $heap.size, $heap.state, $heap.placement, ($heap.cache // "-"),
		 $bug.access_backtrace[0].function_name + "@" + $bug.access_backtrace[0].file_name,
		 ([$bug.access_backtrace, $heap.allocation_backtrace, $heap.deallocation_backtrace] |
			map(length) | join(" ")),
		 "task", ."thread.id", ."thread.name", .cpu, .addresses // "shown"] | map(tostring) | join(" ")'
}
# reads FILE WANTED NAME
reads() {
	is "$(tell "$logs/$1")" "$2" "$1"
}

reads invalid-read.dmesg "INVALID_ACCESS READ fault - 0 null null null null - \
bug_invalid_read@picket_native 9 0 0 task 138 sh 0 hashed"
reads oob-write-left.dmesg "OUT_OF_BOUNDS WRITE fault left 8 210 32 live auto kmalloc-32 \
bug_oob_write_left@picket_native 9 10 0 task 138 sh 0 hashed"
reads oob-read-right-shown.dmesg "OUT_OF_BOUNDS READ fault right 1 57 32 live right kmalloc-32 \
bug_oob_read_right@picket_native 9 10 0 task 143 sh 0 shown"
reads oob-read-rcu-freeing.dmesg "OUT_OF_BOUNDS READ fault right 1 203 64 freed auto rcu-bug \
bug_rcu_oob@rcu_bug 9 9 9 task 142 insmod 0 hashed"
reads uaf-read-destroyed.dmesg "USE_AFTER_FREE READ fault inside 0 135 32 freed auto - \
bug_destroyed_use@picket_native 9 10 10 task 138 sh 0 hashed"
reads uaf-write-shown.kmsg "USE_AFTER_FREE WRITE fault inside 31 17 32 freed left kmalloc-32 \
bug_uaf_write@picket_native 9 10 9 task 143 sh 0 shown"
reads double-free.dmesg "DOUBLE_FREE UNKNOWN free inside 0 143 32 freed auto kmalloc-32 \
bug_double_free@picket_native 9 10 9 task 138 sh 0 hashed"
reads invalid-free.dmesg "INVALID_FREE UNKNOWN free - 0 56 32 live auto kmalloc-32 \
bug_invalid_free@picket_native 9 10 0 task 138 sh 0 hashed"
reads invalid-free-shown.dmesg "INVALID_FREE UNKNOWN free inside 8 90 32 live left kmalloc-32 \
bug_invalid_free@picket_native 9 10 0 task 143 sh 0 shown"
reads corruption.dmesg "CORRUPTION WRITE free - 0 174 32 freed auto kmalloc-32 \
bug_corruption_right@picket_native 9 10 9 task 138 sh 0 hashed"
reads corruption-shown.dmesg "CORRUPTION WRITE free right 1 185 32 freed left kmalloc-32 \
bug_corruption_right@picket_native 9 10 9 task 143 sh 0 shown"
reads corruption-panic.console "CORRUPTION WRITE panic - 0 41 32 live auto kmalloc-32 \
notifier_call_chain@vmlinux 11 10 0 task 141 sh 0 hashed"
reads picket-6.1-double-free.dmesg "DOUBLE_FREE UNKNOWN free inside 0 73 32 freed auto kmalloc-32 \
bug_double_free@picket_native 9 10 9 task 90 sh 0 hashed"
reads picket-5.10-corruption.dmesg "CORRUPTION WRITE free - 0 179 32 freed auto kmalloc-32 \
bug_corruption_left@picket_native 10 11 10 task 82 sh 0 hashed"
reads first-release.dmesg "OUT_OF_BOUNDS READ fault left 1 17 32 live left kmalloc-32 \
reader@vmlinux 3 4 0 task 107 a reader 4 shown"
is "$(for file in "$logs"/*.dmesg "$logs"/*.console "$logs"/*.kmsg; do records "$file"; done |
	wc -l)" "$(cat "$logs"/*.dmesg "$logs"/*.console "$logs"/*.kmsg | grep -c 'BUG:.* in ')" \
	"each report of each log is found"

# --- more than a summary
log=$logs/corruption-shown.dmesg
records "$log" >one
is "$(jq -r '.time_ns, .memory_error.fault_address, .memory_error.heap.address,
	.memory_error.heap.allocation_time_ns, .memory_error.heap.deallocation_tid' one)" \
	"$(printf '0x%x\n' 5217331000)
0xff19857981774020
0xff19857981774000
$(printf '0x%x\n' 5217041000)
143" "times and addresses"
is "$(jq -c '.memory_error.corruption | .bytes, .changed' one)" '"5aab5aa9aeafacadaaaba8a9aeafac5a"
32773' "bytes that are shown, between those that are right"
is "$(records "$logs/corruption.dmesg" | jq -c '.memory_error.corruption | .bytes, .changed')" '""
32773' "bytes that are hidden are none, but which are wrong is known"
is "$(jq -c '.detector.name, .domain, ."os.version", has("sampling")' one)" '"kfence"
"kernel"
"6.12.117+deb13-cloud-amd64"
false' "whose report it is, and what is not known"
is "$(jq -c '.memory_error | .access_backtrace[0], has("access_backtrace_exact")' one)" '{"function_name":"bug_corruption_right","file_name":"picket_native","function_offset":50,"function_size":80}
false' "a frame has a function and no address"
is "$(records "$logs/uaf-write-shown.kmsg" | jq '.memory_error.access_backtrace_exact')" true \
	"after a fault the first frame is where it was"
is "$("$PICKET" show --log "$log" | grep -c '^BUG: PICKET: memory corruption found in bug_')" 1 "as text"
is "$("$PICKET" show --log "$logs/corruption.dmesg" | grep -c '^picket-#174: address hashed to 0x')" 1 \
	"a hash is no range of addresses"
is "$("$PICKET" show --json one)" "$(cat one)" "the JSON is a record"
is "$(records "$logs/picket-6.1-double-free.dmesg" | jq -r .detector.name)" picket \
	"another prefix is Picket's"

# --- what may have become of a log
same() {
	is "$(records "$1" | jq -c "$2")" "$(jq -c "$2" one)" "$3"
}
change() {
	sed -E "$@" "$log" >changed
}
change 's/$/\r/'
same changed . "carriage returns"
change 's/^\[/[T]&/; s/^\[T\]\[ *([0-9.]+)\]/[    \1][  T138]/'
same changed . "callers"
change 's/^/<4>/'
same changed . "dmesg -r"
change 's/^/kern  :warn  : /'
same changed . "dmesg -x"
change 's/^/Nov 21 08:00:00 host kernel: /'
same changed . "syslog"
change 's/^\[[^]]*\] /2026-11-21T08:00:00,123456+01:00 host kernel: /'
same changed 'del(.time_ns, .report_id, .memory_error.corruption.until_ns)' "journalctl -o short-iso"
change 's/^\[[^]]*\] /[Sat Nov 21 08:00:00 2026] /'
same changed 'del(.time_ns, .report_id, .memory_error.corruption.until_ns)' "dmesg -T"
change 's/^\[[^]]*\] //'
same changed 'del(.time_ns, .report_id, .memory_error.corruption.until_ns)' "no times"
is "$(records changed | jq -r .time_ns)" "$(printf '0x%x' 5217621000)" \
	"then the time is that of the allocation and how long ago"
change 's/ \([0-9.]*s ago\)//'
same changed . "releases that say no time since"
change '/[0-9]s$/! s/.*/&\n[    9.000001] usb 1-1: new device\n[    9.000002] audit: type=1 (x)/'
same changed . "other lines between"
is "$(records "$logs/corruption.kmsg" | jq -c '[.time_ns, .memory_error.type]')" \
	"[\"$(printf '0x%x' 4397713000)\",\"CORRUPTION\"]" "records of /dev/kmsg"

# Two CPUs at a time, told apart by their callers.
caller() {
	sed -E "s/^\[ *([0-9.]+)\]/[    \1][  $2]/" "$logs/$1"
}
caller double-free.dmesg T1 >left
caller uaf-read-destroyed.dmesg C2 >right
paste -d '\n' left right >both
is "$(records both | jq -cS 'del(.sequence, .report_id)' | sort)" "$(records left right |
	jq -cS 'del(.sequence, .report_id)' | sort)" "two reports at a time"
is "$(tell both | wc -l)" 2 "are two"

sed -E 's/0x[0-9a-f]{16}/0x(____ptrval____)/' "$logs/oob-write-left.dmesg" |
	sed -E 's/-0x[0-9a-f]{16}/-0x(____ptrval____)/' >changed
is "$(tell changed)" "$(tell "$logs/oob-write-left.dmesg")" "addresses that are not shown at all"
sed '/=====/d' "$logs/double-free.dmesg" "$logs/invalid-free.dmesg" >changed
is "$(records changed | jq -r .memory_error.type)" "DOUBLE_FREE
INVALID_FREE" "lost rulers"
sed 's/ allocated by task/ no allocation stack/; s/\(.*\)allocated by task.*/\1 no allocation stack/
	/guarded/,/^$/d' "$logs/oob-write-left.dmesg" >changed
is "$(records changed | jq '.memory_error.heap.allocation_backtrace | length')" 0 "no allocation stack"

# Cut anywhere, the rest is a record as far as it goes.
count=$(wc -l <"$log")
title=$(grep -n 'BUG: ' "$log" | cut -d: -f1)
wrong=0
for end in $(seq 0 "$count"); do
	head -n "$end" "$log" >changed
	[ "$(records changed | "$PICKET" show --json - | wc -l)" = $((end >= title)) ] || wrong=$((wrong + 1))
done
is $wrong 0 "a log that ends anywhere"
wrong=0
for start in $(seq 1 "$count"); do
	tail -n "+$start" "$log" >changed
	[ "$(records changed | wc -l)" = $((start <= title)) ] || wrong=$((wrong + 1))
done
is $wrong 0 "a log that begins anywhere"

# --- the rest
"$PICKET" show "$log" >out 2>err
is "$? $(grep -c ' (a kernel log needs --log)$' err)" "1 3" "without --log it is named"
cat >other <<'END'
[    1.0] ==================================================================
[    1.0] BUG: KASAN: slab-out-of-bounds in reader+0x12/0x34
[    1.0] Read of size 8 at addr ffff888004b6e300 by task init/1
[    1.0] ==================================================================
[    1.0] BUG: KASAN: slab-use-after-free in reader+0x12/0x34 [driver]
[    1.0] ==================================================================
[    1.0] BUG: unable to handle page fault for address: ffffffffc0123456
[    1.0] BUG: KFENCE: use-after-free read in
[    1.0] BUG: kernel NULL pointer dereference, invalid read in progress
END
"$PICKET" show --log other /dev/null >out 2>err
is "$? $(cat out err)" "0 " "reports of others are not taken"
{ head -c 300000 /dev/zero | tr '\0' x; echo; cat "$log"; } | "$PICKET" show --log --json - >out 2>err
is "$? $(cat err) $(cat out)" "0  $(cat one)" "a line that is too long, from standard input"
"$PICKET" show --log nowhere "$log" >out 2>err
is "$? $(cat err) $(grep -c ^BUG out)" "1 picket: show: cannot read 'nowhere': No such file or \
directory 1" "a file that is missing does not hide the others"
"$PICKET" show --log . >out 2>err
is "$? $(cat err)" "1 picket: show: .: cannot read: Is a directory" "a directory"
"$PICKET" show --log >out 2>err
is "$? $(cat err)" "2 picket: show: a file of a kernel log is needed, or - for standard input" "no file"

if python3 -c 'import jsonschema' 2>/dev/null; then
	records "$logs"/*.dmesg "$logs"/*.kmsg "$logs"/*.console |
		python3 -c 'import json, jsonschema, sys
schema = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
print(sum(schema.is_valid(json.loads(line)) for line in sys.stdin))' \
			"$SOURCE/doc/report.schema.json" >valid
	is "$(cat valid)" "$(cat "$logs"/*.dmesg "$logs"/*.kmsg "$logs"/*.console |
		grep -c 'BUG:.* in ')" "records are as the schema says"
else
	skip "records are as the schema says" "the Python module jsonschema is missing"
fi

tap_done
