/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The worst program for the governor: threads that do nothing but allocate and free, each time from
 * another place. usage: governed THREADS PAIRS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH 20 /* two ways at each step: 2^20 stacks */

static long pairs;

static void __attribute__((noinline)) one_of_many(unsigned int path, int depth)
{
	if (!depth) {
		void *volatile object = malloc(32);

		free(object);
		return;
	}
	/* Two calls, so two return addresses. The stores keep them from becoming jumps. */
	if (path & 1) {
		one_of_many(path >> 1, depth - 1);
		__asm__ volatile("nop");
	} else {
		one_of_many(path >> 1, depth - 1);
		__asm__ volatile("nop; nop");
	}
}

static void *work(void *number)
{
	unsigned int path = *(unsigned int *)number;

	for (long i = 0; i < pairs; i++)
		one_of_many(path += 0x9e3779b1u, DEPTH);
	return NULL;
}

int main(int count, char **arguments)
{
	int threads = count > 2 ? atoi(arguments[1]) : 1;
	pthread_t *handles = calloc((size_t)threads, sizeof(*handles));
	unsigned int *numbers = calloc((size_t)threads, sizeof(*numbers));

	pairs = count > 2 ? atol(arguments[2]) : 1000000;
	for (int i = 0; i < threads; i++) {
		numbers[i] = (unsigned int)i;
		if (pthread_create(&handles[i], NULL, work, &numbers[i]))
			return 1;
	}
	for (int i = 0; i < threads; i++)
		pthread_join(handles[i], NULL);
	return 0;
}
