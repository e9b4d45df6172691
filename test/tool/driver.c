/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What show-kernel.sh takes for a kernel module: linked as one, so that it has no addresses yet,
 * from this file and from this file with -DSECOND, which has a function of the same name. Offsets
 * of places in their functions stand in the section "marks".
 */
#define MARK(function, value)                                                                      \
	asm volatile("1:\n\t.pushsection marks, \"a\"\n\t.quad 1b - " function                     \
		     "\n\t.popsection\n\tnop"                                                      \
		     : "+r"(value))

#ifdef SECOND
static __attribute__((noinline)) int reset(int value)
{
	for (int i = 0; i < value; i++)
		value ^= i * 1234567;
	MARK("reset", value); /* line: second reset */
	return value;
}

int second_probe(int value);

int second_probe(int value)
{
	value = reset(value); /* line: second_probe */
	MARK("second_probe", value);
	return value + 1;
}
#else
static inline __attribute__((always_inline)) int turn(int index)
{
	MARK("ring_fill", index); /* line: turn */
	return index + 3;
}

static __attribute__((noinline)) int reset(int value)
{
	MARK("reset", value); /* line: reset */
	return value * 7654321;
}

int ring_fill(int count);

int ring_fill(int count)
{
	count = turn(count);  /* line: ring_fill */
	count = reset(count); /* line: call */
	MARK("ring_fill", count);
	return count + 1;
}
#endif
