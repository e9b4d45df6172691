# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Assembly of gcc with the shadow at a constant offset in, with the shadow where the runtime put it
# out. The flags, all other registers and the number of lines stay as they are. The constant is in
#
#	movabsq $OFFSET+D, %reg         the offset, or the shadow of a constant address
#	movabsb OFFSET+D, %al           a load from the shadow of a constant address; also w, l, q
#
# where D is small for the address NULL->field, and huge for an address of the kernel. Numbers are
# doubles here, good enough to tell which are meant; the assembler does the arithmetic.
#
# What the runtime exports, by `symbols`, becomes weak, unless the file defines it itself; the
# assembler ignores what the file has no reference to.
BEGIN {
	FS = "\n"
	offset = "-2306165878686501400"
	base = "__asan_shadow_memory_dynamic_address(%rip)"
	near = 65536
	# The shadow of an address that is not near NULL begins or ends the whole shadow.
	half_bytes = 2 ^ 44
	shadow_bytes = 2 ^ 61
	look_lines = 16
	first = last = 0
}

function fail(line)
{
	print "picket-cc: what is '" line "'? If the shadow of a fixed address, it cannot be moved; " \
		"compile this file with -fno-sanitize=kernel-address" >"/dev/stderr"
	exit 1
}

function load_offset(value, register)
{
	if (value == offset)
		return "movq " base ", " register
	return "movq " base ", " register "; leaq (" value "-(" offset "))(" register "), " register
}

# There is no red zone below the stack pointer, so another register can be had.
function load_address(value, register, other)
{
	other = register == "%rcx" ? "%rdx" : "%rcx"
	return "pushq " other "; movq " base ", " other "; movabsq $(" value "-(" offset ")), " register \
		"; leaq (" register "," other "), " register "; popq " other
}

# Only the named part of the register may change.
function load_shadow(suffix, value, register)
{
	return "pushq %rcx; pushq %rdx; movq " base ", %rcx; movabsq $(" value "-(" offset ")), %rdx; " \
		"mov" suffix " (%rcx,%rdx), " register "; popq %rdx; popq %rcx"
}

# A constant of the program's own may look as the shadow of an address, but is not dereferenced.
# The lines that are read ahead wait in ahead[].
function is_dereferenced(register, i)
{
	for (i = first; i < first + look_lines; i++) {
		if (i == last) {
			if ((getline ahead[last]) <= 0)
				return 0
			last++
		}
		if (index(ahead[i], "(" register ")"))
			return 1
	}
	return 0
}

function next_line()
{
	if (first == last)
		return (getline) > 0
	$0 = ahead[first]
	delete ahead[first++]
	return 1
}

function is_shadow(distance)
{
	return distance >= 0 && distance < shadow_bytes &&
	       (distance < half_bytes || distance >= shadow_bytes - half_bytes)
}

function rewrite(line, word, suffix, value, immediate, distance)
{
	split(line, word, /[ \t,]+/)
	suffix = substr(word[2], 7)
	value = word[3]
	immediate = sub(/^\$/, "", value)
	distance = value - offset
	if (immediate && distance >= -near && distance <= near)
		return "\t" load_offset(value, word[4])
	if (!is_shadow(distance))
		return line
	if (!immediate)
		return "\t" load_shadow(suffix, value, word[4])
	if (!is_dereferenced(word[4]))
		fail(line)
	return "\t" load_address(value, word[4])
}

function read_symbols(line, field)
{
	while ((getline line <symbols) > 0) {
		split(line, field, "\t")
		exported[field[2]] = 1
		if (sub(/^picket_kasan_/, "", field[2]))
			exported[field[2]] = 1
	}
	close(symbols)
}

BEGIN {
	read_symbols()
	while (next_line()) {
		if (/^[A-Za-z_]/)
			delete exported[substr($0, 1, index($0, ":") - 1)]
		print /^\tmovabs/ ? rewrite($0) : $0
	}
	for (name in exported)
		print "\t.weak " name
}
