#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: refused.sh KERNEL DIRECTORY
#
# Builds the modules of refused/ for the kernel and boots it with the picket_kasan.ko of the
# directory: whatever cannot be run, and each wrong value of a parameter, is refused by one line
# that says what is wrong, and all goes on as before. Output is TAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
[ $# -eq 2 ] || usage
kernel=$1
runtime=$2

# Clang cannot build for a kernel that gcc built, but one object. modpost asks how it was made.
compile_by_clang()
{
	clang=$(command -v clang-14 || command -v clang) || return 0
	"$clang" --target=x86_64-linux-gnu -c -O2 -fsanitize=kernel-address -ffreestanding \
		-mcmodel=kernel -fno-pic -mno-red-zone -mno-sse -fno-stack-protector \
		-fno-asynchronous-unwind-tables -o "$1/by-clang.o_shipped" "$1/part.c" &&
		: >"$1/.by-clang.o.cmd"
}

build()
{
	cp -r "$here/refused" "$dir/modules" && compile_by_clang "$dir/modules" &&
		"$here/../../../test/vm/kbuild" "$kernel" "$dir/modules" PICKET_KASAN=inline \
			PICKET_KASAN_RUNTIME="$runtime"
}

# make_of_checked NAME SCRIPT: another module, of the same length, by a script for sed
make_of_checked()
{
	LC_ALL=C sed "s/refused_checked/refused_$1/g; $2" "$dir/modules/refused_checked.ko" \
		>"$dir/modules/refused_$1.ko"
	! cmp -s "$dir/modules/refused_checked.ko" "$dir/modules/refused_$1.ko"
}

# The marker's magic number and 1; the name of a function that a driver calls.
make_others()
{
	make_of_checked version 's/\x61\x73\x61\x6b\x01/\x61\x73\x61\x6b\x02/g' &&
		make_of_checked missing 's/picket_kasan_kfree/picket_kasan_kflee/g' &&
		LC_ALL=C sed 's/refused_globals/refused_trimmed/g' "$dir/modules/refused_globals.ko" \
			>"$dir/modules/refused_trimmed.ko" && strip -g "$dir/modules/refused_trimmed.ko"
}

if ! { build && make_others; } >"$dir/log" 2>&1; then
	tail -n 30 "$dir/log" | sed 's/^/# /'
	echo "Bail out! the modules cannot be built"
	exit 1
fi
for module in "$dir/modules/"refused_*.ko; do
	strip -g --keep-file-symbols "$module"
	set -- "$@" --file "$module"
done
shift 2
boot "$kernel" "$here/refused-guest" --file "$runtime/picket_kasan.ko" "$@"
print_ktap
end_well
