/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs whose samples are counted by themselves: a guarded object has exactly the size it was
 * asked for, one of the allocator below has more room than ODD_BYTES.
 *
 * usage: worker threads WORKERS ALLOCATIONS	each prints "SAMPLES INDEX INDEX ...": how many were
 *        worker children WORKERS ALLOCATIONS	guarded and which came first
 *        worker bug ALLOCATIONS K		one of K allocations is written past its end
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ODD_BYTES 17
#define FIRST_MAX 16
#define WORKERS_MAX 64

struct worker {
	uint64_t allocations;
	uint64_t samples;
	uint64_t first[FIRST_MAX];
};

static struct worker workers[WORKERS_MAX];

static char *allocate(void)
{
	char *object = malloc(ODD_BYTES);

	if (!object)
		exit(1);
	__asm__ volatile("" : "+r"(object) : : "memory");
	return object;
}

static void *work(void *argument)
{
	struct worker *worker = argument;

	for (uint64_t i = 0; i < worker->allocations; i++) {
		char *object = allocate();

		if (malloc_usable_size(object) == ODD_BYTES) {
			if (worker->samples < FIRST_MAX)
				worker->first[worker->samples] = i;
			worker->samples++;
		}
		free(object);
	}
	return NULL;
}

static void print(const struct worker *worker)
{
	char line[FIRST_MAX * 24 + 24];
	int length = snprintf(line, sizeof(line), "%llu", (unsigned long long)worker->samples);

	for (uint64_t i = 0; i < worker->samples && i < FIRST_MAX; i++)
		length += snprintf(line + length, sizeof(line) - (size_t)length, " %llu",
				   (unsigned long long)worker->first[i]);
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		exit(1);
}

static void in_threads(int count)
{
	pthread_t ids[WORKERS_MAX];

	for (int i = 0; i < count; i++) {
		if (pthread_create(&ids[i], NULL, work, &workers[i]))
			exit(1);
	}
	for (int i = 0; i < count; i++) {
		pthread_join(ids[i], NULL);
		print(&workers[i]);
	}
}

static void in_children(int count)
{
	int status;

	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			exit(1);
		if (!pid) {
			work(&workers[i]);
			print(&workers[i]);
			exit(0);
		}
	}
	for (int i = 0; i < count; i++) {
		if (wait(&status) < 0 || status)
			exit(1);
	}
}

static void with_bug(uint64_t allocations, uint64_t one_in)
{
	for (uint64_t i = 0; i < allocations; i++) {
		char *object = allocate();

		if (i % one_in == one_in - 1)
			((volatile char *)object)[ODD_BYTES] = 'x';
		free(object);
	}
}

int main(int argc, char **argv)
{
	uint64_t first = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t second = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;

	if (!first || !second) {
		fprintf(stderr, "usage: worker threads|children|bug NUMBER NUMBER\n");
		return 2;
	}
	if (!strcmp(argv[1], "bug")) {
		with_bug(first, second);
		return 0;
	}
	if (first > WORKERS_MAX)
		return 2;
	for (uint64_t i = 0; i < first; i++)
		workers[i].allocations = second;
	if (!strcmp(argv[1], "threads"))
		in_threads((int)first);
	else
		in_children((int)first);
	return 0;
}
