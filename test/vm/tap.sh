# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by tests, after kernels.sh.

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

# Ends the test, with the reason, where the machine room cannot work: skip_unless_able KERNEL
skip_unless_able()
{
	reason=$("$here/able" "$1" 2>&1) || {
		[ $? -eq 125 ] || usage_error "$reason"
		skip_all "$(echo "$reason" | sed -n '$ { s/^able: //; p }')"
	}
}
