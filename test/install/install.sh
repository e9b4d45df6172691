#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: install.sh SOURCE
#
# `make install` puts into place all that users and packages need, and `make uninstall` takes it
# away again. It has a build directory of its own. TAP.
set -eu

. "$(dirname "$0")/../tap.sh"
top=$1
version=$(cat "$top/VERSION")
root=$dir/root
usr=$root/usr
sources=$usr/src/picket-$version
libexec=$usr/libexec/picket
export XDG_STATE_HOME="$dir/state"
unset MAKEFLAGS MAKELEVEL

attempt()
{
	"$@" >"$dir/log" 2>&1
}

explain()
{
	tail -n 40 "$dir/log" | sed 's/^/# /'
}

run_make()
{
	make -C "$top" BUILD="$dir/build" DESTDIR="$root" PREFIX=/usr "$@"
}

install_all()
{
	meson setup -Dtests=false "$dir/build" "$top" && run_make install
}

has_files()
{
	for file in bin/picket lib/libpicket.so lib/libpicket.a lib/libpicket-wrap.a \
		lib/libpicket-calls.a lib/pkgconfig/picket.pc lib/pkgconfig/picket-embed.pc \
		lib/pkgconfig/picket-static.pc lib/pkgconfig/picket-static-calls.pc \
		include/picket/picket.h include/picket/embed.h \
		include/picket/record.h include/picket/types.h share/man/man1/picket.1; do
		[ -f "$usr/$file" ] || {
			echo "there is no $file"
			return 1
		}
	done
}

# package NAME: what pkg-config says of it.
package()
{
	PKG_CONFIG_PATH=$usr/lib/pkgconfig \
		pkg-config --define-variable=prefix="$usr" --cflags --libs "$1"
}

# links PACKAGE: a program with a bug is built as the documentation says, and the bug is found.
links()
{
	flags=$(package "$1") &&
		cc -w -O1 -fno-builtin -I"$top" "$top/test/bugs/uaf_read.c" $flags -o "$dir/$1" &&
		LD_LIBRARY_PATH=$usr/lib PICKET_OPTIONS=rate=1 "$dir/$1" 2>&1 |
		grep "^BUG: PICKET: use-after-free read"
}

embeds()
{
	flags=$(package picket-embed) &&
		cc "$top"/example/embed/*.c $flags -o "$dir/journal" &&
		PICKET_OPTIONS=rate=1 "$dir/journal" 2>/dev/null | grep "^bugs found: 1$"
}

is_whole()
{
	for directory in core include port/linux/base port/linux/compat port/linux/guard port/linux/kasan; do
		diff -r -x meson.build -x README.md "$top/$directory" "$sources/$directory" || return
	done
	cmp "$top/VERSION" "$sources/VERSION"
}

# Made from a template: nothing of it may be left.
names_version()
{
	grep -q "^PACKAGE_VERSION=\"$version\"$" "$sources/dkms.conf" && ! grep '@' "$sources/dkms.conf"
}

# The scripts find each other, and the sources, as in the tree.
has_machine_room()
{
	for file in VERSION core/guard/pool.c port/linux/guard/Kbuild example/driver/Kbuild \
		script/demo-kernel; do
		[ -f "$libexec/$file" ] || {
			echo "there is no $file"
			return 1
		}
	done
	for script in able enter fetch guard-module kbuild run; do
		[ -x "$libexec/test/vm/$script" ] || {
			echo "$script cannot be run"
			return 1
		}
	done
	status=0
	"$libexec/test/vm/guard-module" no-kernel || status=$?
	[ $status -eq 2 ]
}

# What is not a module's goes to the compiler, and what is one needs the runtime.
has_wrapper()
{
	[ "$("$usr/bin/picket-cc" -E -P -x c /dev/null)" = "" ] &&
		"$usr/bin/picket-cc" -DMODULE -c nothing.c 2>&1 | grep 'no picket_kasan.ko was built'
}

installs_nothing_else()
{
	find "$root" -name '*.o' -o -name '*.ko' -o -name '*.cmd' -o -name meson.build | (! grep .)
}

leaves_nothing()
{
	run_make uninstall && find "$root" ! -type d | (! grep .)
}

check "make install" install_all
check "command, library, headers and man pages are there" has_files
check "the installed command runs a program" "$usr/bin/picket" run true
check "a program is linked with the library" links picket
check "a static program is" links picket-static
check "a static program is, with its system calls" links picket-static-calls
check "an allocator embeds it" embeds
check "the module's sources are whole" is_whole
check "dkms.conf names the version" names_version
check "the machine room is there" has_machine_room
check "picket-cc is there, and finds its parts" has_wrapper
check "nothing of a build is installed" installs_nothing_else
check "make uninstall leaves nothing" leaves_nothing
tap_done
