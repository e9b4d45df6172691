#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What programs make of themselves: daemons, workers, other users, other roots. Wherever the bug is,
# it is reported, and the record is whole. Usage: processes.sh LIBPICKET PROGRAM SANDBOX
library=$(realpath "$1")
program=$(realpath "$2")
sandbox=$(realpath "$3")
source=$(dirname "$0")/sandbox.c
document=$(dirname "$0")/../../doc/processes.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 711 "$work"
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
		head -c 800 "$work/err" | sed 's/^/# /'
	fi
}

# PROGRAM ARGUMENT...: run it; the records in json, what it says in err, its status in $status
run() {
	rm -f "$work/json"
	: >"$work/json"
	chmod 666 "$work/json"
	timeout 30 env PICKET_OPTIONS="rate=1:json=$work/json" LD_PRELOAD="$library" "$@" \
		>"$work/out" 2>"$work/err"
	status=$?
}

found() { # COUNT
	[ "$status" -eq 0 ] || { echo "# status $status"; return 1; }
	[ "$(wc -l <"$work/json")" -eq "$1" ] || { echo "# $(wc -l <"$work/json") records"; return 1; }
}

# What a record has to say of where it comes from.
whole() {
	jq -se --arg program "$program" 'all(.[];
		.["process.executable.path"] == $program and (.boot_id | length) == 36 and
		(.["process.executable.build_id.gnu"] | length) >= 16 and
		all(.memory_error.access_backtrace[:2][]; .file_name | length > 0))' \
		"$work/json" >/dev/null
}

found_whole() { found "$1" && whole; }

holds() { # JQ-FILTER: true of all records together
	jq -se "$1" "$work/json" >/dev/null
}

maybe() { # NAME COUNT: found, or not to be tried here
	if [ "$status" -eq 77 ]; then
		count=$((count + 1))
		echo "ok $count - $1 # SKIP this machine does not allow it"
	else
		check "$1" found_whole "$2"
	fi
}

wait_for_record() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$work/json" ] && return
		sleep 0.1
	done
}

run "$program" bug
check "a plain program" found_whole 1
run "$program" daemon
wait_for_record
check "a daemon that forked twice and closed everything" found_whole 1
check "the record says which process had made the object" \
	holds '.[0].memory_error.heap | .allocation_pid != .deallocation_pid and .allocation_pid > 1'
check "and which one used it" \
	holds '.[0].memory_error.heap.deallocation_pid == .[0]["process.pid"]'
run "$program" prefork
check "every worker of a server" found_whole 4
check "with objects that its master had made" \
	holds '(map(.["process.pid"]) | unique | length) == 4 and
		(map(.memory_error.heap.allocation_pid) | unique | length) == 1 and
		(.[0].memory_error.heap.allocation_pid > 1)'
run "$program" nobody
maybe "another user" 1
run "$program" capabilities
maybe "without capabilities" 1
run "$program" unshare
maybe "in name spaces of its own" 1
run "$program" proc
maybe "without /proc" 1
mkdir -p "$work/root/$work"
run "$program" chroot "$work/root"
# There the name of the file means another place.
[ "$status" -eq 77 ] || grep -q "Read at .* freed 40-byte" "$work/err" || status=1
cp "$work/root/$work/json" "$work/json" 2>/dev/null
maybe "in another root" 1
run "$program" clone
check "beside a child in the same memory" found_whole 1
run "$program" exec
check "after exec" found_whole 1
run "$program" vfork
check "after vfork and exec" found_whole 1

# ---- system call filters
run "$sandbox" kill
check "a filter that kills for what doc/processes.md does not list" found 2
run "$sandbox" refuse
check "one that refuses all of it: the program lives" [ "$status" -eq 0 ]
check "and nothing is reported or said" [ ! -s "$work/json" -a ! -s "$work/err" ]
run "$sandbox" control
check "(the filter does kill)" [ "$status" -ne 0 ]

listed() { # in the document, as in the program
	sed -n 's/^| `\([a-z0-9_]*\)` |.*/\1/p' "$document" | sort -u >"$work/document"
	sed -n '/sampling\[\]/,/^};/p; /reporting\[\]/,/^};/p' "$source" | grep -o 'SYS_[a-z0-9_]*' |
		sed 's/SYS_//' | sort -u >"$work/program"
	[ -s "$work/program" ] && diff "$work/document" "$work/program" >"$work/err"
}
check "the filter's list is the document's" listed
echo "1..$count"
[ "$failures" -eq 0 ]
