#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket kasan, on a made-up kernel: files in a directory (kernel_system_fake.c).
. "$(dirname "$0")/tap.sh"

release=6.1.0-7-made-up
export MADE_UP="$PWD/kernel"
headers=$MADE_UP/lib/modules/$release/build
cache=$MADE_UP/var/cache/picket
search=$PATH
unset KBUILD_EXTRA_SYMBOLS XDG_CACHE_HOME

# A kernel, and what is below /sys/module of modules when they are loaded.
new_kernel() {
	rm -rf "$MADE_UP"
	mkdir -p "$MADE_UP/sys/module" "$MADE_UP/sys/kernel/debug" "$MADE_UP/dev" "$MADE_UP/var/cache" \
		"$MADE_UP/picket_kasan/parameters" "$MADE_UP/picket_kasan/holders" "$MADE_UP/my_ring" \
		"$MADE_UP/other" "$MADE_UP/lib/modules/$release/extra" "$MADE_UP/proc/self"
	: >"$MADE_UP/dev/kmsg"
	for parameter in multi_shot=Y fault=report stacks=Y quarantine_kib=4096; do
		echo "${parameter#*=}" >"$MADE_UP/picket_kasan/parameters/${parameter%=*}"
	done
	chmod 444 "$MADE_UP/picket_kasan/parameters/stacks"
	printf 'name=picket_kasan\n' >"$MADE_UP/picket_kasan.ko"
	printf 'name=my_ring\n.picket_kasan\0' >my-ring.ko
	printf 'name=other\n.picket_kasan\0' >other.ko
	printf 'name=plain\n' >plain.ko
}

# A kernel's directory to build in: it makes the module, and tells how it was called.
new_headers() {
	mkdir -p "$headers/include/config"
	echo 'CONFIG_CC_VERSION_TEXT="sh (Made up 12) 12"' >"$headers/include/config/auto.conf"
	cat >"$headers/Makefile" <<'END'
modules:
	@if [ "$(CC)" = cc ]; then printf 'name=picket_kasan\n' >$(M)/picket_kasan.ko; \
		echo exports >$(M)/Module.symvers; \
	else printf '%s\n' '$(M)' '$(CC)' '$(PICKET_KASAN_RUNTIME)' '$(KBUILD_EXTRA_SYMBOLS)' "$$GREETING" \
		>$(CURDIR)/called; printf 'name=ring\n.picket_kasan\0' >$(M)/ring.ko; fi
	@[ ! -e $(CURDIR)/fail ]
END
}

kasan() {
	PATH="$search" "$PICKET" kasan "$@" >out 2>err
}

# wrong STATUS PATTERN ARGUMENT... - the one line is "picket: kasan PATTERN"
wrong() {
	status=$1 pattern=$2
	shift 2
	kasan "$@"
	is "$? $(lines err) $(lines out)" "$status 1 0" "$*: exits $status with one line"
	like "$(cat err)" "picket: kasan$pattern" "$*: says what is wrong"
}

# right PATTERN ARGUMENT... - exits 0, silent but for the output
right() {
	pattern=$1
	shift
	kasan "$@"
	is "$? $(cat err)" "0 " "$*: succeeds"
	like "$(cat out)" "$pattern" "$*: says so"
}

# --- the command line
new_kernel
wrong 2 ": an action is needed: build, load, unload, status"
wrong 2 ": unknown action 'walk'; there are build, load, unload, status" walk
wrong 2 " build: the directory of a driver is needed: picket kasan build *" build
wrong 2 " build: 'two' is one argument too many: picket kasan build *" build one two
wrong 2 " build: unknown option '--fast'; there are --inline, --outline, --help" build --fast one
wrong 2 " load: the .ko file of a driver is needed: *" load --stacks=0
wrong 2 " load: --fault='stop': must be report, panic or panic_on_write" load --fault=stop x.ko
wrong 2 " load: --quarantine-kib='many': must be a number from 0 to 4194304" \
	load x.ko --quarantine-kib=many
wrong 2 " unload: the name of a driver is needed: picket kasan unload NAME" unload
wrong 2 " unload: unknown option '--all'; there are --help" unload --all
wrong 2 " status: 'now' is one argument too many: picket kasan status *" status now
for action in build load unload status; do
	"$PICKET" help kasan $action >help
	is "$? $(grep -c "^usage: picket kasan $action " help)" "0 1" "help kasan $action"
	kasan $action --help
	is "$? $(cat out)" "0 $(cat help)" "kasan $action --help is the same"
done
"$PICKET" help kasan >help
is "$(awk 'length > 80' help)" "" "help kasan fits 80 columns"

# --- build
mkdir driver 'a driver' empty
touch driver/Kbuild 'a driver/Makefile'
here=$(pwd -P)
wrong 1 " build: cannot find 'nowhere': No such file or directory" build nowhere
wrong 1 " build: 'empty' is no directory with a driver's Kbuild or Makefile" build empty
wrong 1 " build: Kbuild cannot work with the name '$here/a driver'" build 'a driver'
wrong 1 " build: picket_kasan.ko cannot be built: there are no headers of the running kernel at \
'$headers'; Debian's package linux-headers-$release has them" build driver
new_headers
search=/nonexistent
wrong 1 " build: picket_kasan.ko cannot be built: there is no make, *" build driver
search=$PATH
unset CC
export GREETING=hello
right "building picket_kasan.ko for $release ...
built $here/driver/ring.ko, outline" build driver
built=$(echo "$cache/$release-picket_kasan-"*)
is "$(ls "$built" | tr '\n' ' ')" "Module.symvers picket_kasan.ko " "the runtime is kept, and its exports"
is "$(sed "s|$(readlink -f "$SOURCE")|SOURCE|" "$headers/called")" "$here/driver
SOURCE/port/linux/kasan/picket-cc --outline
$built
$built/Module.symvers
hello" "the driver is built with picket-cc against it, in the same environment"
KBUILD_EXTRA_SYMBOLS=/needed/Module.symvers kasan build --inline driver/
is "$? $(tail -n 1 out)" "0 built $here/driver/ring.ko, inline" "inline, and the runtime is there already"
is "$(sed -n '2p;4p' "$headers/called" | sed 's|.*picket-cc|picket-cc|')" "picket-cc --inline
$built/Module.symvers /needed/Module.symvers" "symbols of others are kept"
: >"$headers/fail"
kasan build driver
is "$? $(tail -n 1 err)" "1 picket: kasan build: make could not build '$here/driver'" "a failure is said"
rm "$headers/fail"

# --- by a user
export MADE_UP_USER=1 XDG_CACHE_HOME="$PWD/user cache"
wrong 1 " build: Kbuild cannot work with the name '$PWD/user cache/*'" build driver
XDG_CACHE_HOME="$PWD/usercache"
right "*built $here/driver/ring.ko, outline" build driver
is "$(ls usercache/picket | grep -c "^$release-picket_kasan-")" 1 "the runtime is in the user's cache"
wrong 1 " load: only root may load modules" load my-ring.ko
wrong 1 " unload: only root may unload modules" unload ring
unset MADE_UP_USER XDG_CACHE_HOME

# --- load
wrong 1 " load: cannot load 'nowhere.ko': No such file or directory" load my-ring.ko nowhere.ko
wrong 1 " load: cannot load 'plain.ko': was built without checks; \`picket kasan build\` *" load plain.ko
wrong 1 " load: cannot load 'empty': is no regular file" load empty
is "$(ls "$MADE_UP/sys/module")" "" "then not even the runtime is loaded"
right "my_ring is loaded, and checked" load my-ring.ko
is "$(ls "$MADE_UP/sys/module" | tr '\n' ' ')" "my_ring picket_kasan " "the runtime is loaded too"
right "other is loaded, and checked" load --multi-shot --quarantine-kib 7 other.ko
is "$(cat "$MADE_UP/sys/module/picket_kasan/parameters/quarantine_kib")" 7 "parameters change live"
wrong 1 " load: --runtime='x': picket_kasan.ko is loaded already; *" load --runtime=x my-ring.ko
wrong 1 " load: --stacks can be set only when picket_kasan.ko is loaded, and *" load --stacks my-ring.ko
new_kernel
right "my_ring is loaded*" load --runtime "$MADE_UP/picket_kasan.ko" --stacks=0 --quarantine-kib=64 \
	my-ring.ko
is "$(cat "$MADE_UP/parameters")" "" "the driver has no parameters"
new_kernel
rm -r "$MADE_UP/my_ring"
printf '2\npicket_kasan: my_ring was compiled for the shadow at a fixed place\n' >"$MADE_UP/refuse"
mv "$MADE_UP/picket_kasan" "$MADE_UP/sys/module/"
mv "$MADE_UP/refuse" "$MADE_UP/refuse-load"
wrong 1 " load: the kernel refuses 'my-ring.ko': my_ring was compiled for the shadow at a fixed \
place" load my-ring.ko
printf '2\nmy_ring: Unknown symbol x (err -2)\n' >"$MADE_UP/refuse-load"
wrong 1 " load: the kernel refuses 'my-ring.ko': Unknown symbol x (err -2)" load my-ring.ko
new_kernel
printf '22\npicket_kasan: no room for the shadow\n' >"$MADE_UP/refuse-load"
wrong 1 " load: the kernel refuses '$MADE_UP/picket_kasan.ko': no room for the shadow" \
	load "--runtime=$MADE_UP/picket_kasan.ko" --stacks=0 --quarantine-kib=64 my-ring.ko
is "$(cat "$MADE_UP/parameters")" 'stacks="0" quarantine_kib="64"' "options become its parameters"
rm "$MADE_UP/refuse-load"
cp "$MADE_UP/picket_kasan.ko" "$MADE_UP/lib/modules/$release/extra/"
right "my_ring is loaded*" load my-ring.ko

# --- status
new_kernel
right "kernel:     $release
runtime:    not loaded" status
right '{"kernel":"6.1.0-7-made-up","loaded":false}' status --json
kasan load "--runtime=$MADE_UP/picket_kasan.ko" my-ring.ko
right "kernel:     $release
runtime:    picket_kasan.ko
drivers:    my_ring
reports:    not known
readers:    none
statistics: debugfs is not mounted: *" status
mkdir "$MADE_UP/sys/kernel/debug/picket-kasan"
printf 'reports: 2\nallocations: 70\n' >"$MADE_UP/sys/kernel/debug/picket-kasan/stats"
printf 'my_ring inline\nxfs outline\n' >"$MADE_UP/sys/kernel/debug/picket-kasan/modules"
mkdir -p "$MADE_UP/proc/17/fd"
echo cat >"$MADE_UP/proc/17/comm"
ln -s /dev/picket-kasan "$MADE_UP/proc/17/fd/3"
right "*drivers:    my_ring inline, xfs outline
reports:    2
readers:    pid 17 (cat)
statistics:
  reports: 2
  allocations: 70" status
kasan status --json
is "$? $(jq -c . out)" '0 {"kernel":"6.1.0-7-made-up","loaded":true,"drivers":[{"name":"my_ring",'\
'"mode":"inline"},{"name":"xfs","mode":"outline"}],"reports":2,"statistics":{"reports":2,'\
'"allocations":70}}' "status --json"

# --- reports
record() {
	"$HELPERS/record_maker" driver - 10 20 | jq -c ".sequence = $1"
}
record 1 >"$MADE_UP/dev/picket-kasan"
"$PICKET" kernel reports --json >out 2>err
is "$? $(lines out) $(cat err)" "0 1 " "kernel reports reads /dev/picket-kasan"
record 2 >"$MADE_UP/dev/picket"
"$PICKET" kernel reports --json >out 2>err
is "$? $(lines out)" "0 2" "and /dev/picket"
"$PICKET" kernel reports --json --kasan >out 2>err
is "$? $(lines out)" "0 1" "one of them, if told"
rm "$MADE_UP/dev/picket" "$MADE_UP/dev/picket-kasan"
"$PICKET" kernel reports --kasan >out 2>err
is "$? $(cat err)" "1 picket: kernel reports: cannot read /dev/picket-kasan: No such file or directory" \
	"a device that is not there is named"
mkfifo "$MADE_UP/dev/picket" "$MADE_UP/dev/picket-kasan"
exec 3<>"$MADE_UP/dev/picket" 4<>"$MADE_UP/dev/picket-kasan"
"$PICKET" kernel reports --follow --json >out 2>err &
pid=$!
for number in 1 2 3 4; do
	record $number >&$((3 + number % 2))
	for try in $(seq 100); do
		[ "$(lines out)" != $number ] || break
		sleep 0.1
	done
	is "$(lines out)" $number "--follow: report $number comes at once, from either"
done
kill $pid
wait $pid
is $? 0 "SIGTERM ends it"
exec 3>&- 4>&-

# --- unload
wrong 1 " unload: 'nothing' is not loaded" unload nothing
rm "$MADE_UP/proc/17/fd/3"
kasan load other.ko
right "my_ring is unloaded
picket_kasan stays, for other" unload my-ring.ko
echo 11 >"$MADE_UP/refuse-unload"
wrong 1 " unload: other cannot be unloaded: it is in use" unload other
rm "$MADE_UP/refuse-unload"
ln -s /dev/picket-kasan "$MADE_UP/proc/17/fd/3"
right "other is unloaded
picket_kasan stays, as /dev/picket-kasan is open in pid 17 (cat)" unload other
rm "$MADE_UP/proc/17/fd/3"
right "picket_kasan is unloaded" unload picket_kasan
is "$(ls "$MADE_UP/sys/module")" "" "nothing is left"
kasan load "--runtime=$MADE_UP/picket_kasan.ko" my-ring.ko
right "my_ring is unloaded
picket_kasan is unloaded" unload my_ring

tap_done
