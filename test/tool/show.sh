#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Names of functions, source lines and inlined calls, wherever the symbols are; bad records.
. "$(dirname "$0")/tap.sh"

source=$SOURCE/test/tool/victim.cc
line() {
	grep -n "/\* line: $1 \*/" "$source" | cut -d: -f1
}
address() {
	nm "$1" | sed -n "s/^0*\([0-9a-f]*\) . $2\$/\1/p"
}
build_id() {
	readelf -n "$1" | sed -n 's/.*Build ID: //p'
}
# record FILE-WITH-SYMBOLS PATH
record() {
	"$HELPERS/record_maker" "$2" "$(build_id "$1")" "$(address "$1" mark_inlined)" \
		"$(address "$1" mark_return)"
}
frames() {
	"$PICKET" show --json "$@" | jq -r '.memory_error.access_backtrace[] |
		"\(.function_name) \(.source_file // "-" | sub(".*/"; "")):\(.source_line // 0) \(.inlined // false)"'
}

compile() {
	g++ -O2 -g -ffile-prefix-map="$SOURCE=/src" -Wl,--build-id "$@" "$source"
}

wanted="fruit::Apple::weigh() victim.cc:$(line weigh) true
fruit::weigh_twice(fruit::Apple*) victim.cc:$(line weigh_twice) true
fruit::sell(fruit::Apple*, long) victim.cc:$(line sell) false
plain_function victim.cc:$(line plain_function) false"

compile -o victim
record victim "$PWD/victim" >record
is "$(frames record)" "$wanted" "names, lines and inlined calls"
"$PICKET" show record >text 2>err
is "$? $(cat err)" "0 " "text: no complaint"
for part in "fruit::Apple::weigh()" "fruit::sell(fruit::Apple\*, long)" "plain_function" \
	"victim.cc:$(line sell)"; do
	is "$(grep -c "$part" text | sed 's/[1-9].*/some/')" some "text: $part"
done
is "$(frames - <record)" "$wanted" "- is standard input"
"$PICKET" show --json record >named
is "$(rm victim; frames named)" "$wanted" "names in a record are kept"

compile -no-pie -o fixed
record fixed "$PWD/fixed" >record
is "$(frames record)" "$wanted" "a program at a fixed address"

compile -o whole
record whole "$PWD/stripped" >record
objcopy --only-keep-debug whole whole.debug
strip -o stripped whole
is "$(frames record 2>err | head -1) $(cat err)" "null -:0 false " "stripped: no names, no complaint"
id=$(build_id whole)
mkdir -p "debug/.build-id/$(echo "$id" | cut -c1-2)"
debug="debug/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug"
cp whole.debug "$debug"
is "$(frames --debuginfo-path="$PWD/debug" record)" "$wanted" "debug file by build-id"
is "$(frames record --debuginfo-path "$PWD/debug")" "$wanted" "options may follow files"
rm stripped
is "$(frames --debuginfo-path="$PWD/debug" record 2>err) $(cat err)" "$wanted " \
	"debug file by build-id, while the program is gone"
echo changed >stripped
is "$(frames --debuginfo-path="$PWD/debug" record 2>err) $(cat err)" "$wanted " \
	"or is no program any more"
rm "$debug" stripped

strip -o stripped whole && objcopy --add-gnu-debuglink=whole.debug stripped
is "$(frames record)" "$wanted" "debug file by .gnu_debuglink"
rm whole.debug
compile -DCHANGED -O1 -o stripped
is "$(frames record 2>err | sort -u | head -1)" "null -:0 false" "another build gives no names"
is "$(lines err)" 1 "and is said in one line"
like "$(cat err)" "picket: $PWD/stripped: is another build than the one that ran; *$id*" "which tells"
rm stripped
frames record 2>err >out
like "$(lines err) $(cat err)" "1 picket: $PWD/stripped: is gone; *$id*" "so is a file that is gone"

compile -o whole
server() {
	exec python3 -u -c 'import http.server, os
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
print(server.server_port)
server.serve_forever()' >port 2>requests
}
if command -v python3 >/dev/null; then
	record whole "$PWD/served" >record
	mkdir -p "buildid/$id" && objcopy --only-keep-debug whole "buildid/$id/debuginfo"
	strip -o "buildid/$id/executable" whole
	server &
	pid=$!
	while [ ! -s port ]; do sleep 0.1; done
	export DEBUGINFOD_CACHE_PATH="$PWD/cache"
	is "$(DEBUGINFOD_URLS=http://127.0.0.1:$(cat port) frames record 2>err) $(cat err)" "$wanted " \
		"debuginfod"
	kill $pid
else
	skip "debuginfod" "there is no python3 for a server"
fi
mkfifo fifo
record whole "$PWD/fifo" >record
is "$(frames record 2>err | sort -u) $(lines err)" "null -:0 false 1" "only regular files are opened"

# What is known of an address of one module is not said of the same address of another.
compile -Dweigh=measure -o twin
record whole "$PWD/whole" >one
record twin "$PWD/twin" >two
is "$(cat one two one two | frames - | grep -c 'weigh()'; cat one two one two | frames - |
	grep -c 'measure()')" "2
2" "two modules in turns"

strip -g -o tables whole
record whole "$PWD/tables" >record
is "$(frames record)" "fruit::sell(fruit::Apple*, long) -:0 false
plain_function -:0 false" "the symbol table alone gives functions"
is "$("$PICKET" show --json record |
	jq '.memory_error.access_backtrace[1] | .function_offset < .function_size')" true \
	"and offsets"
strip -o mini whole
nm -f posix --defined-only whole | awk '$2 ~ /[TtDd]/ { print $1 }' | sort -u >keep
objcopy -S --keep-symbols=keep --strip-debug whole table && xz table &&
	objcopy --add-section .gnu_debugdata=table.xz mini
record whole "$PWD/mini" >record
is "$(frames record | tail -1)" "plain_function -:0 false" ".gnu_debugdata"
"$HELPERS/record_maker" "[vdso]" - 10 20 >record
is "$(frames record 2>&1 | sort -u)" "null -:0 false" "what is no file is not searched"

echo '{"schema":"memory_error/1"}' >bad
echo 'no json' >>bad
cat named >>bad
printf '\000\377\n' >>bad
"$PICKET" show bad named >out 2>err
is "$? $(lines err)" "1 3" "bad lines: one line each, exit 1"
is "$(grep -c '^BUG: PICKET' out)" 2 "the rest is shown"
is "$(cut -d: -f1-4 err | tr '\n' ' ')" "picket: show: bad:1 picket: show: bad:2 picket: show: bad:4 " \
	"each names file and line"
{ yes 'no json' | head -n 1000; cat named; } >mostly
"$PICKET" show mostly >out 2>err
is "$? $(lines err) $(grep -c '^BUG' out)" "1 4 1" "many bad lines do not fill the screen"
is "$(tail -n 1 err)" "picket: show: mostly: 1000 lines in all are no records" "their number is said"
head -c 40000000 /dev/zero | "$PICKET" show - named >out 2>err
is "$? $(lines err) $(grep -c '^BUG' out)" "1 1 1" "a line far too long is not read to its end"
like "$(cat err)" "picket: show: -:1: no record is 16777216 bytes long; *" "and is said to be so"
"$PICKET" show nowhere named >out 2>err
is "$? $(lines err) $(grep -c '^BUG' out)" "1 1 1" "a missing file does not hide the others"
"$PICKET" show /dev/null
is $? 0 "an empty file is fine"

tap_done
