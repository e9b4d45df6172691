#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# A program under `picket run` is as it is without: status, streams, environment, arguments.
. "$(dirname "$0")/tap.sh"

same() {
	name=$1
	shift
	"$@" <input >wanted 2>wanted.err
	wanted=$?
	"$PICKET" run "$@" <input >got 2>got.err
	is "$?" "$wanted" "$name: status"
	is "$(cat got)" "$(cat wanted)" "$name: standard output"
	is "$(cat got.err)" "$(cat wanted.err)" "$name: standard error"
}

printf 'one\ntwo\n' >input
for status in 0 1 2 3 42 77 99 125 126 127 128 129 139 200 254 255; do
	"$PICKET" run sh -c "exit $status"
	is $? "$status" "exit status $status"
done

# How it ended, as a parent sees it: a shell would turn signals into numbers. Signals that whoever
# runs the tests ignores (nohup does) would be ignored in the program too.
for signal in 1 2 3 4 6 7 8 9 10 11 12 13 14 15 24 34; do
	env --default-signal perl -e 'system(@ARGV); print $? & 127' \
		"$PICKET" run sh -c "kill -$signal \$\$" >got 2>/dev/null
	is "$(cat got)" "$signal" "ends by signal $signal"
done

same "cat" cat
same "sort" sort -r
same "both streams" sh -c 'echo out; echo err >&2'
same "arguments" printf '[%s]' 'a b' '' '--' '*' '--rate=1' "it's" 'ü'
same "no descriptor but its own" perl -e 'print join " ", grep { -l "/proc/$$/fd/$_" } 0 .. 255'
same "signal mask" grep -E '^(Sig|Shd)(Blk|Ign|Cgt)' /proc/self/status
same "process group" perl -e 'print getpgrp() == getpgrp(getppid()) ? "same" : "other"'
same "closed standard input" sh -c 'exec 0<&-; exec cat'

is "$("$PICKET" run -- printf %s -- 2>&1)" "--" "-- ends the options"
is "$("$PICKET" run --rate 5 printf %s x)" x "a value may be an argument of its own"
is "$("$PICKET" run printf %s --help)" --help "options behind the program are the program's"
"$PICKET" run cat <&- >out 2>err
is "$?" 1 "closed standard input stays closed"
"$PICKET" run echo x >&- 2>err
is "$?" 1 "closed standard output stays closed"
"$PICKET" run sh -c 'echo x >&2' 2>&-
is "$?" 2 "closed standard error stays closed"
(trap '' CHLD HUP; exec "$PICKET" run sh -c "grep SigIgn /proc/self/status; exit 3") >got
is "$?" 3 "an ignored SIGCHLD does not hide the status"
is "$(cat got)" "$(trap '' CHLD HUP; exec sh -c 'grep SigIgn /proc/self/status; exit 3')" \
	"ignored signals stay ignored"

env -i HOME=/ A=1 PATH="$PATH" Z='x y' "$PICKET" run env | grep -v -e ^PICKET_OPTIONS= -e ^LD_PRELOAD= >got
is "$(cat got)" "$(env -i HOME=/ A=1 PATH="$PATH" Z='x y' env)" "the environment is the same"
like "$("$PICKET" run sh -c 'echo $LD_PRELOAD')" "*/libpicket.so" "libpicket.so is preloaded"
like "$(LD_PRELOAD=libm.so.6 "$PICKET" run sh -c 'echo $LD_PRELOAD')" "*/libpicket.so:libm.so.6" \
	"what was preloaded stays behind it"
like "$("$PICKET" run "$PICKET" run sh -c 'echo $LD_PRELOAD')" "*[!:]/libpicket.so" \
	"a run in a run preloads once"
is "$("$PICKET" run "$PICKET" run sh -c 'echo $LD_PRELOAD' | tr : '\n' | wc -l)" 1 "and only once"

begin=$(date +%s)
"$PICKET" run sh -c 'sleep 5 >/dev/null 2>&1 & exit 4'
is "$? $([ $(($(date +%s) - begin)) -lt 4 ] && echo soon)" "4 soon" "ends with the program, not later"

options() {
	"$PICKET" run "$@" printenv PICKET_OPTIONS 2>err | sed 's/:*socket=picket-[0-9a-f]*$//'
}
is "$(options --side=left --rate=7)" "rate=7:side=left" "options reach the program"
is "$(PICKET_OPTIONS=rate=3:slots=99 options --side=left --rate=7)" "rate=7:slots=99:side=left" \
	"the command line overrides PICKET_OPTIONS"
is "$(options --seed=1 --log='a:b\c')" "seed=1:log=$PWD/a\\:b\\\\c" "files are absolute and quoted"
is "$(options --stats --seed=1 --on-report=abort)" "seed=1:on_report=abort:stats=1" "switches"
rm -r state
first=$(options) second=$(options) third=$(options)
is "$first $second $third" "side=right side=left side=right" "sides take turns"
is "$(options --seed=3) $(options --side=right)" "seed=3 side=right" "not with --seed or --side"
is "$(XDG_STATE_HOME=/proc/nowhere options)" "" "without state the side is left to chance"
is "$(stat -c %a "$XDG_STATE_HOME/picket/sides")" 600 "the table of sides is private"
rm -r state/picket && mkdir state/picket && ln -s "$PWD/target" state/picket/sides
is "$(options) $(ls target 2>&1 | wc -l)" " 1" "a link for a table is not followed"
rm -r state

mkdir bin1 bin2
printf '#!/bin/sh\necho one\n' >bin1/prog
printf '#!/bin/sh\necho two "$0" "$@"\n' >bin2/prog
chmod 755 bin2/prog
is "$(PATH="$PWD/bin1:$PWD/bin2:$PATH" "$PICKET" run prog x)" "two $PWD/bin2/prog x" \
	"PATH is searched past what cannot be executed"
PATH="$PWD/bin1" "$PICKET" run prog 2>err
is "$? $(lines err)" "126 1" "a file that cannot be executed is 126"
printf 'echo plain $1\n' >bin2/plain && chmod 755 bin2/plain
is "$("$PICKET" run bin2/plain x)" "plain x" "a script without #! runs as execvp() has it"
printf '#!/no/such/shell\n' >bin2/bad && chmod 755 bin2/bad
"$PICKET" run bin2/bad 2>err
is "$? $(lines err)" "127 1" "an interpreter that is not there: one line"
like "$(cat err)" "*cannot execute 'bin2/bad': No such file or directory" "and it says so"

refused() {
	pattern=$1
	shift
	"$PICKET" run "$@" >out 2>err
	is "$? $(lines err) $(lines out)" "1 1 0" "$pattern: refused with one line"
	like "$(cat err)" "picket: run: *$pattern*" "$pattern: says why"
}

as_nobody() {
	if setpriv --reuid=nobody --clear-groups "$PICKET" --version >out 2>&1; then
		setpriv --reuid=nobody --clear-groups "$PICKET" run "$2" >out 2>err
		is "$? $(lines err)" "1 1" "$1: refused to others"
		like "$(cat err)" "picket: run: *$1*" "$1: says why to others"
	else
		skip "$1" "nobody may not run $PICKET"
	fi
}

echo 'int puts(const char *s); int main(void) { puts("ran"); return 0; }' >hello.c
if cc -static -o static hello.c 2>/dev/null; then
	refused "is statically linked" ./static
	printf '#!%s/static\n' "$PWD" >script && chmod 755 script
	refused "is statically linked" ./script
else
	skip "static program" "there is no static C library"
fi
cc -static-pie -o static-pie hello.c 2>/dev/null && refused "is statically linked" ./static-pie
cp "$HELPERS/linked" linked && strip linked
"$PICKET" run --rate=1 --exit-code=7 ./linked >out 2>err
is "$? $(grep -c '^BUG: PICKET: use-after-free read' err)" "7 1" "a static program with Picket in it"
printf '#!%s/linked\n' "$PWD" >script && chmod 755 script
"$PICKET" run --rate=1 --exit-code=7 ./script >out 2>err
is $? 7 "and a script for it"
cp "$PICKET" alone
./alone run --rate=1 --exit-code=7 ./linked >out 2>err
is $? 7 "need no libpicket.so"
cc -o dynamic hello.c
cp dynamic foreign && printf '\267\000' | dd of=foreign bs=1 seek=18 conv=notrunc 2>/dev/null
refused "is made for another kind of processor" ./foreign
cc -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 -o musl hello.c
refused "uses another C library" ./musl
if [ "$(id -u)" = 0 ] && ! findmnt -no OPTIONS -T . | grep -q nosuid; then
	cp dynamic setuid && chown nobody setuid && chmod 4755 setuid
	refused "is set-uid" ./setuid
	cp linked linked-setuid && chown nobody linked-setuid && chmod 4755 linked-setuid
	refused "is set-uid, so LD_PRELOAD and PICKET_OPTIONS are ignored" ./linked-setuid
	cp dynamic setgid && chgrp nogroup setgid && chmod 2755 setgid
	refused "is set-gid" ./setgid
	is "$(setpriv --no-new-privs "$PICKET" run ./setuid)" ran "no_new_privs makes set-uid harmless"
	cp dynamic own && chmod 4755 own
	is "$("$PICKET" run ./own)" ran "set-uid to the same user is harmless"
	chmod 755 . && cp dynamic capable
	if setcap cap_net_raw+ep capable 2>/dev/null; then
		is "$("$PICKET" run ./capable)" ran "file capabilities change nothing for root"
		as_nobody "has file capabilities" ./capable
	else
		skip "file capabilities" "setcap does not work here"
	fi
else
	skip "set-uid program" "not root"
fi
head -c 100 dynamic >broken && chmod 755 broken
"$PICKET" run ./broken 2>err
is "$? $(lines err)" "1 1" "a broken program: one line"

tap_done
