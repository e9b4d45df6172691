#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The governor in a real process: guarding keeps within its share of the program's time.
# Usage: governor.sh LIBPICKET GOVERNED
. "$(dirname "$0")/../tap.sh"
library=$(realpath "$1")
program=$(realpath "$2")

# OPTIONS: the worst program, eight threads of it
run() {
	PICKET_OPTIONS="stats=1:log=$dir/log:$1" LD_PRELOAD="$library" "$program" 8 500000
	status=$?
	mv "$dir/log" "$dir/stats"
}

counter() { # NAME
	sed -n "s/.*[ ,]$1 \([0-9]*\).*/\1/p" "$dir/stats"
}

attempt() { # TEST...
	[ "$status" -eq 0 ] && [ "$@" ]
}

explain() {
	sed 's/^/# /' "$dir/stats"
}

run rate=100:budget=0
check "unbridled it takes more than a tenth" "$(counter work_ns)" -gt $(($(counter host_ns) / 10))
check "and holds nothing back" "$(counter held_back)" -eq 0
run rate=100
# Beside the share there is what a process may spend at its start.
check "with the default budget it does not" "$(counter work_ns)" -lt $(($(counter host_ns) / 20))
check "but takes samples" "$(counter guarded)" -gt 0
check "fewer than it was told to" "$(counter held_back)" -gt 0
check "and rarer" "$(counter slowdown)" -gt 1
run rate=100:budget=100
check "a larger share is used" "$(counter work_ns)" -gt $(($(counter host_ns) / 100))
run interval=100
check "at the default interval nothing is held back" "$(counter held_back)" -eq 0
tap_done
