#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket kernel with a KFENCE that is built in, on a made-up kernel (kernel_system_fake.c).
. "$(dirname "$0")/tap.sh"

logs=$SOURCE/test/fuzz/corpus/kernel_text
export MADE_UP="$PWD/kernel"
parameters=$MADE_UP/sys/module/kfence/parameters
kmsg=$MADE_UP/dev/kmsg
mkdir -p "$parameters" "$MADE_UP/dev" "$MADE_UP/sys/kernel/debug/kfence" \
	"$MADE_UP/proc/sys/kernel/random"
echo 01234567-89ab-cdef-0123-456789abcdef >"$MADE_UP/proc/sys/kernel/random/boot_id"
for name in burst sample_interval skip_covered_thresh; do
	echo 0 >"$parameters/$name"
done
echo N >"$parameters/deferrable"
chmod 444 "$parameters/deferrable"

kernel() {
	"$PICKET" kernel "$@" >out 2>err
}
values() {
	cat "$parameters/sample_interval" "$parameters/burst" "$parameters/skip_covered_thresh" | xargs
}
# refused PATTERN ARGUMENT...
refused() {
	pattern=$1
	shift
	kernel start "$@"
	is "$? $(lines err) $(values)" "1 1 $before" "start $*: refused, and nothing is changed"
	like "$(cat err)" "picket: kernel start: $pattern" "start $*: says why"
}

kernel start --interval=50 --burst=3 --skip-covered-thresh=40
is "$? $(cat err) $(values)" "0  50 3 40" "start sets what is asked for"
before="50 3 40"
refused "--every='3': the kernel's own KFENCE has no such parameter; allowed: --burst, --interval, \
--skip-covered-thresh" --burst=9 --every=3
refused "--deferrable='1': the kernel's own KFENCE does not change it while it runs; allowed: *" \
	--deferrable
refused "--filter-cache='a': *no such parameter*" --interval=1 --filter-cache=a
kernel stop
is "$? $(cat err) $(values)" "0  0 3 40" "stop sets the interval to 0"
rm "$parameters/sample_interval"
kernel status
is "$? $(lines err)" "0 1" "status without an interval"
like "$(cat err)" "picket: kernel status: cannot read *sample_interval*" "says so"

# --- reports from the log
cat "$logs"/*.kmsg "$logs"/*.dmesg >"$kmsg"
kernel reports --json
is "$? $(cat err) $(lines out)" "0  $(grep -c 'BUG:.* in ' "$kmsg")" "reports: all that the log holds"
is "$(jq -r '[.domain, .boot_id, ."os.version"] | join(" ")' out | sort -u | tail -n 1)" \
	"kernel 01234567-89ab-cdef-0123-456789abcdef 6.12.117+deb13-cloud-amd64" \
	"reports: of this boot, of the kernel that the log names"
is "$(jq -r .sequence out | xargs)" "$(seq "$(lines out)" | xargs)" "reports: they are numbered"
is "$(jq -r '.wall_offset_ns | length > 10' out | sort -u)" true "reports: with the time of day"
cp out first
kernel reports --json
is "$(jq -r .report_id out)" "$(jq -r .report_id first)" "reports: read again they are the same"
kernel reports
is "$(grep -c '^BUG: PICKET: ' out)" "$(lines first)" "reports: as text"
rm "$kmsg"
kernel reports
is "$? $(cat err)" "1 picket: kernel reports: cannot read the kernel log, /dev/kmsg: No such file or \
directory" "reports: no log"

# Follow: a report is given at its end, or when no more comes.
count() {
	tries=0
	until [ "$(lines out)" -ge "$1" ] || [ $tries -eq 200 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	lines out
}
mkfifo "$kmsg"
"$PICKET" kernel reports --follow --json >out 2>err &
reader=$!
exec 3>"$kmsg"
cat "$logs/corruption.kmsg" >&3
is "$(count 1)" 1 "follow: a report"
sed '/=====/d' "$logs/uaf-write-shown.kmsg" >&3
is "$(count 2)" 2 "follow: a report without end"
cat "$logs/double-free.dmesg" "$logs/invalid-free.dmesg" >&3
is "$(count 4)" 4 "follow: two more"
kill $reader
wait $reader
is "$? $(cat err)" "0 " "follow: ends when it is told to"
exec 3>&-
is "$(jq -r '.memory_error.type' out | xargs)" "CORRUPTION USE_AFTER_FREE DOUBLE_FREE INVALID_FREE" \
	"follow: what they are"

tap_done
