# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by tests that judge what a guest said: their results, as TAP.

count=0
failures=0

# check WHAT CONDITION...: the condition is a command
check()
{
	what=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		failures=$((failures + 1))
	fi
}

# Prints the plan. Return: false if a check failed.
end_checks()
{
	echo "1..$count"
	[ $failures -eq 0 ]
}
