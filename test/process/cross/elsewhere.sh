#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: elsewhere.sh SOURCE BUILD MACHINE [KERNEL TEST...]     MACHINE: arm64 or musl
#
# The process tests on another machine (in an emulator) or over another C library, in a build
# directory of their own under BUILD; or those that ../vm.sh runs in a guest with that kernel. TAP.
source=$1
build=$2/elsewhere-$3
machine=$3
shift 3
unset MESON_EXE_WRAPPER MALLOC_PERTURB_ MAKEFLAGS MAKELEVEL DESTDIR

case $machine in
arm64) needs="aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ qemu-aarch64" ;;
musl) needs=musl-gcc ;;
esac
for command in $needs; do
	command -v "$command" >/dev/null || {
		echo "1..0 # SKIP there is no $command"
		exit 0
	}
done

make_it() {
	[ -f "$build/build.ninja" ] ||
		meson setup --cross-file "$source/test/process/cross/$machine.ini" "$build" "$source" ||
		return
	ninja -C "$build"
}

# Two tests may want it at once.
exec 9>"$build.lock"
flock 9
if ! make_it >"$build.log" 2>&1; then
	tail -n 30 "$build.log" | sed 's/^/# /'
	echo "not ok 1 - it is built"
	echo "1..1"
	exit 1
fi
exec 9>&-
if [ $# -gt 0 ]; then
	kernel=$1
	shift
	exec "$source/test/process/vm.sh" "$kernel" "$build/port/process/libpicket.so" \
		"$build/test/process/cross" "$@"
fi
echo "ok 1 - it is built"
meson test -C "$build" --no-rebuild --num-processes 2 >"$build.log" 2>&1
jq -r '.stdout // "" | split("\n")[] | select(test("^ok .*# SKIP"))' \
	"$build/meson-logs/testlog.json" | sed 's/^ok [0-9]* /# /'
jq -r '"\(.result)\t\(.name)\t\(.stdout // "" | gsub("\n"; "\\n"))"' "$build/meson-logs/testlog.json" |
	awk -F '\t' '
	$1 == "OK" { print "ok " ++count + 1 " - " $2; next }
	$1 == "SKIP" { print "ok " ++count + 1 " - " $2 " # SKIP all of it"; next }
	{
		print "not ok " ++count + 1 " - " $2 ": " $1
		lines = split($3, line, "\\\\n")
		for (i = 1; i <= lines; i++)
			if (line[i] ~ /^(not ok|#|Bail)/)
				print "# " line[i]
		failed = 1
	}
	END { print "1.." count + 1; exit failed }'
