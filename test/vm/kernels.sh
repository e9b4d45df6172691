# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by the scripts beside it: which kernels there are, and where the cache keeps them.
# The script sets `here`, its own directory, before.

cache=${XDG_CACHE_HOME:-${HOME:?names the directory of the cache}/.cache}/picket/vm
kernels_known='debian-VERSION[-FLAVOUR]-amd64 or -arm64, VERSION 5.10, 6.1 or 6.12, FLAVOUR generic or rt'

# What run and kbuild exit with when they never got as far as a guest or a compiler.
status_unable=125

say()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	say "$@"
	exit $status_unable
}

usage_error()
{
	say "$@"
	exit 2
}

# Sets release, compiler, architecture and flavour, the last as Debian's package names have it; and
# archive, the name that the release for that architecture has in the cache.
parse_kernel()
{
	case $1 in
	debian-5.10-*) release=bullseye compiler=gcc-10 ;;
	debian-6.1-*) release=bookworm compiler=gcc-12 ;;
	debian-6.12-*) release=trixie compiler=gcc-14 ;;
	*) usage_error "'$1' is no kernel; allowed: $kernels_known" ;;
	esac
	architecture=${1##*-}
	case ${1#debian-*-} in
	amd64 | arm64) flavour=cloud-$architecture ;;
	generic-amd64 | generic-arm64) flavour=$architecture ;;
	rt-amd64 | rt-arm64) flavour=rt-$architecture ;;
	*) usage_error "'$1' is no kernel; allowed: $kernels_known" ;;
	esac
	archive=$release
	[ "$architecture" = amd64 ] || archive=$release-$architecture
}

need_program()
{
	command -v "$1" >/dev/null || die "there is no $1; Debian's package $2 has it"
}

# What is not cached is fetched first; what is cached is used as it is, so that a kernel does not
# change between a build and a boot.
need_kernel()
{
	[ -d "$cache/kernels/$1" ] || "$here/fetch" "$1" || exit $status_unable
}

need_compiler()
{
	[ "$architecture" = amd64 ] || die "no module can be built for $1: that is done on amd64 only"
	[ -d "$cache/compilers/$release" ] || "$here/fetch" --compiler "$1" || exit $status_unable
}

# need_package KERNEL NAME: of the kernel's release, unpacked in $cache/packages/$archive/NAME
need_package()
{
	[ -d "$cache/packages/$archive/$2" ] || "$here/fetch" --package "$2" "$1" || exit $status_unable
}

# Can a mount namespace be made here? Not in a chroot, and for a plain user not everywhere. Sets
# as_root to what unshare needs besides.
own_mounts()
{
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=--map-root-user
	unshare --mount $as_root true 2>/dev/null
}
