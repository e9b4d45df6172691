# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The Test Anything Protocol, as much as our shell tests need. To be sourced. A test is a list of
#	check "what holds" COMMAND...
# ended by tap_done. It has a directory of its own, $dir, and leaves no core dumps.

tap_count=0
tap_failures=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
ulimit -S -c 0

# How the command of a check is run, and what is told of one that failed: a test may have its own.
attempt() {
	"$@"
}

explain() {
	:
}

# check NAME COMMAND...
check() {
	checked=$1
	shift
	tap_count=$((tap_count + 1))
	if attempt "$@"; then
		printf 'ok %d - %s\n' "$tap_count" "$checked"
	else
		tap_failures=$((tap_failures + 1))
		printf 'not ok %d - %s\n' "$tap_count" "$checked"
		explain "$@"
	fi
}

# skip NAME REASON
skip() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# Ends the test.
tap_done() {
	echo "1..$tap_count"
	[ "$tap_failures" -eq 0 ]
	exit
}

# Ends a test that was not called as its first comment says.
usage() {
	sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
	exit 2
}
