# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sourced by tests of a guest under load-kinds: what it said of its load and of memory. The script
# sets $said, the file with the guest's lines.

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
