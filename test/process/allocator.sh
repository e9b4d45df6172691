# SPDX-License-Identifier: GPL-2.0-only OR MIT
# To be sourced.

# LIBRARIES: what to put before a program so that it has them preloaded, in the emulator if the test
# runs in one.
preload() {
	echo "${MESON_EXE_WRAPPER:+$MESON_EXE_WRAPPER -E }LD_PRELOAD=$1"
}

# NAME: path of that allocator's library; nothing for the C library's own, or if it is missing. A
# path is itself.
allocator() {
	case $1 in
	jemalloc) set -- libjemalloc.so.2 ;;
	tcmalloc) set -- libtcmalloc_minimal.so.4 ;;
	mimalloc) set -- libmimalloc.so.2 ;;
	*/*) echo "$1" && return ;;
	*) return 0 ;;
	esac
	/sbin/ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }'
}
