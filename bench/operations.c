/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Loops over single operations of the allocator, to be counted or timed.
 *
 * usage: operations NAME COUNT		prints nanoseconds per operation
 *        operations fill COUNT		fills the pool, frees, fills it again; prints memory in use
 *        operations halves MS		prints nanoseconds per pair in the first MS milliseconds of
 *					the process, and in the next MS
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <pthread.h>
#include <unistd.h>

#define PAIR_BYTES 32
#define MIXED_LIVE 256
#define BURST 1000
#define DEPTH 16
#define FILL_LIVE 1024
#define CHUNK 1000
#define CHUNKS_MAX 200000

void *operator_new(size_t size) __asm__("_Znwm");
void operator_delete(void *object) __asm__("_ZdlPv");

/* The compiler must take the object as used, or it drops the pair. */
static void *touch(void *object)
{
	__asm__ volatile("" : "+r"(object) : : "memory");
	*(volatile char *)object = 1;
	return object;
}

/* One copy of the loop: where the compiler puts it changes its speed by some percent. */
__attribute__((noinline)) static void pair(uint64_t count)
{
	while (count--)
		free(touch(malloc(PAIR_BYTES)));
}

static void zeroed(uint64_t count)
{
	while (count--)
		free(touch(calloc(1, PAIR_BYTES)));
}

static void grown(uint64_t count)
{
	while (count--)
		free(touch(realloc(touch(malloc(PAIR_BYTES)), 2 * PAIR_BYTES)));
}

static void aligned(uint64_t count)
{
	while (count--)
		free(touch(aligned_alloc(64, 64)));
}

static void new_delete(uint64_t count)
{
	while (count--)
		operator_delete(touch(operator_new(PAIR_BYTES)));
}

/* A linear congruential generator: cheap beside what is measured. */
static uint32_t draw(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* About two thirds 16-127 bytes, a quarter 316-575, a sixteenth 1024-4047. */
static size_t mixed_size(uint32_t random)
{
	uint32_t kind = random & 15;

	random >>= 4;
	if (kind < 11)
		return 16 + random % 112;
	return kind < 15 ? 316 + random % 260 : 1024 + random % 3024;
}

static void mixed(uint64_t count)
{
	static __thread void *live[MIXED_LIVE];
	uint32_t state = 1;

	while (count--) {
		uint32_t random = draw(&state);
		void **place = &live[random % MIXED_LIVE];

		free(*place);
		*place = touch(malloc(mixed_size(random >> 8)));
	}
}

static void burst(uint64_t count)
{
	static void *live[BURST];

	for (uint64_t done = 0; done < count; done += BURST) {
		for (int i = 0; i < BURST; i++)
			live[i] = touch(malloc(2 * PAIR_BYTES));
		for (int i = 0; i < BURST; i++)
			free(live[i]);
	}
}

/* From a stack as deep as programs have: an allocation that is sampled records it. */
__attribute__((noinline)) static void deep(uint64_t count, int depth)
{
	if (depth)
		deep(count, depth - 1);
	else
		pair(count);
	__asm__ volatile("" : : "r"(depth) : "memory");
}

static void pair_deep(uint64_t count)
{
	deep(count, DEPTH);
}

static void *wait_forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* In a process that is not single-threaded, though nobody is in the way. */
static void pair_beside(uint64_t count)
{
	pthread_t other;

	if (pthread_create(&other, NULL, wait_forever, NULL))
		exit(1);
	pair(count);
}

static void *thread_main(void *argument)
{
	mixed(*(uint64_t *)argument);
	return NULL;
}

static void threads(uint64_t count)
{
	pthread_t other;

	if (pthread_create(&other, NULL, thread_main, &count))
		exit(1);
	mixed(count);
	pthread_join(other, NULL);
}

static void print_memory(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		fputs(line, stdout);
}

/* Every size class in turn, all of every object written, so that all it can hold is resident. */
static void fill(uint64_t count)
{
	static void *live[FILL_LIVE];
	uint32_t state = 1;

	for (uint64_t i = 0; i < count; i++) {
		size_t size = (size_t)1 << (draw(&state) % 17);
		void **place = &live[draw(&state) % FILL_LIVE];

		free(*place);
		*place = malloc(size);
		if (!*place)
			exit(1);
		memset(touch(*place), 1, size);
	}
	print_memory();
}

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static int compare(const void *first, const void *second)
{
	float a = *(const float *)first, b = *(const float *)second;

	return (a > b) - (a < b);
}

/*
 * The median over chunks of pairs, until @end_ns. What interrupts a chunk, be it the system or a
 * sample that is taken in it, does not move it; what makes all chunks slower does.
 */
__attribute__((noinline)) static double median_until(double end_ns)
{
	static float chunks[CHUNKS_MAX];
	double start_ns = now_ns(), stop_ns;
	size_t count = 0;

	while (start_ns < end_ns && count < CHUNKS_MAX) {
		pair(CHUNK);
		stop_ns = now_ns();
		chunks[count++] = (float)((stop_ns - start_ns) / CHUNK);
		start_ns = stop_ns;
	}
	qsort(chunks, count, sizeof(chunks[0]), compare);
	return count ? (double)chunks[count / 2] : 0;
}

static void halves(uint64_t milliseconds)
{
	double start_ns = now_ns(), half_ns = 1e6 * (double)milliseconds;
	double first = median_until(start_ns + half_ns);
	double second = median_until(start_ns + 2 * half_ns);

	printf("%.3f %.3f\n", first, second);
}

static const struct operation {
	const char *name;
	void (*run)(uint64_t count);
} operations[] = {
	{ "pair", pair },	{ "calloc", zeroed },  { "realloc", grown },
	{ "aligned", aligned }, { "new", new_delete }, { "mixed", mixed },
	{ "burst", burst },	{ "deep", pair_deep }, { "threads", threads },
	{ "fill", fill },	{ "halves", halves },  { "beside", pair_beside },
};

static void measure(const struct operation *operation, uint64_t count)
{
	double start = now_ns();

	operation->run(count);
	if (operation->run != fill && operation->run != halves)
		printf("%.3f\n", (now_ns() - start) / (double)count);
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

	for (size_t i = 0; count && i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (!strcmp(argv[1], operations[i].name)) {
			measure(&operations[i], count);
			return 0;
		}
	}
	fprintf(stderr, "usage: operations NAME COUNT\nNAME:");
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		fprintf(stderr, " %s", operations[i].name);
	fprintf(stderr, "\n");
	return 2;
}
