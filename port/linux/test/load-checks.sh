# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced, after checks.sh, by tests of a guest under load-kinds: what it said of its load and of
# memory.

# By so much two measurements differ when nothing happens between them but load.
pages_slack_kib=512
slab_slack_kib=4096

# Of the kind of load that did the fewest, at all times together.
least_rounds()
{
	awk '/^load: [a-z]*: [0-9]* rounds/ { sum[$2] += $3 } END { for (kind in sum) print sum[kind] }' \
		"$said" | sort -n | head -n 1
}

failed_rounds()
{
	awk '/^load: [a-z]*: .* failed$/ { sum += $(NF - 1) } END { print sum + 0 }' "$said"
}

# Of all lines of a KIND the sum of what they say of NAME: total KIND NAME
total()
{
	sum "^load: $1: .*$2: \([0-9]*\),.*"
}

# memory WHEN WHAT: in KiB
memory()
{
	sed -n "s/^load: memory $1: .*$2: \([0-9]*\) kB.*/\1/p" "$said"
}

# How much less, or more, there is at the second measurement: grown WHAT
grown()
{
	echo $(($(memory after "$1") - $(memory before "$1")))
}

# Pages that are neither free nor the slab allocator's, whose own need goes up and down.
lost()
{
	echo $((-$(grown Free) - $(grown Slab)))
}

# Where the pool was once, the kernel maps its memory by small pages ever after, which takes a page
# of tables for each 2 MiB.
tables()
{
	echo $(($(grown DirectMap4k) / 512))
}

show_load()
{
	sed -n 's/^load: [a-z]*: .* rounds/# &/p' "$said"
	for what in Free Slab PageTables VmallocUsed Percpu DirectMap4k; do
		echo "# $what: $(memory before $what) KiB before, $(memory after $what) KiB after"
	done
	echo "# $(lost) KiB are gone; page tables take $(tables) KiB of them"
}

# check_load ROUNDS: so many of each kind there must be
check_load()
{
	check "there was load of every kind" [ "$(least_rounds)" -ge "$1" ]
	check "it got the right results" [ "$(failed_rounds)" -eq 0 ]
}

# check_memory KIB: so much may be gone, beside page tables
check_memory()
{
	check "no pages are lost" [ "$(lost)" -le $(($1 + $(tables) + pages_slack_kib)) ]
	check "no slab objects are lost" [ "$(grown Slab)" -le $slab_slack_kib ]
}
