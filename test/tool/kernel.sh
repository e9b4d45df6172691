#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket kernel, on a made-up kernel: files in a directory (kernel_system_fake.c).
. "$(dirname "$0")/tap.sh"

release=6.1.0-7-made-up
export MADE_UP="$PWD/kernel"
search=$PATH

# A kernel without KFENCE, and picket.ko's parameters for when it is loaded.
new_kernel() {
	rm -rf "$MADE_UP"
	mkdir -p "$MADE_UP/sys/module" "$MADE_UP/sys/kernel/debug" "$MADE_UP/module/parameters" \
		"$MADE_UP/dev" "$MADE_UP/var/cache" "$MADE_UP/lib/modules/$release/updates" \
		"$MADE_UP/proc/self" "$MADE_UP/proc/sys/kernel/random" "$MADE_UP/sys/kernel/security"
	: >"$MADE_UP/dev/kmsg"
	for parameter in sample_interval=100 sample_interval_us=100000 every=0 burst=0; do
		echo "${parameter#*=}" >"$MADE_UP/module/parameters/${parameter%=*}"
	done
	for parameter in num_objects=255 deferrable=N 'report_prefix=BUG: KFENCE: '; do
		echo "${parameter#*=}" >"$MADE_UP/module/parameters/${parameter%%=*}"
		chmod 444 "$MADE_UP/module/parameters/${parameter%%=*}"
	done
	echo "a module" >"$MADE_UP/picket.ko"
}

loaded() {
	mv "$MADE_UP/module" "$MADE_UP/sys/module/picket"
}

native() {
	mkdir -p "$MADE_UP/sys/module/kfence/parameters"
	echo 0 >"$MADE_UP/sys/module/kfence/parameters/sample_interval"
}

kernel() {
	PATH="$search" "$PICKET" kernel "$@" >out 2>err
}

parameter() {
	cat "$MADE_UP/sys/module/$1"
}

# wrong STATUS PATTERN ARGUMENT... - the one line is "picket: kernel PATTERN"
wrong() {
	status=$1 pattern=$2
	shift 2
	kernel "$@"
	seen="$? $(lines err) $(lines out)"
	called=$(echo "$*" | tr '\n' ' ')
	is "$seen" "$status 1 0" "$called: exits $status with one line"
	like "$(cat err)" "picket: kernel$pattern" "$called: says what is wrong"
}

# right PATTERN ARGUMENT... - exits 0, silent but for the output
right() {
	pattern=$1
	shift
	kernel "$@"
	is "$? $(cat err)" "0 " "$*: succeeds"
	like "$(cat out)" "$pattern" "$*: says so"
}

# --- the command line
new_kernel
wrong 2 ": an action is needed: start, status, stop, reports, try"
wrong 2 ": unknown action 'walk'; there are start, status, stop, reports, try" walk
wrong 2 ": unknown option '--json'; there are --help" --json start
wrong 2 " start: unknown option '--intervall'; there are *, --interval, *" start --intervall=1
wrong 2 " start: --interval needs a value: --interval=MS" start --interval
wrong 2 " start: --interval='x': must be a number from 0 to 3600000" start --interval=x
wrong 2 " start: --every='-1': must be a number from 0 to 1073741824" start --every=-1
wrong 2 " start: --align='3': must be 0 or a power of two up to 4096" start --align=3
wrong 2 " start: --fault='stop': must be report, oops or panic" start --fault=stop
wrong 2 " start: --sample-by='magic': must be trampoline or probe" start --sample-by=magic
wrong 2 " start: --deferrable='2': must be 0 or 1" start --deferrable=2
wrong 2 " start: --filter-size='9-1': must be MIN-MAX, numbers of bytes from 1 to 4096" start --filter-size=9-1
wrong 2 " start: --filter-size='8': must be MIN-MAX*" start --filter-size=8
wrong 2 " start: --filter-size='0-8': must be MIN-MAX*" start --filter-size=0-8
wrong 2 " start: --filter-size='8-4097': must be MIN-MAX*" start --filter-size=8-4097
wrong 2 " start: --filter-size='1-2-3': must be MIN-MAX*" start --filter-size=1-2-3
wrong 2 " start: --report-prefix='a\"b': must be *" start '--report-prefix=a"b'
wrong 2 " start: --filter-cache='a*b': must be *" start "--filter-cache=a$(printf '\n.')b"
wrong 2 " start: 'now' is one argument too many: picket kernel start *" start now
wrong 2 " status: --json='x': must be 0 or 1" status --json=x
wrong 2 " stop: unknown option '--json'; there are --native, --module, --help" stop --json
wrong 2 " reports: 'file' is one argument too many*" reports file
wrong 2 " try: 'more' is one argument too many*" try debian-6.1-amd64 more
wrong 2 " try: 'debian-7-amd64' is no kernel; allowed: debian-VERSION*5.10, 6.1 or 6.12*" \
	try debian-7-amd64
wrong 2 " try: ';id' is no kernel; allowed: *" try ';id'
for action in start status stop reports try; do
	"$PICKET" help kernel $action >help
	is "$? $(grep -c "^usage: picket kernel $action " help)" "0 1" "help kernel $action"
	"$PICKET" kernel $action --help >out
	is "$(cat out)" "$(cat help)" "kernel $action --help is the same"
done
"$PICKET" help kernel >help
is "$(grep -c '^picket kernel ' help)" 5 "help kernel has every action"
is "$(awk 'length > 80' help)" "" "help kernel fits 80 columns"
"$PICKET" help kernel walk 2>err
is "$? $(cat err)" "2 picket: help: unknown action 'walk' of kernel; there are start, status, \
stop, reports, try" "help of an action that is none"

# --- nothing there
right "*detector:   none" status
is "$(cat out | wc -l)" 2 "status of nothing is short"
right '{"kernel":"6.1.0-7-made-up","detector":"none"}' status --json
right "nothing watches this kernel" stop
right "picket.ko is not loaded" stop --module
wrong 1 " reports: nothing watches this kernel; *" reports
wrong 1 " reports: cannot read /dev/picket: No such file or directory" reports --module
wrong 1 " status: picket.ko is not loaded" status --module
wrong 1 " status: the running kernel, $release, has no KFENCE built in" status --native
wrong 1 " start: the running kernel, $release, has no KFENCE built in" start --native
export MADE_UP_USER=1
wrong 1 " start: only root may*" start
wrong 1 " stop: only root may*" stop
unset MADE_UP_USER

# --- a file that is given
right "picket.ko watches this kernel; it guards: one allocation every 100 ms" \
	start --module-file="$MADE_UP/picket.ko"
is "$(cat "$MADE_UP/loaded" "$MADE_UP/parameters")" "a module" "without options there are no parameters"
new_kernel
right "picket.ko watches*" start "--module-file=$MADE_UP/picket.ko" --interval=7 --deferrable \
	"--report-prefix=BUG: X: " --interval 8 --num-objects=63
is "$(cat "$MADE_UP/parameters")" 'sample_interval="7" deferrable="1" report_prefix="BUG: X: "'\
' sample_interval="8" num_objects="63"' "options become parameters, in their order"
new_kernel
kernel start "--module-file=$MADE_UP/picket.ko" --jitter=3
is "$? $(cat err)" "0 picket: kernel start: '$MADE_UP/picket.ko' has no --jitter, which has no effect" \
	"an option that the module does not know is said"
new_kernel
xz -k "$MADE_UP/picket.ko"
mv "$MADE_UP/picket.ko.xz" "$MADE_UP/lib/modules/$release/updates/"
right "picket.ko watches*" start
is "$(cat "$MADE_UP/loaded")" "a module" "a compressed module of the running kernel is found"
new_kernel
printf '\3757zXZ\000no' >"$MADE_UP/picket.ko"
kernel start --module-file="$MADE_UP/picket.ko"
is "$? $(tail -n 1 err)" \
	"1 picket: kernel start: '$MADE_UP/picket.ko' cannot be decompressed by xz" "a damaged one is said"
wrong 1 " start: cannot load '/nowhere': No such file or directory" start --module-file=/nowhere
mkfifo fifo
wrong 1 " start: cannot load 'fifo': is no regular file" start --module-file=fifo
loaded
wrong 1 " start: --module-file='x': picket.ko is loaded already*" start --module-file=x

# --- the kernel refuses
# refused ERRNO LOG PATTERN
refused() {
	{ echo "$1"; [ -z "$2" ] || printf '%b\n' "$2"; } >"$MADE_UP/refuse-load"
	wrong 1 " start: the kernel refuses '$MADE_UP/picket.ko': $3" \
		start "--module-file=$MADE_UP/picket.ko"
}
new_kernel
echo "7,1,1,-;picket: an old line" >>"$MADE_UP/dev/kmsg"
refused 1 "" "not permitted; root may*"
echo 1 >"$MADE_UP/proc/sys/kernel/modules_disabled"
refused 1 "" "loading of modules is switched off until the next boot (kernel.modules_disabled)"
echo "[none] integrity confidentiality" >"$MADE_UP/sys/kernel/security/lockdown"
refused 1 "" "loading of modules is switched off*"
echo "none [integrity] confidentiality" >"$MADE_UP/sys/kernel/security/lockdown"
refused 1 "" "it is locked down (integrity) and takes signed modules only; sign it *MOK*Secure Boot*"
refused 126 "" "it is not signed, and this kernel takes signed modules only; sign it *Secure Boot*"
refused 129 "" "its signature is not one that this kernel trusts; sign it *Secure Boot*"
refused 8 "picket: version magic '5 SMP' should be '6 SMP'" \
	"it is no module, or one for another kernel: version magic '5 SMP' should be '6 SMP'"
refused 8 "" "it is no module, or one for another kernel"
refused 17 "" "it is loaded already"
refused 16 "" "it is being loaded or unloaded at this moment"
refused 16 "picket: kfree is hooked by another" "kfree is hooked by another"
refused 2 "picket: Unknown symbol x (err -2)" "Unknown symbol x (err -2)"
refused 2 "" "it needs a function that this kernel does not have"
refused 95 "picket: loading out-of-tree module taints kernel.\npicket: no IBT, please\nusb: new" \
	"no IBT, please"
refused 22 "picket: every '-1' is not allowed\npicket: \`-1' invalid for parameter \`every'" \
	"every '-1' is not allowed"
refused 12 "" "Cannot allocate memory"
rm "$MADE_UP/dev/kmsg"
refused 22 "" "Invalid argument"

# --- building
headers=$MADE_UP/lib/modules/$release/build
new_headers() {
	mkdir -p "$headers/include/config"
	echo 'CONFIG_CC_VERSION_TEXT="sh (Made up 12) 12"' >"$headers/include/config/auto.conf"
	printf 'modules:\n\t%s\n' "$1" >"$headers/Makefile"
}
cache=$MADE_UP/var/cache/picket
new_kernel
wrong 1 " start: picket.ko cannot be built: there are no headers of the running kernel at \
'$headers'; Debian's package linux-headers-$release has them" start
new_headers '@pwd >$(M)/picket.ko; env >$(CURDIR)/environment'
search=/nonexistent
wrong 1 " start: picket.ko cannot be built: there is no make, which builds \
modules; Debian's package make has it" start
search=$PATH
echo 'CONFIG_CC_VERSION_TEXT=x86_64-linux-gnu-gcc-99 (Debian) 99' >"$headers/include/config/auto.conf"
wrong 1 " start: picket.ko cannot be built: there is no x86_64-linux-gnu-gcc-99, the compiler of \
the running kernel; Debian's package gcc-99 has it" start
new_headers '@pwd >$(M)/picket.ko; env >$(CURDIR)/environment; ls $(M)/../../.. >list'
KCFLAGS=-Dfoo MAKEFLAGS=n kernel start --burst=2
is "$? $(cat err)" "0 " "picket.ko is built and loaded"
is "$(cat "$MADE_UP/loaded" "$MADE_UP/parameters")" "$headers
burst=\"2\"" "with the kernel's own headers"
is "$(grep -c -e KCFLAGS -e foo "$headers/environment")" 0 "our environment does not reach the build"
is "$(tr '\n' ' ' <"$headers/list")" "VERSION core include log port " "nothing but sources is built"
is "$(stat -c %a "$cache" "$cache"/6*)" "700
700" "nobody else can look in or write"
is "$(ls "$cache" | grep -c '^6.1.0-7-made-up-picket-[0-9a-f]\{16\}$') $(ls "$cache"/* | wc -l)" "1 1" \
	"what is kept is the module alone"
again() {
	mv "$MADE_UP/sys/module/picket" "$MADE_UP/module"
	rm -f "$MADE_UP/loaded"
}
again
rm "$headers/Makefile"
right "picket.ko watches*" start
again
new_headers '@echo new >$(M)/picket.ko'
MADE_UP_VERSION="#2 SMP" kernel start
is "$? $(cat "$MADE_UP/loaded") $(ls "$cache" | wc -l)" "0 new 1" \
	"for another build of the kernel it is built anew, and the old one goes"
again
mkdir "$cache/build" && ln -s "$PWD/precious" "$cache/build/link" && mkdir precious && : >precious/file
MADE_UP_VERSION="#3 SMP" kernel start
is "$? $(ls "$cache" | wc -l) $(ls precious)" "0 1 file" "what an interrupted build left goes, no more"
again
new_headers '@echo "guard.c:3:1: error: no such thing"; echo more; exit 1'
export MADE_UP_VERSION="#4 SMP"
kernel start
is "$? $(cat err)" "1 picket: kernel start: picket.ko cannot be built: guard.c:3:1: error: no such \
thing; '$cache/build/log' tells all" "a failure is told in one line"
is "$(grep -c more "$cache/build/log")" 1 "and in full where it says"
new_headers '@echo new >$(M)/picket.ko'
chmod 777 "$cache"
wrong 1 " start: '$cache' is not used to build in: it must be a directory that belongs to root and \
that nobody else can write to" start
mv "$cache" elsewhere && chmod 700 elsewhere && ln -s "$PWD/elsewhere" "$cache"
wrong 1 " start: '$cache' is not used to build in*" start
unset MADE_UP_VERSION

# --- loaded already
new_kernel
loaded
right "*one allocation every 5 ms" start --sample-interval-us=5000 --burst=3
is "$(parameter picket/parameters/sample_interval_us) $(parameter picket/parameters/burst)" "5000 3" \
	"parameters change live"
echo 0 >"$MADE_UP/sys/module/picket/parameters/sample_interval"
kernel start
is "$? $(parameter picket/parameters/sample_interval)" "0 100" "started again after it was stopped"
echo 250 >"$MADE_UP/sys/module/picket/parameters/sample_interval_us"
right "*one allocation every 250 us" start
right "*one of 7 allocations" start --every=7
echo kmalloc-64 >"$MADE_UP/sys/module/picket/parameters/filter_cache"
right "*
filter:     cache kmalloc-64
*" status
kernel start --filter-cache=
is "$? $(od -c "$MADE_UP/sys/module/picket/parameters/filter_cache" | head -n 1)" "0 0000000  \n" \
	"a parameter can be made empty"
right "*every allocation that fits" start --every=1 --deferrable=0 --num-objects=255
wrong 1 " start: --num-objects='7': is '255' and can be set only when picket.ko is loaded; *stop*" \
	start --burst=9 --num-objects=7
is "$(parameter picket/parameters/burst)" 3 "then nothing is changed"
wrong 1 " start: --deferrable='1': is 'N' and *" start --deferrable
wrong 1 " start: the picket.ko that is loaded has no --jitter" start --jitter=1
is "$(ls "$MADE_UP/loaded" 2>&1 | grep -c 'No such')" 1 "it is not loaded twice"

# --- status
new_kernel
loaded
right "*every 100 ms
objects:    255
reports:    not known
readers:    none
statistics: debugfs is not mounted: *" status
echo "debugfs /sys/kernel/debug debugfs rw 0 0" >"$MADE_UP/proc/self/mounts"
right "*statistics: the kernel has none yet" status
mkdir "$MADE_UP/sys/kernel/debug/picket"
printf 'enabled: 1\ncurrently allocated: 12\ntotal bugs: 3\nrecords lost (device): 0\n' \
	>"$MADE_UP/sys/kernel/debug/picket/stats"
mkdir -p "$MADE_UP/proc/17/fd" "$MADE_UP/proc/18/fd"
printf 'c\033t\n' >"$MADE_UP/proc/17/comm"
ln -s /dev/picket "$MADE_UP/proc/17/fd/3"
ln -s /dev/picket2 "$MADE_UP/proc/18/fd/3"
right "kernel:     $release
detector:   picket.ko
guards:     one allocation every 100 ms
objects:    255
reports:    3
readers:    pid 17 (c?t)
statistics:
  enabled: 1
  currently allocated: 12
  total bugs: 3
  records lost (device): 0" status
kernel status --json
is "$? $(jq -c . out)" '0 {"kernel":"6.1.0-7-made-up","detector":"picket.ko",'\
'"sample_interval_us":100000,"objects":255,"reports":3,"statistics":{"enabled":1,"currently allocated":12,'\
'"total bugs":3,"records lost (device)":0},"every":0,"readers":[{"pid":17,"name":"c?t"}]}' \
	"status --json"

# --- stop
echo 11 >"$MADE_UP/refuse-unload"
wrong 1 " stop: no more samples are taken, but picket.ko cannot be unloaded while /dev/picket is \
open in pid 17 (c?t)" stop
is "$(parameter picket/parameters/sample_interval)" 0 "no more samples are taken"
rm "$MADE_UP/proc/17/fd/3"
wrong 1 " stop: *cannot be unloaded: it is in use, and no process*" stop
echo 1 >"$MADE_UP/refuse-unload"
wrong 1 " stop: *cannot be unloaded: Operation not permitted" stop
rm "$MADE_UP/refuse-unload"
right "picket.ko is unloaded; 12 guarded objects were still in use, and remain so" stop
is "$(ls "$MADE_UP/sys/module")" "" "it is unloaded"

# --- native KFENCE
new_kernel
native
right "the kernel's own KFENCE watches it; it guards: one allocation every 100 ms" start
right "*every 20 ms" start --interval=20
is "$(parameter kfence/parameters/sample_interval)" 20 "its interval is set"
right "*detector:   KFENCE, built into the kernel
guards:     one allocation every 20 ms
*" status
right "the kernel's own KFENCE takes no more samples" stop
is "$(parameter kfence/parameters/sample_interval)" 0 "its interval is 0"
wrong 1 " start: *num*objects*" start --num-objects=7
is "$(parameter kfence/parameters/sample_interval)" 0 "then nothing is changed"
right "picket.ko watches*" start --module "--module-file=$MADE_UP/picket.ko"
right "*detector:   picket.ko*" status
right "*detector:   KFENCE*" status --native
right "picket.ko is unloaded" stop
right "the kernel's own KFENCE takes*" stop

# --- reports
new_kernel
loaded
echo 01234567-89ab-cdef-0123-456789abcdef >"$MADE_UP/proc/sys/kernel/random/boot_id"
printf '\004\000\000\000\004\000\000\000\021\000\000\000Xen\000abcd' >"$MADE_UP/sys/kernel/notes"
printf '\004\000\000\000\006\000\000\000\003\000\000\000GNU\000\001\002\003\004\005\n\000\000' \
	>>"$MADE_UP/sys/kernel/notes"
mkdir -p "$MADE_UP/sys/module/driver/notes"
tail -c 24 "$MADE_UP/sys/kernel/notes" | tr '\001' '\377' \
	>"$MADE_UP/sys/module/driver/notes/.note.gnu.build-id"
# record SEQUENCE MODULE
record() {
	"$HELPERS/record_maker" "$2" - 10 20 | jq -c ".sequence = $1 | del(.boot_id, .domain)"
}
{ record 1 vmlinux; record 2 driver; record 5 ../driver; } >"$MADE_UP/dev/picket"
kernel reports --json
is "$? $(lines out) $(cat err)" "0 3 picket: kernel reports: before the next report 2 made room for \
newer ones and were lost" "a gap is said once"
is "$(jq -r '.boot_id + " " + .domain + " " + ."os.version"' out | sort -u)" \
	"01234567-89ab-cdef-0123-456789abcdef kernel $release" "where it was is added"
is "$(jq -r '.memory_error.access_backtrace[0].build_id' out)" "01020304050a
ff020304050a
null" "build-ids are added"
kernel reports
is "$? $(grep -c '^BUG: PICKET: ' out)" "0 3" "text is the default"
{ record 7 vmlinux; echo 'no json'; record 8 vmlinux; } >"$MADE_UP/dev/picket"
kernel reports
is "$? $(grep -c '^BUG: ' out)" "1 2" "what is no record does not hide the others"
is "$(cut -c 1-68 err)" "picket: kernel reports: before the next report 6 made room for newer
picket: kernel reports: a line of /dev/picket is no record: not JSON" "and both are said"
head -c 20000000 /dev/zero >"$MADE_UP/dev/picket"
wrong 1 " reports: a line of /dev/picket is too long to be a record" reports
: >"$MADE_UP/dev/picket"
right "" reports
rm "$MADE_UP/dev/picket"
mkfifo "$MADE_UP/dev/picket"
exec 3<>"$MADE_UP/dev/picket"
right "" reports
record 1 vmlinux >&3
timeout -s INT --preserve-status 5 "$PICKET" kernel reports --follow --json >out 2>err
is "$? $(lines out) $(cat err)" "0 1 " "interrupted, --follow exits 0"
"$PICKET" kernel reports --follow --json >out 2>err &
pid=$!
for number in 1 2 3; do
	record $number vmlinux >&3
	for try in $(seq 100); do
		[ "$(lines out)" != $number ] || break
		sleep 0.1
	done
	is "$(lines out)" $number "--follow: report $number comes at once"
done
kill $pid
wait $pid
is "$? $(cat err)" "0 " "SIGTERM ends it too"
record 1 vmlinux >&3
timeout 20 "$PICKET" kernel reports --follow --json 2>err | head -n 1 >out
is "$(lines out) $(cat err)" "1 " "it ends when nobody reads any more"
"$PICKET" kernel reports --follow >/dev/full 2>err &
pid=$!
record 1 vmlinux >&3
wait $pid
is "$? $(cat err)" "1 picket: cannot write to standard output" "or nothing can be written"
exec 3>&-

tap_done
