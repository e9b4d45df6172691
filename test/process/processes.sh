#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What programs make of themselves: daemons, workers, other users, other roots. Wherever the bug is,
# it is reported, and the record is whole. Usage: processes.sh LIBPICKET PROGRAM SANDBOX
. "$(dirname "$0")/../tap.sh"
library=$(realpath "$1")
program=$(realpath "$2")
sandbox=$(realpath "$3")
source=$(dirname "$0")/sandbox.c
document=$(dirname "$0")/../../doc/processes.md
chmod 711 "$dir"

explain() {
	head -c 800 "$dir/err" | sed 's/^/# /'
}

# PROGRAM ARGUMENT...: run it; the records in json, what it says in err, its status in $status
run() {
	rm -f "$dir/json"
	: >"$dir/json"
	chmod 666 "$dir/json"
	timeout 30 env PICKET_OPTIONS="rate=1:json=$dir/json" LD_PRELOAD="$library" "$@" \
		>"$dir/out" 2>"$dir/err"
	status=$?
}

found() { # COUNT
	[ "$status" -eq 0 ] || { echo "# status $status"; return 1; }
	[ "$(wc -l <"$dir/json")" -eq "$1" ] || { echo "# $(wc -l <"$dir/json") records"; return 1; }
}

# What a record has to say of where it comes from.
whole() {
	jq -se --arg program "$program" 'all(.[];
		.["process.executable.path"] == $program and (.boot_id | length) == 36 and
		(.["process.executable.build_id.gnu"] | length) >= 16 and
		all(.memory_error.access_backtrace[:2][]; .file_name | length > 0))' \
		"$dir/json" >/dev/null
}

found_whole() { found "$1" && whole; }

holds() { # JQ-FILTER: true of all records together
	jq -se "$1" "$dir/json" >/dev/null
}

maybe() { # NAME COUNT: found, or not to be tried here
	if [ "$status" -eq 77 ]; then
		skip "$1" "this machine does not allow it"
	else
		check "$1" found_whole "$2"
	fi
}

wait_for_record() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$dir/json" ] && return
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
mkdir -p "$dir/root/$dir"
run "$program" chroot "$dir/root"
# There the name of the file means another place.
[ "$status" -eq 77 ] || grep -q "Read at .* freed 40-byte" "$dir/err" || status=1
cp "$dir/root/$dir/json" "$dir/json" 2>/dev/null
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
check "and nothing is reported or said" [ ! -s "$dir/json" -a ! -s "$dir/err" ]
run "$sandbox" control
check "(the filter does kill)" [ "$status" -ne 0 ]

listed() { # in the document, as in the program
	sed -n 's/^| `\([a-z0-9_]*\)` |.*/\1/p' "$document" | sort -u >"$dir/document"
	sed -n '/sampling\[\]/,/^};/p; /reporting\[\]/,/^};/p' "$source" | grep -o 'SYS_[a-z0-9_]*' |
		sed 's/SYS_//' | sort -u >"$dir/program"
	[ -s "$dir/program" ] && diff "$dir/document" "$dir/program" >"$dir/err"
}
check "the filter's list is the document's" listed
tap_done
