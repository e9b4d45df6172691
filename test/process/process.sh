#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a user sees of the preloaded library: bad options, exit status, signals, files, descriptors.
# Usage: process.sh LIBPICKET PROGRAMS PICKET
. "$(dirname "$0")/../tap.sh"
library=$(realpath "$1")
programs=$(realpath "$2")
picket=$3
hostile=$programs/hostile

# OPTIONS COMMAND...: run it, with its output in out and err and its status in $status
run() {
	options=$1
	shift
	rm -f "$dir/json" "$dir/log"
	timeout 30 env PICKET_OPTIONS="$options" LD_PRELOAD="$library" "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}

text_is() { # FILE TEXT
	[ "$(cat "$dir/$1")" = "$2" ] || { echo "# $1: $(head -c 500 "$dir/$1")"; false; }
}

has() { # FILE PATTERN
	grep -q -- "$2" "$dir/$1" || { echo "# $1: $(head -c 500 "$dir/$1")"; false; }
}

lines() { # FILE COUNT
	[ "$(wc -l <"$dir/$1")" -eq "$2" ]
}

run "rate=1" echo hello
check "nothing is said without a bug" text_is out hello
check "not on standard error either" [ ! -s "$dir/err" ]

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
run "rate=1:log=$dir/log:json=$dir/json" "$programs/uaf_read"
check "log" has log "^BUG: PICKET: use-after-free read"
check "json" has json '"type":"USE_AFTER_FREE"'
check "nothing on standard error then" [ ! -s "$dir/err" ]
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
check "and says nothing" [ ! -s "$dir/err" ]

run "rate=2:stats=1" "$hostile" threads
check "and what threads allocate at their end" has err " seen 20[0-9][0-9], "

ls /proc/self/fd >"$dir/plain"
run "rate=1" ls /proc/self/fd
check "descriptors are numbered as without Picket" cmp "$dir/plain" "$dir/out"
run "rate=1:json=$dir/json" env "$programs/uaf_read"
check "programs started by the program are watched" [ -s "$dir/json" ]

if [ "$(id -u)" -eq 0 ] && cp /bin/true "$dir/true"; then
	chown daemon "$dir/true" && chmod u+s "$dir/true"
	run "bogus" "$dir/true"
	check "a set-user-id program runs" [ $status -eq 0 ]
	check "and reads no options" text_is err ""
fi

# ---- the end of a program ----

run "rate=1:exit_code=86" "$hostile" overflow quick_exit
check "quick_exit checks what is left" has err "^BUG: PICKET: memory corruption"
check "and exit_code counts there" [ $status -eq 86 ]
run "rate=1:exit_code=86" "$hostile" bug _exit
check "exit_code at _exit" [ $status -eq 86 ]
run "rate=1:exit_code=86" "$hostile" _exit
check "_exit without a report" [ $status -eq 3 ]
run "rate=1:exit_code=86" "$hostile" bug exec
check "a program replaced by exec is another" [ $status -eq 3 ]
run "rate=1:exit_code=86" "$hostile" bug abort
check "abort stays SIGABRT" [ $status -eq 134 ]
run "rate=1:on_report=abort" "$hostile" overflow crash
check "a crash stays SIGSEGV, whatever is found then" [ $status -eq 139 ]
check "which is reported" has err "^BUG: PICKET: memory corruption"
timeout 20 "$picket" run --rate=1 --exit-code=86 --log="$dir/child" -- "$hostile" in_child \
	>"$dir/out"
check "picket run: exit_code, with a report in a child" [ $? -eq 86 ]

# ---- nowhere to report to ----

run "rate=1" "$hostile" broken_stderr bug
check "a broken pipe does not end the program" text_is out "done"
mkfifo "$dir/fifo"
run "rate=1:log=$dir/fifo:json=$dir/fifo" "$hostile" bug
check "a pipe nobody reads: standard error" has err "^BUG: PICKET: use-after-free"
check "and the program does not wait" text_is out "done"
run "rate=1:log=/dev/full:json=/dev/full" "$hostile" bug
check "a full disk: standard error" has err "^BUG: PICKET: use-after-free"
timeout 20 env PICKET_OPTIONS="rate=1:log=$dir/small" LD_PRELOAD="$library" \
	"$hostile" no_file bug 2>&1 | cat >"$dir/out"
check "a file that may not grow: standard error" has out "^BUG: PICKET: use-after-free"
check "and no SIGXFSZ" has out "^done"
run "rate=1:log=$dir/log:json=$dir/json" "$hostile" close_all bug
check "all descriptors closed: the log" has log "^BUG: PICKET: use-after-free"
check "and the json file" has json USE_AFTER_FREE
run "rate=1:log=$dir/log" "$hostile" no_descriptors bug
check "no descriptor to be had: standard error" has err "^BUG: PICKET: use-after-free"
run "rate=1:stats=1:log=$dir/log" "$hostile" other_stderr bug
check "statistics count what was reported" has log "reports 1, reports_lost 0"
LATE=$dir/late
export LATE
run "rate=1:stats=1:log=$dir/late/log" "$hostile" other_stderr bug make_late
check "and what was lost" has late/log "reports 1, reports_lost 1"
run "rate=1" "$hostile" other_stderr bug
check "another standard error gets nothing" text_is err ""
(cd "$dir" && mkdir -p start && cd start && run "rate=1:log=log:json=json" "$hostile" leave bug &&
	mv log json ..)
check "a relative path is of the start directory" has log "^BUG: PICKET: use-after-free"
check "for json too" has json USE_AFTER_FREE
run "rate=1" "$hostile" cancel
check "a thread is not cancelled in a report" text_is out "done"
run "rate=1:stats=1" "$hostile" exhaust_maps
check "without mappings the program goes on" text_is out "done"
check "and it is counted, unless none are needed" has err "skipped_no_memory [1-9]\|guard_regions 1"
rm -f "$dir/daemon"
timeout 20 "$picket" run --rate=1 --log="$dir/daemon" -- "$hostile" daemonize bug >/dev/null
for turn in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$dir/daemon" ] && break
	sleep 0.2
done
check "a daemon that outlives picket run" has daemon "^BUG: PICKET: use-after-free"

PICKET_OPTIONS=rate=1000000 "$programs/test_access" lose 2>"$dir/err"
check "reports that nobody got are counted at the end" has err "^picket: 3 reports were lost"

# ---- hostile options ----

wrong() { # NAME OPTIONS: one line, and the program as it would be
	run "$2" sh -c 'echo out; exit 5'
	check "$1: one line" lines err 1
	check "$1: short" [ "$(wc -c <"$dir/err")" -lt 600 ]
	check "$1: and the program runs" [ "$status,$(cat "$dir/out")" = "5,out" ]
}
wrong "an unknown option" "rate=1:colour=red"
wrong "a number too large for any integer" "rate=99999999999999999999999"
wrong "no number" "rate=0x10"
wrong "a sign" "rate=-1"
wrong "no value" "rate=1:=:"
wrong "bytes that are no text" "$(printf 'r\377te=\001\033[31m')"
wrong "a very long item" "$(head -c 100000 /dev/zero | tr '\0' a)"
wrong "a very long value" "log=/$(head -c 100000 /dev/zero | tr '\0' a)"
run "::rate=1::rate=0:rate=1:" "$programs/uaf_read"
check "empty items are ignored, and the last of several counts" has err "^BUG: PICKET"

tap_done
