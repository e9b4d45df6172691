# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What tests of the command add to ../tap.sh. To be sourced; $PICKET is the command under test. Each
# runs in its own directory.
. "$(dirname "$0")/../tap.sh"
cd "$dir" || exit 1
export XDG_STATE_HOME="$dir/state"
unset PICKET_OPTIONS LD_PRELOAD DEBUGINFOD_URLS

# is GOT WANTED NAME
is() {
	check "$3" [ "$1" = "$2" ]
}

explain() { # [ GOT = WANTED ]
	printf '%s\n' "got: $2" "wanted: $4" | sed 's/^/# /'
}

# like GOT PATTERN NAME - a pattern of the shell
like() {
	# shellcheck disable=SC2254 # the pattern is meant as one
	case $1 in
	$2) is yes yes "$3" ;;
	*) is "$1" "$2" "$3" ;;
	esac
}

lines() {
	wc -l <"$1" | tr -d ' '
}

# Arguments for test/vm/run that put the command and what it is linked to into the guest.
packed() {
	echo "--file $PICKET:picket"
	ldd "$PICKET" | sed -n 's/^.*[	 ]\(\/[^ ]*\) (0x.*/--file \1:\1/p'
}
