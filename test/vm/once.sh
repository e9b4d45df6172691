# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by the scripts beside it, after kernels.sh: builds a thing for a kernel from the sources
# as they are, unless the cache has it.

top=$(cd "$here/../.." && pwd)

# Of these paths below $top, those that a module is made of.
list_sources()
{
	find -H "$@" -type f \( -name VERSION -o -name '*.[chS]' -o -name '*.def' -o -name '*.mk' \
		-o -name Kbuild -o -name '*.awk' -o -name as -o -name picket-cc \) ! -name '*.mod.c' | sort
}

# build_as WHAT DIGEST ARGUMENT...: sets built, the directory that build ARGUMENT..., a function of
# the caller, fills. The digest is of all that it is made of, but for the kernel.
build_as()
{
	what=$1
	version=$(basename "$(readlink -f "$cache/kernels/$kernel")")
	built=$cache/$what/${version}_$2
	shift 2
	mkdir -p "$cache/$what"
	exec 9>"$cache/$what/lock"
	flock 9
	if [ ! -e "$built/complete" ]; then
		find "$cache/$what" -mindepth 1 -maxdepth 1 -type d -mmin +60 -exec rm -rf {} +
		rm -rf "$built"
		mkdir -p "$built"
		if ! build "$@" >"$built/log" 2>&1; then
			tail -n 40 "$built/log" >&2
			say "the $what cannot be built for $kernel"
			exit 1
		fi
		: >"$built/complete"
	fi
	exec 9>&-
}

# build_once WHAT SOURCE...: likewise, with build SOURCE..., paths below $top
build_once()
{
	what=$1
	shift
	need_compiler "$kernel"
	need_kernel "$kernel"
	cd "$top"
	build_as "$what" "$(list_sources "$@" | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -c 1-16)" "$@"
}
