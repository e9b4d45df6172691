# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by tests whose results are in the kernel's log, as KTAP. They set `here`.
. "$here/../../../test/tap.sh"

# boot KERNEL SCRIPT [OPTION...]: the console is in $dir/console, and the script's status in status.
boot()
{
	kernel=$1
	script=$2
	shift 2
	status=0
	"$here/../../../test/vm/run" "$kernel" --init "$script" --timeout 900 "$@" \
		>"$dir/console" 2>"$dir/errors" </dev/null || status=$?
}

# The kernel's log, without times.
kernel_log()
{
	sed -n 's/^\[ *[0-9.]*\] \{0,1\}//p' "$dir/console"
}

# From the version line to the line that counts.
print_ktap()
{
	kernel_log | awk '
		/^KTAP version/ { inside = 1; next }
		inside && /^(1\.\.|ok |not ok |#)/ { print }
		inside && /^# [0-9]+ passed, / { exit }'
}

# Makes one of several results: a case that was skipped in one and not in another was run.
join_ktap()
{
	awk '
		function name_of(line) {
			sub(/^(not )?ok [0-9]* - /, "", line)
			sub(/ # SKIP .*/, "", line)
			return line
		}
		/^KTAP version/ { inside = 1; next }
		!inside { next }
		/^# [0-9]+ passed, / { inside = 0 }
		/^# detector: / && !told { print; told = 1 }
		/^1\.\./ { planned += substr($0, 4) }
		/^# .*:[0-9]+: |^# expected/ { note = note $0 "\n" }
		/^(not )?ok / {
			ended++
			name = name_of($0)
			if (!(name in result))
				order[++count] = name
			if (!(name in result) || result[name] ~ / # SKIP /) {
				result[name] = $0
				notes[name] = note
			}
			note = ""
		}
		END {
			if (ended < planned || !count) {
				order[++count] = "all"
				result["all"] = "not ok 0 - every case comes to its end"
			}
			print "1.." count
			for (i = 1; i <= count; i++) {
				line = result[order[i]]
				sub(/ok [0-9]* /, "ok " i " ", line)
				printf "%s\n%s", line, notes[order[i]]
				if (line ~ /^not ok/)
					failed++
				else if (line ~ / # SKIP /)
					skipped++
				else
					passed++
			}
			printf "# %d passed, %d failed, %d skipped\n", passed, failed, skipped
		}'
}

# What the kernel found wrong with itself.
complaints()
{
	kernel_log | grep -E -A 20 'WARNING:|Oops|BUG: (kernel|unable|soft)|general protection' |
		head -n 60
}

# Exits as the run ended. Whatever went wrong is told in comments.
end_well()
{
	complaint=$(complaints)
	if [ "$status" = 0 ] && [ -z "$complaint" ]; then
		exit 0
	fi
	{
		echo "$(tail -n 1 "$dir/errors"); exit status $status"
		[ -z "$complaint" ] || echo "$complaint"
	} | sed 's/^/# /' >&2
	exit 1
}
