#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# usage: kfence.sh KERNEL DIRECTORY [--native | PARAMETER=VALUE...]
#
# Boots the kernel and runs KFENCE's own cases in it, against picket.ko from the directory, loaded
# with the parameters, or (--native) against the KFENCE of the kernel. Output is TAP; its last line
# counts. Cases that need init_on_free run in a second boot that has it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/ktap.sh"
[ $# -ge 2 ] || usage
kernel=$1
modules=$2
shift 2
native=
parameters=
for argument; do
	case $argument in
	--native) native=yes ;;
	*=*) parameters="$parameters $argument" ;;
	*) usage ;;
	esac
done

# cases FILTER [OPTION...]: what the log says is added to $dir/log
cases()
{
	printf 'native="%s"\nparameters="%s"\nfilter="%s"\n' "$native" "$parameters" "$1" \
		>"$dir/settings"
	shift
	boot "$kernel" "$here/kfence-guest" --file "$dir/settings" \
		--file "$modules/picket.ko" --file "$modules/picket_kfence.ko" "$@"
	kernel_log >>"$dir/log"
}

cases ''
if grep '^kfence: ' "$dir/console" >"$dir/reason"; then
	sed 's/^kfence: /1..0 # SKIP /' "$dir/reason"
	exit 0
fi
if [ "$status" = 0 ] && [ -z "$(complaints)" ]; then
	cases test_init_on_free --append init_on_free=1
fi
join_ktap <"$dir/log"
end_well
