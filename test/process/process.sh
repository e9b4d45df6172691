#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a user sees of the preloaded library: bad options, exit status, signals, files, descriptors.
# Usage: process.sh LIBPICKET PROGRAMS
library=$1
programs=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
ulimit -c 0
count=0
failures=0

check() { # NAME COMMAND...: the command must succeed
	name=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $name"
	else
		failures=$((failures + 1))
		echo "not ok $count - $name"
	fi
}

# OPTIONS COMMAND...: run it, with its output in out and err and its status in $status
run() {
	options=$1
	shift
	rm -f "$work/json" "$work/log"
	timeout 30 env PICKET_OPTIONS="$options" LD_PRELOAD="$library" "$@" >"$work/out" 2>"$work/err"
	status=$?
}

text_is() { # FILE TEXT
	[ "$(cat "$work/$1")" = "$2" ] || { echo "# $1: $(head -c 500 "$work/$1")"; false; }
}

has() { # FILE PATTERN
	grep -q -- "$2" "$work/$1" || { echo "# $1: $(head -c 500 "$work/$1")"; false; }
}

lines() { # FILE COUNT
	[ "$(wc -l <"$work/$1")" -eq "$2" ]
}

run "rate=1" echo hello
check "nothing is said without a bug" text_is out hello
check "not on standard error either" [ ! -s "$work/err" ]

run "interval=soon" echo hello
check "a bad value: the program runs" text_is out hello
check "and one line says why Picket does not" text_is err \
	"picket: off: PICKET_OPTIONS: interval='soon': must be a number from 0 to 3600000"
run "rate" "$programs/uaf_read"
check "and Picket is off" text_is out "done"
check "with one line" lines err 1

run "rate=1" "$programs/uaf_read"
check "without a file the report is on standard error" has err "^BUG: PICKET: use-after-free read"
check "the program ends as it would" [ $status -eq 0 ]
check "and nothing else is on standard output" text_is out "done"
run "rate=1" sh -c "exec 2>&-; exec $programs/uaf_read"
check "a closed standard error is left alone" text_is out "done"
run "rate=1:log=$work/log:json=$work/json" "$programs/uaf_read"
check "log" has log "^BUG: PICKET: use-after-free read"
check "json" has json '"type":"USE_AFTER_FREE"'
check "nothing on standard error then" [ ! -s "$work/err" ]
run "rate=1:log=/nowhere/log" "$programs/uaf_read"
check "a log that cannot be written: standard error" has err "^BUG: PICKET: use-after-free"

run "rate=1:exit_code=86" "$programs/uaf_read"
check "exit_code" [ $status -eq 86 ]
check "leaves the output whole" text_is out "done"
run "rate=1:exit_code=86" "$programs/corruption_exit"
check "exit_code, for what is found at exit" [ $status -eq 86 ]
run "rate=1:exit_code=86" sh -c 'exit 3'
check "exit_code, without a report" [ $status -eq 3 ]
run "rate=1:exit_code=86" sh -c "$programs/uaf_read; exit 3"
check "exit_code, with a report in a child only" [ $status -eq 3 ]

run "rate=1:on_report=abort" "$programs/uaf_read"
check "on_report=abort ends with the original signal" [ $status -eq 139 ]
run "rate=1:on_report=abort" "$programs/double_free"
check "or with SIGABRT where there was none" [ $status -eq 134 ]

run "rate=1:stats=1" python3 -c 'print(1)'
check "stats" has err "^picket: statistics of .*/python3.* seen [1-9][0-9]*, "
run "interval=0:stats=1" "$programs/uaf_read"
check "interval=0 takes no samples" text_is out "done"
check "and says nothing" [ ! -s "$work/err" ]

ls /proc/self/fd >"$work/plain"
run "rate=1" ls /proc/self/fd
check "descriptors are numbered as without Picket" cmp "$work/plain" "$work/out"
run "rate=1:json=$work/json" env "$programs/uaf_read"
check "programs started by the program are watched" [ -s "$work/json" ]

if [ "$(id -u)" -eq 0 ] && cp /bin/true "$work/true"; then
	chown daemon "$work/true" && chmod u+s "$work/true"
	run "bogus" "$work/true"
	check "a set-user-id program runs" [ $status -eq 0 ]
	check "and reads no options" text_is err ""
fi
echo "1..$count"
[ $failures -eq 0 ]
