# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The Test Anything Protocol for shell tests. To be sourced; $PICKET is the command under test.
# A test has a directory of its own, and ends by `tap_done`.

tap_count=0
tap_failures=0
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1
export XDG_STATE_HOME="$directory/state"
unset PICKET_OPTIONS LD_PRELOAD DEBUGINFOD_URLS

# is GOT WANTED NAME
is() {
	tap_count=$((tap_count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tap_count - $3"
		return 0
	fi
	tap_failures=$((tap_failures + 1))
	echo "not ok $tap_count - $3"
	printf '%s\n' "got: $1" "wanted: $2" | sed 's/^/# /'
	return 1
}

# like GOT PATTERN NAME - a pattern of the shell
like() {
	# shellcheck disable=SC2254 # the pattern is meant as one
	case $1 in
	$2) is yes yes "$3" ;;
	*) is "$1" "$2" "$3" ;;
	esac
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

lines() {
	wc -l <"$1" | tr -d ' '
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failures" -eq 0 ]
	exit
}
