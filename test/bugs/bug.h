/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * For programs with one planted bug each. The first comment of a program says what must be
 * reported:
 *	expect: BUG ACCESS FOUND [OPTIONS]
 * After the bug a program goes on, and prints "done" at its end.
 */
#ifndef PICKET_BUG_H
#define PICKET_BUG_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* The compiler forgets what it knows of a pointer, and with it that there is a bug. */
static inline void *forget(void *pointer)
{
	__asm__ volatile("" : "+r"(pointer) : : "memory");
	return pointer;
}

static inline void poke(void *object, ptrdiff_t offset)
{
	((volatile char *)forget(object))[offset] = 'x';
}

static inline char peek(void *object, ptrdiff_t offset)
{
	return ((volatile char *)forget(object))[offset];
}

static inline int done(void)
{
	puts("done");
	return 0;
}

#endif
