#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Source lines and inlined calls for functions of kernels, which their logs and records name. The
# command is one for which files of the system are below $MADE_UP (kernel_system_fake.c).
. "$(dirname "$0")/tap.sh"

source=$SOURCE/test/tool/driver.c
release=6.1.0-7-made-up
export MADE_UP="$PWD/kernel"

line() {
	grep -n "/\* line: $1 \*/" "$source" | cut -d: -f1
}
# compile FLAG... - the two files of the module, and the offsets that they tell
compile() {
	gcc -O2 -fno-pie -g -ffile-prefix-map="$SOURCE=/src" "$@" -c -o first.o "$source" &&
		gcc -O2 -fno-pie -g -ffile-prefix-map="$SOURCE=/src" "$@" -DSECOND -c -o second.o "$source"
}
link() {
	ld -r --build-id -o "$1" first.o second.o
}
build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}
# What the kernel takes for the size of the symbol on this line of `nm -n`.
distance() {
	nm -n "$1" | sed -n 's/ [tT] / /p' | sed -n "$2p;$(($2 + 1))p" | cut -d' ' -f1 |
		xargs sh -c 'echo $((0x$1 - 0x$0))'
}
# frame NAME OFFSET SIZE [MODULE]
frame() {
	printf ' %s+0x%x/0x%x%s\n' "$1" "$2" "$3" "${4+ [$4]}"
}
# text FRAMES - a report with this stack, whose first frame is where it faulted
text() {
	echo "[    1.000000] BUG: KFENCE: invalid read in x+0x1/0x2"
	echo "[    1.000000] Invalid read at 0xffff888004b6e300:"
	echo "$1" | sed 's/^/[    1.000000] /'
	echo "[    1.000000] "
	echo "[    1.000000] CPU: 1 PID: 2 Comm: x Not tainted $release #1"
}
# frames [OPTION...] FILE
frames() {
	"$PICKET" show --json "$@" | jq -r '.memory_error.access_backtrace[] |
		"\(.function_name)+\(.function_offset)/\(.function_size) \(.source_file // "-" |
		sub(".*/"; "")):\(.source_line // 0)\(if .inlined then " inlined" else "" end)"'
}
# named FRAMES WANTED NAME [OPTION...]
named() {
	text "$1" >log
	wanted=$2 name=$3
	shift 3
	is "$(frames --log log "$@" 2>&1)" "$wanted" "$name"
}

compile || exit 1
mkdir there
link there/ring-driver.ko || exit 1
ld -Ttext=0x81000000 -e 0 --build-id -o vmlinux first.o second.o || exit 1
objcopy -O binary -j marks there/ring-driver.ko marks
# shellcheck disable=SC2046 # words
set -- $(od -v -An -td8 -w8 marks)
reset=$1 turn=$2 call=$3 second_reset=$4 probe=$5
first_size=$(distance there/ring-driver.ko 1)
fill_size=$(distance there/ring-driver.ko 2)
second_size=$(distance there/ring-driver.ko 3)
both="$(frame ring_fill "$turn" "$fill_size" ring_driver)
$(frame ring_fill "$call" "$fill_size" ring_driver)"
bare="ring_fill+$turn/$fill_size -:0
ring_fill+$call/$fill_size -:0"
full="turn+0/null driver.c:$(line turn) inlined
ring_fill+$turn/$fill_size driver.c:$(line ring_fill)
ring_fill+$call/$fill_size driver.c:$(line call)"

named "$both" "$bare" "without debug information names stay"
named "$both" "$full" "a file in a directory that is given" --debuginfo-path="$PWD/there"
named "$both" "$full" "or in one of several, which may be relative" --debuginfo-path=nowhere:there
is "$(cd there && frames --log ../log --debuginfo-path=.)" "$full" "or in this one"
is "$("$PICKET" show --log log --debuginfo-path=there | grep -c '^  #0 turn \[inlined\] .*driver.c')" 1 \
	"as text"

# Two functions of one name are told apart by size.
named "$(frame reset "$reset" "$first_size" ring_driver)" \
	"reset+$reset/$first_size driver.c:$(line reset)" "one of two: the first" --debuginfo-path=there
named "$(frame reset "$second_reset" "$second_size" ring_driver)" \
	"reset+$second_reset/$second_size driver.c:$(line 'second reset')" \
	"one of two: the second" --debuginfo-path=there
named "$(frame reset 0 $((second_size + 1)) ring_driver)" "reset+0/$((second_size + 1)) -:0" \
	"one of two: none if neither has the size" --debuginfo-path=there
named "$(frame x 0 1 x)
$(frame second_probe "$probe" 4016 ring_driver)" "x+0/1 -:0
second_probe+$probe/4016 driver.c:$(line second_probe)" \
	"behind the last one the kernel counts the rest of the page" --debuginfo-path=there
named "$(frame ring_fill 0 4000 ring_driver)" "ring_fill+0/4000 -:0" \
	"another function of that name" --debuginfo-path=there
named "$(frame ring_fill 0 2 ring_driver)" "ring_fill+0/2 -:0" \
	"one that is too long" --debuginfo-path=there
named "$(frame ring_fill 4000 4096 ring_driver)" "ring_fill+4000/4096 -:0" \
	"an offset behind its end" --debuginfo-path=there
named "$(frame nothing 0 4 ring_driver)" "nothing+0/4 -:0" "a name that is not there" \
	--debuginfo-path=there
named "$(frame ring_fill "$call" "$fill_size" ring)" "ring_fill+$call/$fill_size -:0" \
	"another module" --debuginfo-path=there

# With a build-id.
text "$both" >log
id=$(build_id there/ring-driver.ko)
"$PICKET" show --log --json log |
	jq -c --arg id "$id" '.memory_error.access_backtrace[].build_id = $id' >record
is "$(frames --debuginfo-path=there record)" "$full" "a record with a build-id"
"$PICKET" show --json --debuginfo-path=there record >whole
is "$(frames whole)" "$full" "lines and calls that were added are kept"
mkdir other
compile -O1
link other/ring_driver.ko
is "$(frames --debuginfo-path=other record 2>err)" "$bare" "another build gives nothing"
is "$(cat err)" "picket: other/ring_driver.ko: is another build than the one that ran, and is not used" \
	"which is said once"
is "$(frames --debuginfo-path=other:there record 2>/dev/null)" "$full" "and another directory may have it"
debug="by-id/.build-id/$(echo "$id" | cut -c1-2)"
mkdir -p "$debug"
objcopy --only-keep-debug there/ring-driver.ko "$debug/$(echo "$id" | cut -c3-).debug"
is "$(frames --debuginfo-path="$PWD/by-id" record 2>&1)" "$full" "a debug file by build-id"
rm -r by-id
mkdir -p "$debug"
cp there/ring-driver.ko "$debug/$(echo "$id" | cut -c3-)"
is "$(frames --debuginfo-path="$PWD/by-id" record 2>&1)" "$full" "the module itself by build-id"

# Where packages put it.
installed() {
	rm -rf "$MADE_UP"
	mkdir -p "$MADE_UP/$(dirname "$1")"
	cp "${2-there/ring-driver.ko}" "$MADE_UP/$1"
	is "$(frames --log log 2>&1)" "$full" "$1"
}
compressed() {
	if command -v "$1" >/dev/null; then
		"$1" <there/ring-driver.ko >compressed
		installed "lib/modules/$release/extra/ring-driver.ko.$2" compressed
	else
		skip "a module that $1 has compressed" "there is no $1"
	fi
}
installed "usr/lib/debug/lib/modules/$release/kernel/drivers/ring-driver.ko"
objcopy --only-keep-debug there/ring-driver.ko only.debug
installed "usr/lib/debug/lib/modules/$release/updates/ring_driver.ko.debug" only.debug
installed "usr/lib/debug/usr/lib/modules/$release/kernel/ring_driver.ko.debug" only.debug
compressed xz xz
compressed gzip gz
installed "lib/modules/$release/updates/dkms/ring-driver.ko"
for wrong in "../modules/$release" . .. ''; do
	sed "s@$release@$wrong@" log >log.wrong
	is "$(frames --log log.wrong 2>&1)" "$bare" "a release of the name '$wrong'"
done
strip -g "$MADE_UP/lib/modules/$release/updates/dkms/ring-driver.ko"
is "$(frames --log log 2>&1)" "$bare" "a module without debug information"

# The kernel itself.
mkdir image
cp vmlinux "image/vmlinux-$release"
image=$(echo "$both" | sed 's/ \[.*//')
named "$image" "$full" "the kernel's image" --debuginfo-path=image
mv "image/vmlinux-$release" image/vmlinux-6.1.0-8
named "$image" "$bare" "that of another release is not taken" --debuginfo-path=image
mv image/vmlinux-6.1.0-8 image/vmlinux
named "$image" "$full" "without a release in its name" --debuginfo-path=image
# Of two functions that the size does not tell apart the address does.
start=$(nm -n vmlinux | sed -n '/ reset$/p' | sed -n 2p | cut -d' ' -f1)
text "$(frame reset "$second_reset" 0)" >log
"$PICKET" show --log --json log | jq -c --arg pc "0x$(printf %x $((0x$start + second_reset)))" \
	'.memory_error.access_backtrace[0] |= {pc: $pc, rel_pc: $pc} + .' >record
is "$(frames --debuginfo-path=image record)" "reset+$second_reset/null driver.c:$(line 'second reset')" \
	"an address in the image"

# --- names are not trusted
mkdir -p deep/a
cp there/ring-driver.ko deep/ring_driver.ko
for name in ../ring_driver ./ring_driver a/../ring_driver /etc/passwd .. '' 'a b' '*'; do
	text "$(frame ring_fill "$call" "$fill_size" ring_driver)" >log
	"$PICKET" show --log --json log |
		jq -c --arg name "$name" '.memory_error.access_backtrace[].file_name = $name' >record
	is "$(frames --debuginfo-path=deep/a:deep record 2>&1)" "ring_fill+$call/$fill_size -:0" \
		"a module of the name '$name'"
done
mkfifo there/fifo.ko
named "$(frame ring_fill 0 "$fill_size" fifo)" "ring_fill+0/$fill_size -:0" "a pipe" --debuginfo-path=there
head -c 3000 there/ring-driver.ko >there/cut.ko
named "$(frame ring_fill 0 "$fill_size" cut)" "ring_fill+0/$fill_size -:0" "half a module" \
	--debuginfo-path=there

tap_done
