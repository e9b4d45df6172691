/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers that a failure can be repeated from. */
#ifndef PICKET_TEST_SHADOW_SEED_H
#define PICKET_TEST_SHADOW_SEED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of --seed=N, else of the clock. It is printed. */
static inline unsigned long long seed_from(int argc, char **argv)
{
	unsigned long long seed = (unsigned long long)time(NULL);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--seed=", 7))
			seed = strtoull(argv[i] + 7, NULL, 0);
	printf("# --seed=%llu\n", seed);
	return seed;
}

static inline unsigned long long seed_next(unsigned long long *state)
{
	unsigned long long value = *state += 0x9e3779b97f4a7c15ull;

	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
	return value ^ (value >> 31);
}

#endif
