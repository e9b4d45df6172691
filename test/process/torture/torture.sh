#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Usage: torture.sh LIBPICKET SCARCE PROGRAM LIBRARY SECONDS [SEED]
# SECONDS on this kernel, and as many as on one without guard regions. Whatever is refused: the
# program comes to its end, no bug is made up, and what can be found of those planted is.
. "$(dirname "$0")/../../tap.sh"
library=$(realpath "$1")
scarce=$(realpath "$2")
program=$(realpath "$3")
loaded=$(realpath "$4")
seconds=$5
seed=${6:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

attempt() { # TEST...
	[ "$@" ]
}

explain() {
	echo "# not $*"
}

records() { # TYPE
	grep -c "\"type\":\"$1\"" "$dir/json"
}

torture() { # NAME SCARCE
	: >"$dir/json"
	timeout $((seconds * 4 + 60)) env \
		SCARCE="$2,some=50,seed=$seed,mprotect,madvise,guard,mremap,mmap" \
		PICKET_OPTIONS="rate=2:budget=0:json=$dir/json:log=/dev/null" \
		LD_PRELOAD="$library:$scarce" "$program" "$seed" "$seconds" "$loaded" \
		>"$dir/out" 2>"$dir/err"
	check "$1: comes to its end" $? -eq 0
	read -r frees changes mistakes late last wrong <"$dir/out" || return
	echo "# planted: $frees invalid frees, $changes changes, $mistakes wrong sizes, $late + $last" \
		"late uses"
	check "$1: all goes as it would without Picket" "$wrong" -eq 0
	check "$1: every invalid free is reported" "$(records INVALID_FREE)" -eq "$frees"
	check "$1: every change" "$(records CORRUPTION)" -eq "$changes"
	check "$1: every wrong size" "$(records MISMATCH)" -eq "$mistakes"
	# But where the pages could not be hidden, or were another object's by then.
	uses=$(records USE_AFTER_FREE)
	check "$1: late uses" "$uses" -ge $((last + late * 3 / 4))
	# One that rests between the report and the access, while its slot is used and freed again, is
	# reported once more, perhaps twice: the same thread, the same address.
	again=$(jq -r '"\(."process.pid") \(."thread.id") \(.memory_error.type) \(.memory_error.fault_address)"' \
		"$dir/json" | awk '
		{
			thread = $1 " " $2
			times[thread] = last[thread] == $0 ? times[thread] + 1 : 0
			last[thread] = $0
			count += times[thread] == 1 || times[thread] == 2
		}
		END { print count + 0 }')
	echo "# $again were reported again"
	check "$1: no more of them than there were" $((uses - again)) -le $((last + late))
	check "$1: some of each" "$((frees && changes && mistakes && late && last))" -eq 1
	check "$1: and nothing else" "$(wc -l <"$dir/json")" -eq $((frees + changes + mistakes + uses))
	check "$1: nothing is said" ! -s "$dir/err"
	[ ! -s "$dir/err" ] || sed 's/^/# /' "$dir/err" | head -5
}

echo "# seed $seed"
torture "as it is" later
torture "without guard regions" later,old
tap_done
