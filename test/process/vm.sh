#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: vm.sh KERNEL LIBPICKET PROGRAMS TEST...
#
# Process tests in a guest, with the programs of the directory; vm-guest knows the tests. Output is
# TAP.
tests=$(cd "$(dirname "$0")" && pwd)
here=$tests/../vm
. "$here/kernels.sh"
. "$here/tap.sh"

kernel=$1
library=$2
programs=$3
shift 3
parse_kernel "$kernel"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# What a program is linked with, here or where the cross compiler has it: as arguments for `run`
libraries() {
	case $architecture in
	amd64) ldd "$@" | sed -n 's/^.*[	 ]\(\/[^ ]*\) (0x.*/\1/p' ;;
	arm64) find /usr/aarch64-linux-gnu/lib -name 'ld-linux*.so.1' -o -name 'lib[cm].so.6' -o \
		-name libgcc_s.so.1 ;;
	esac | sort -u | sed 's/^\(\/usr\/aarch64-linux-gnu\)\{0,1\}\(.*\)/--file &:\2/'
}

packed() {
	for program in libscarce.so libearly.so scarcity torture situations processes sandbox \
		test_access test_core test_broken; do
		[ ! -e "$programs/$program" ] || echo "--file $programs/$program:bin/$program"
	done
	libraries "$library" "$programs/scarcity"
}

# Of Debian too, for a machine that is not this one.
packed_jq() {
	if [ "$architecture" = amd64 ]; then
		libraries "$(command -v jq)"
		echo "--file $(command -v jq):/bin/jq"
		return
	fi
	for package in jq libjq1 libonig5; do
		need_package "$kernel" $package
	done
	find "$cache/packages/$archive/jq" "$cache/packages/$archive/libjq1" \
		"$cache/packages/$archive/libonig5" -path '*bin/jq' -o -name 'lib*.so.[0-9]' |
		sed 's/.*\/bin\/jq$/--file &:\/bin\/jq/; t; s/.*\/\(lib[^/]*\)$/--file &:\/lib\/\1/'
}

boot() {
	files="$(packed) $(packed_jq)" || return
	# shellcheck disable=SC2086 # words
	"$here/run" "$kernel" $files --file "$library:bin/libpicket.so" --file "$tests:test/process" \
		--file "$tests/../tap.sh:test/tap.sh" --file "$work/tests:tests" \
		--file "$tests/../../doc/processes.md:doc/processes.md" --init "$tests/vm-guest" \
		--append quiet --timeout 600
}

echo "$*" >"$work/tests"
boot >"$work/log" 2>"$work/err"
status=$?
[ $status -ne 125 ] || skip_all "$(tail -n 1 "$work/err")"

# One plan of many; each test must have kept its own.
tr -d '\r' <"$work/log" | awk -v wanted=$# -v status=$status '
	/^(not )?ok / {
		found++
		failed += $1 == "not"
		sub(/ok [0-9]* - /, "ok " found " - " test ": ")
	}
	/^# test: / { test = $3; tests++ }
	/^1\.\.[0-9]+$/ { planned += substr($0, 4); plans++; next }
	/^(not )?ok |^#/
	END {
		good = tests == wanted && plans == wanted && planned == found && status == 0
		print (good ? "ok " : "not ok ") found + 1 " - all tests came to their end"
		print "1.." found + 1
		exit !good || failed
	}'
result=$?
[ $result -eq 0 ] || tail -n 3 "$work/err" "$work/log" | sed 's/^/# /'
exit $result
