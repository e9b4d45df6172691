#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# picket ctl: every command on processes that live, under load and idle; bad input, processes that
# end, other users, several commands at once.
. "$(dirname "$0")/tap.sh"
chmod 755 "$dir"
cp "$LIBRARY" library.so
cp "$HELPERS/controlled" controlled
started=
trap 'kill -9 $started 2>/dev/null; rm -rf "$dir"' EXIT

# soon COMMAND: until it succeeds, or for so long that it should have
soon() {
	tries=0
	until eval "$1"; do
		[ $((tries += 1)) -le 1000 ] || return 1
		sleep 0.02
	done
}

# start OPTIONS MODE [COMMAND-BEFORE...]: its number is in $pid, its output in ./MODE
start() {
	options=$1 mode=$2
	shift 2
	: >"$mode"
	PICKET_OPTIONS=$options LD_PRELOAD=$dir/library.so "$@" ./controlled "$mode" \
		>"$mode" 2>errors &
	pid=$!
	started="$started $pid"
	soon 'grep -q ready "$mode"'
}

end() {
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
}

# ctl ARGUMENT...: output in $out, errors in $err, status in $status
ctl() {
	timeout 60 "$PICKET" ctl "$@" >out 2>err
	status=$?
	out=$(cat out) err=$(cat err)
}

wrong() { # WANTED-STATUS PATTERN NAME: one line, and nothing on standard output
	like "$status $(lines err) $out$err" "$1 1 picket: ctl: $2" "$3"
}

# Does another command wait for the process? Then this one is refused.
is_busy() {
	ctl "$pid" off --wait=0
	[ "$status" -eq 1 ] && grep -q 'kept busy' err
}

# The command in the background has come to an end: as ctl() leaves it
waited() {
	wait $waiting
	status=$?
	mv err.waiting err
	out='' err=$(cat err)
}

value() { # NAME: of the status, as JSON
	timeout 60 "$PICKET" ctl "$pid" status --json | jq -r "$1"
}

# ---- bad input ----

ctl
wrong 2 "a process and an action are needed: PID and one of status, *" "no arguments"
ctl 1
wrong 2 "a process and an action are needed*" "no action"
for bad in x 0 4194305 1.5 '' 99999999999999999999; do
	ctl "$bad" status
	wrong 2 "PID='*': must be a number from 1 to 4194304" "PID '$bad'"
done
ctl 1 explode
wrong 2 "unknown action 'explode'; there are status, stats, on, off, rate=N, sweep and dump" \
	"no such action"
ctl 1 rate
wrong 2 "rate='': must be a number from 0 to 1073741824" "rate without a number"
ctl 1 rate=1073741825
wrong 2 "rate='1073741825': must be a number from 0 to 1073741824" "rate too high"
ctl 1 on off
wrong 2 "'off' is one argument too many*" "two actions"
ctl 1 status --json=maybe
wrong 2 "--json='maybe': must be 0 or 1" "a bad switch"
ctl 1 status --wait=600001
wrong 2 "--wait='600001': must be a number from 0 to 600000" "waiting too long"
ctl 1 status --soon
wrong 2 "unknown option '--soon'; there are --json, --wait, --help" "no such option"

sh -c 'exit 0' &
gone=$!
wait $gone
ctl $gone status
wrong 1 "there is no process $gone" "no such process"
sleep 100 &
started="$started $!"
soon '[ "$(cat /proc/$!/comm)" = sleep ]'
ctl $! status
wrong 1 "process $! (*/sleep) is not watched by Picket" "a process without Picket"
start interval=0 slow
ctl "$pid" on
wrong 1 "process $pid has Picket in it, but it did not start*" "Picket that did not start"
end

# ---- a process under load ----

start rate=1000 load
ctl "$pid" status
like "$status $out" "0 process   $pid, $dir/controlled
picket    *
sampling  one of 1000 allocations
guarded   * of * allocations seen; * of 255 slots in use
reports   0" "status"
ctl "$pid" stats
like "$out" "picket: statistics of $dir/controlled (pid $pid)
  enabled *1
*guarded *[1-9]*reports_lost*0
*" "stats, as picket run prints them"
ctl "$pid" stats --json
is "$(echo "$out" | jq -r '.schema, .["process.pid"], .enabled, .slots')" \
	"picket_stats/1
$pid
1
255" "stats as JSON"
ctl "$pid" off
is "$status$out$err" 0 "off"
is "$(value .sampling.on)" false "is said by status"
sleep 0.2
before=$(value .guarded)
sleep 0.2
is "$(value .guarded)" "$before" "no thread samples any more"
ctl "$pid" rate=500
is "$status$out$err $(value .sampling.policy) $(value .sampling.param)" "0 count 500" "rate=N"
soon '[ "$(value .guarded)" -gt "$before" ]'
is $? 0 "starts sampling again"
ctl "$pid" rate=0
is "$status$out$err $(value .sampling.policy) $(value .sampling.param)" "0 interval 100" \
	"rate=0: by the interval"
ctl "$pid" off
ctl "$pid" on
is "$status$out$err $(value .sampling.on) $(value .sampling.policy)" "0 true interval" \
	"on: as it was before off"
ctl "$pid" sweep
is "$status $out$err" "0 0 objects with changed bytes beside them" "sweep"
: >done
for each in 1 2 3 4; do
	"$PICKET" ctl "$pid" rate=$each --wait=60000 2>>both && echo rate >>done &
	"$PICKET" ctl "$pid" dump --wait=60000 2>>both >dump.$each && echo dump >>done &
done
soon '[ "$(lines done)" -eq 8 ]'
is "$(cat both)" "" "eight commands at once all come to an end"
like "$(value .sampling.param)" "[1-4]" "and the last one counts"
is "$(cat dump.? | jq -r .schema | sort | uniq -c | tr -s ' ')" " 4 picket_dump/1" \
	"what they print is whole"
end
ctl "$pid" status
wrong 1 "there is no process $pid" "its end"

# ---- objects ----

start rate=1 slow
ctl "$pid" dump
is "$status $(echo "$out" | jq -r '[.objects[] | select(.size == 100)] | length')" "0 10" \
	"dump has all live objects"
is "$(echo "$out" | jq -r '[.objects[] | select(.size == 100)][0] |
	.state, .family, (.allocation_backtrace | map(.function_name) | index("hold") != null)')" \
	"live
malloc
true" "with the names of who allocated them"
is "$(echo "$out" | jq -r '.statistics.schema, .sampling.param')" "picket_stats/1
1" "and the statistics"
ctl "$pid" sweep
is "$out$(cat errors)" "0 objects with changed bytes beside them" "none of them was harmed"
end
# Every other object stands at the left, where the write was seen at once. With so many slots the
# program's own sweep, a few at each sample, does not come by first.
start rate=1:side=right:slots=16384 overflow
ctl "$pid" sweep
is "$status $out" "0 5 objects with changed bytes beside them, now reported where all bugs are" \
	"a sweep finds those that were"
is "$(grep -c '^BUG: PICKET: memory corruption' errors)" 5 "and they are reported as always"
ctl "$pid" sweep
is "$out" "0 objects with changed bytes beside them" "once"
end

# ---- fork, exec, silence, the end ----

start rate=1:slots=64 fork
child=$(head -n 1 fork)
started="$started $child"
ctl "$pid" off
parent=$(value .sampling.on)
is "$status $parent $("$PICKET" ctl "$child" status --json | jq .sampling.on)" "0 false true" \
	"what is said to a process is not said to its child"
ctl "$child" rate=77
is "$status $(value .sampling.param)" "0 1" "nor the other way round"
is "$("$PICKET" ctl "$child" status --json | jq .sampling.param)" 77 "and both can be spoken to"
end
start rate=1 silent
ctl "$pid" sweep --wait=200
wrong 1 "process $pid did not look within 200 ms, as it allocates nothing or is stopped; nothing was done" \
	"a process that allocates nothing"
ctl "$pid" stats
is "$status" 0 "can be looked at all the same"
"$PICKET" ctl "$pid" dump --wait=30000 2>err.waiting &
waiting=$!
soon is_busy
wrong 1 "process $pid is kept busy by another picket ctl" "another command that waits"
end
waited
wrong 1 "process $pid has ended, or runs another program now" "a process that ends meanwhile"
start rate=1000000 slow
kill -STOP "$pid"
ctl "$pid" off --wait=100
wrong 1 "process $pid did not look within 100 ms*; it will be done when it allocates" "a stopped one"
kill -CONT "$pid"
soon '[ "$(value .sampling.on)" = false ]'
is $? 0 "off is done when it goes on, long before its next sample"
end
start rate=1 exec
"$PICKET" ctl "$pid" dump --wait=30000 2>err.waiting &
waiting=$!
soon is_busy
kill -USR1 "$pid"
waited
wrong 1 "process $pid has ended, or runs another program now" "a process that execs"
ctl "$pid" status
like "$status $out" "0 *sampling  every allocation that fits*" "the new program has Picket of its own"
end

# ---- nonsense ----

seed=${PICKET_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "# PICKET_SEED=$seed"
: >nonsense
"$HELPERS/hostile_control" be "$seed" >nonsense &
pid=$!
started="$started $pid"
soon 'grep -q ready nonsense'
worst=0
for action in status stats dump on sweep status dump stats dump rate=5 status dump; do
	ctl "$pid" $action --wait=500
	[ "$status" -le "$worst" ] || worst=$status
	[ "$status" -eq 0 ] || [ "$(lines err)" -eq 1 ] || worst="$action: $err"
	! grep -q "$(printf '\033')" out err || worst="$action: a terminal is steered"
done
like "$worst" "[01]" "a process that answers nonsense"
end
start rate=100 load
"$HELPERS/hostile_control" write "$pid" "$seed"
is $? 0 "a process that is asked nonsense 20000 times lives"
ctl "$pid" rate=123
is "$status $(value .sampling.param) $(value .enabled)$err" "0 123 true" "and does what it is asked then"
is "$(cat errors)" "" "without a word"
end

# ---- users ----

if [ "$(id -u)" -ne 0 ] || ! setpriv --reuid=65534 --clear-groups true; then
	skip "other users" "needs root"
else
	chmod 755 library.so controlled
	start rate=1 slow setpriv --reuid=65534 --clear-groups
	ctl "$pid" off
	is "$status$err" 0 "root may control what is another's"
	cp "$PICKET" picket && chmod 755 picket
	as() { # UID [COMMAND-BEFORE...]
		user=$1
		shift
		"$@" setpriv --reuid="$user" --clear-groups ./picket ctl "$pid" rate=3 >out 2>err
		status=$?
		out=$(cat out) err=$(cat err)
	}
	# yama SCOPE COMMAND...: as if the machine had it set so
	yama() {
		unshare --mount sh -c 'mount -t tmpfs yama /proc/sys/kernel &&
			mkdir /proc/sys/kernel/yama &&
			echo "$0" >/proc/sys/kernel/yama/ptrace_scope && exec "$@"' "$@"
	}
	as 1
	wrong 1 "process $pid is another user's; only uid 65534 and root may control it" \
		"another user may not"
	is "$(value .sampling.on)" false "and changes nothing"
	scope=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)
	as 65534
	closed="the kernel keeps process ?* closed"
	yama="$closed: kernel.yama.ptrace_scope is"
	only_root="$yama [12] here, and then it takes CAP_SYS_PTRACE, which root has"
	if [ "$scope" -eq 0 ]; then
		is "$status$err $(value .sampling.param)" "0 3" "its own user may"
	else
		wrong 1 "$only_root" "its own user, as far as Yama lets him"
	fi
	end
	start rate=1 closed setpriv --reuid=65534 --clear-groups
	if yama 0 true 2>/dev/null; then
		as 65534 yama 0
		wrong 1 "$closed (Permission denied): it changed its user, *" "but for one that is not dumpable"
		as 65534 yama 2
		wrong 1 "$only_root" "when Yama says no"
		as 65534 yama 3
		wrong 1 "$yama 3 here, and then nobody may control processes" "when Yama says no to all"
	else
		skip "what Yama says" "no mounts here"
	fi
	end
fi
tap_done
