/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The part of the driver that other compilers make too, so there is no header of the kernel. */
#include "part.h"

#ifdef HAS_TABLE
static unsigned int table[10] = { 1 };
#endif

unsigned int part_sum(const unsigned int *values, unsigned int count)
{
	unsigned int i, sum = 0;

	for (i = 0; i < count; i++) {
		sum += values[i];
#ifdef HAS_TABLE
		table[sum % 10] += sum;
#endif
	}
	return sum;
}
