#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What `picket run` does with the messages of watched processes.
. "$(dirname "$0")/tap.sh"

run() {
	"$PICKET" run "$@" >out 2>err
}

"$HELPERS/record_maker" "$HELPERS/record_maker" - 10 20 >record
send=$HELPERS/sender

run "$send" <record
is "$? $(grep -c '^BUG: PICKET' err) $(lines out)" "0 1 0" "a report goes to standard error"
run --log=log --json=json "$send" <record
is "$? $(lines err) $(grep -c '^BUG: PICKET' log) $(lines json)" "0 0 1 1" "or to files"
run --log=log --json=json "$send" <record
is "$(grep -c '^BUG: PICKET' log) $(lines json)" "2 2" "which are appended to"
"$PICKET" show json >out
is "$? $(grep -c '^BUG' out)" "0 2" "show reads what run wrote"
is "$(PICKET_OPTIONS=json=other run "$send" <record; lines other)" 1 "json= from the environment"

run --exit-code=9 "$send" <record
is $? 9 "--exit-code: something was reported"
run --exit-code=9 "$send" </dev/null
is $? 0 "--exit-code: nothing was"
run --exit-code=9 sh -c '"$1" <record & wait; kill -9 $$' sh "$send"
is $? 9 "--exit-code: reported by a child process, and ended by a signal"

for i in 1 2 3 4 5 6 7 8; do cat record; done >eight
for i in 1 2 3 4 5 6 7 8; do cat eight; done >many
run --log=/dev/null --json=many.json sh -c 'for i in 1 2 3 4; do "$1" <many & done; wait' sh "$send"
is "$? $(lines many.json) $(cat err)" "0 256 " "senders at a time: nothing is lost"
run --json=last.json sh -c '"$1" <eight; kill -9 $$' sh "$send"
is "$(lines last.json)" 8 "what was sent just before the end is reported"

{ echo 'no json'; cat record; printf '{"schema":"memory_error/1","x":"\033"}\n'; } >mixed
run --json=mixed.json "$send" <mixed
is "$? $(lines mixed.json)" "0 1" "bad messages do not hide good ones"
is "$(grep -c '^picket: a message is no record' err)" 2 "and are said in one line each"
is "$(grep -c "$(printf '\033')" err)" 0 "without control characters"
like "$(grep 'no json' err)" "*it reads: no json" "and with their text"

echo '{"schema":"picket_stats/1","process.pid":7,"guarded":3,"skipped":{"capacity":1}}' >stats
cat stats record | run "$send"
is "$(tail -3 err | tr -s ' \n' ' ')" \
	"picket: statistics of a process (pid 7) guarded 3 skipped capacity 1 " \
	"statistics come last"
run --exit-code=9 "$send" <stats
is $? 0 "and are no reports"

run sh -c '"$1" <record; exec 2>&-; sleep 0.1' sh "$send"
is "$(grep -c '^BUG' err)" 1 "a report comes at once"
run --log=/dev/full "$send" <eight
is "$? $(cat err)" "0 picket: cannot write to '/dev/full': No space left on device" \
	"a full disk is said once, and the program's status stays"

rm -rf state
is "$(ulimit -f 0; "$PICKET" run --log=limited "$send" <record 2>&1; echo $?)" \
	"picket: cannot write to 'limited': File too large
0" "a limit of file size does not end us"

# The reports that wait fill a pipe that nobody reads; the program ends meanwhile.
has_thread() {
	[ "$(ls "/proc/$1/task" | wc -l)" -eq 2 ]
}
lets_through() { # SIGTERM is bit 14 of the mask
	case $(sed -n 's/^SigBlk:\t//p' "/proc/$1/status") in
	*[0-389ab]???) return 0 ;;
	esac
	return 1
}
mkfifo pipe
main=$(nm "$HELPERS/record_maker" | sed -n 's/^0*\([0-9a-f]*\) T main$/\1/p')
"$HELPERS/record_maker" "$HELPERS/record_maker" - "$main" >named
for i in 1 2 3 4 5 6 7 8; do cat named; done >eight_named
for i in 1 2 3 4 5 6 7 8; do cat eight_named eight_named eight_named eight_named; done >flood
(exec 3<pipe; while [ ! -e go ]; do sleep 0.1; done; cat <&3 >got) &
reader=$!
"$PICKET" run --log=pipe "$send" <flood 2>err &
pid=$!
until has_thread $pid && lets_through $pid; do sleep 0.1; done
kill -TERM $pid
touch go
wait $pid
is "$? $(grep -c interrupted err)" "0 1" "a signal after the program's end ends the search for names"
wait $reader
is "$(grep -c '^BUG' got)" 256 "all reports come still"
is "$(grep -c '^BUG.* in record_maker+0x' got | sed 's/^[1-9].*/some/')" some "but without names"

# The reader of the program's output must see its end as soon as the program closes it.
"$PICKET" run sh -c 'echo x; exec >&-; sleep 2; date +%s >later' | (cat >got; date +%s >end)
is "$(cat got) $([ "$(cat end)" -lt "$(cat later)" ] && echo before)" "x before" \
	"standard output is not held open"

# The whole way, with the detector.
cat >bug.c <<'EOF'
#include <stdlib.h>
static inline __attribute__((always_inline)) int look(volatile char *object, int index)
{
	return object[index];
}
int main(int argc, char **argv)
{
	volatile char *object = malloc(24);
	int sum = look(object, atoi(argv[1]));
	free((void *)object);
	return argc > 2 ? sum + look(object, 0) : 0;
}
EOF
cc -O2 -g -o bug bug.c
run --rate=1 --json=bug.json ./bug 0
is "$? $(lines err) $(lines bug.json)" "0 0 0" "no bug, no report"
run --rate=1 --json=bug.json --exit-code=66 ./bug 0 late
is "$? $(grep -c '^BUG: PICKET: use-after-free read in look$' err)" "66 1" "a bug is reported"
is "$(grep -c 'look \[inlined\] .*bug.c:4 ' err) $(grep -c 'main+.* .*bug.c:1[01] ' err)" "1 2" \
	"with inlined calls and lines"
is "$(jq -r '.memory_error.access_backtrace[0] | .function_name, .source_line' bug.json | xargs)" \
	"look 4" "in JSON too"
perl -e 'system(@ARGV); print $? & 127' "$PICKET" run --rate=1 --on-report=abort ./bug 0 late >got 2>err
is "$(cat got) $(grep -c '^BUG' err)" "11 1" "on-report=abort: the report, then the signal"
for index in -1 24; do
	rm -rf state
	run --rate=1 --align=1 --json="twice$index" ./bug $index
	run --rate=1 --align=1 --json="twice$index" ./bug $index
	is "$(lines "twice$index")" 1 "byte $index of 24 is guarded in one of two runs"
done
is "$(run --rate=1 --stats ./bug 0; grep -c '^  guarded  *[1-9]' err)" 1 "statistics"

tap_done
