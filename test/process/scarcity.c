/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1, on a machine where something is scarce: scarcity DEED
 * Exit status 0: all was as it would have been without Picket.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OBJECTS 200
#define ROUNDS 2000
#define MAPPINGS_MAX 200000
#define BLOCK_BYTES 60000
#define FILLED 4096	 /* objects, 16 MiB in all */
#define MAPPINGS_OWN 200 /* which the program cannot do without */

static size_t page;

static void make_scarce(bool on)
{
	void (*scarce)(bool) = (void (*)(bool))dlsym(RTLD_DEFAULT, "scarce");

	if (scarce)
		scarce(on);
}

/* Not in a table of objects, whose growth would be a mapping too. */
static int mappings(void)
{
	static char bytes[4096];
	FILE *maps = fopen("/proc/self/maps", "r");
	int count = 0;

	setvbuf(maps, bytes, _IOFBF, sizeof(bytes));
	for (int c; (c = getc_unlocked(maps)) != EOF;)
		count += c == '\n';
	fclose(maps);
	return count;
}

static bool holds(const unsigned char *object, size_t size, unsigned char byte)
{
	for (size_t i = 0; i < size; i++)
		if (object[i] != byte)
			return false;
	return true;
}

/* All that a program does with memory, at sizes of every class; nothing may get lost. */
static int work(void)
{
	static unsigned char *objects[OBJECTS];
	static size_t sizes[OBJECTS];
	unsigned int random = 1;

	for (int round = 0; round < ROUNDS; round++) {
		int i = (int)((random = random * 1103515245 + 12345) >> 16) % OBJECTS;
		size_t size = 1 + (random >> 8) % (random & 64 ? 40000 : 300);

		if (objects[i] && !holds(objects[i], sizes[i], (unsigned char)i))
			return 1;
		if (random & 32 && objects[i]) {
			unsigned char *moved = realloc(objects[i], size);

			if (!moved ||
			    !holds(moved, size < sizes[i] ? size : sizes[i], (unsigned char)i))
				return 2;
			objects[i] = moved;
		} else {
			free(objects[i]);
			objects[i] = random & 16 ? malloc(size) : calloc(1, size);
		}
		if (!objects[i])
			return 3;
		sizes[i] = size;
		memset(objects[i], i, size);
	}
	for (int i = 0; i < OBJECTS; i++) {
		free(objects[i]);
		objects[i] = NULL;
	}
	return 0;
}

static int work_later(void)
{
	int error = work();

	make_scarce(true);
	return error ? error : work();
}

/* Prints how many mappings OBJECTS guarded objects add: while they live, and after their free. */
static int count_mappings(void)
{
	static void *objects[OBJECTS];
	int before, alive;

	free(malloc(1));
	before = mappings();
	for (int i = 0; i < OBJECTS; i++)
		memset(objects[i] = malloc(100), 1, 100);
	alive = mappings() - before;
	for (int i = 0; i < OBJECTS; i++)
		free(objects[i]);
	printf("%d %d\n", alive, mappings() - before);
	return 0;
}

/* As many mappings as the kernel lets it have: one more or less than without Picket at most. */
static int many_mappings(void)
{
	char *memory = mmap(NULL, MAPPINGS_MAX * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	for (size_t i = 0; i < MAPPINGS_MAX; i += 2)
		if (mprotect(memory + i * page, page, PROT_READ))
			return work();
	return 77;
}

static int need_mappings(void)
{
	static void *objects[OBJECTS];
	char *memory = mmap(NULL, MAPPINGS_OWN * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < OBJECTS; i++)
		memset(objects[i] = malloc(100), 1, 100);
	for (size_t i = 0; i < MAPPINGS_OWN; i += 2)
		if (mprotect(memory + i * page, page, PROT_READ))
			return 1;
	for (int i = 0; i < OBJECTS; i++)
		free(objects[i]);
	return 0;
}

/* Touches so much that a limit which was made for it is nearly reached. */
static int fill(void)
{
	static unsigned char *objects[FILLED];
	int error = work();

	for (int i = 0; i < FILLED; i++) {
		objects[i] = malloc(4080);
		if (!objects[i])
			return 4;
		memset(objects[i], i, 4080);
	}
	for (int i = 0; i < FILLED; i++)
		if (!holds(objects[i], 4080, (unsigned char)i))
			return 5;
	return error;
}

static volatile unsigned char sum;

/* A late use reads and writes what it would have. */
static int late(size_t size)
{
	volatile unsigned char *object = malloc(size);

	for (size_t i = 0; i < size; i++)
		object[i] = (unsigned char)(i * 7);
	free((void *)object);
	for (size_t i = 0; i < size; i++) {
		if (object[i] != (unsigned char)(i * 7))
			return 1;
		object[i]++;
	}
	for (size_t i = 0; i < size; i++)
		if (object[i] != (unsigned char)(i * 7 + 1))
			return 2;
	return 0;
}

static int late_all(void)
{
	int error = late(100);

	if (!error)
		error = late(3 * page);
	/* The slots are as good as before. */
	return error ? error : work();
}

static int late_locked(void)
{
	volatile unsigned char *object = malloc(100);

	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		return 77;
	object[3] = 4;
	free((void *)object);
	sum = object[3];
	return sum == 4 ? work() : 1;
}

/* The bytes are a list of the blocks. */
static size_t take_all(void **blocks)
{
	size_t taken = 0;
	void **block;

	for (; (block = malloc(BLOCK_BYTES)); taken += BLOCK_BYTES) {
		*block = *blocks;
		*blocks = block;
	}
	while (mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED)
		taken += page;
	return taken;
}

static void give_back(void *blocks)
{
	while (blocks) {
		void *next = *(void **)blocks;

		free(blocks);
		blocks = next;
	}
}

/*
 * All that it is given, and how much that was in KiB. There is nothing left for small objects then;
 * a late use of one from before is what it would have been, and so is one far beyond its end.
 */
static int exhaust(void)
{
	volatile unsigned char *object = malloc(100), *other = malloc(100);
	void *blocks = NULL;
	size_t taken;

	object[50] = 4;
	taken = take_all(&blocks);
	for (int i = 0; i < OBJECTS; i++) {
		void *volatile small = malloc(100);

		free(small);
	}
	other[page] = other[page];
	free((void *)object);
	sum = object[50];
	printf("%zu\n", taken / 1024);
	give_back(blocks);
	return sum == 4 ? work() : 6;
}

/* Threads that all read an object at the instant when one of them frees it. */
static unsigned char *volatile shared;
static pthread_barrier_t barrier;

static void *reader(void *unused)
{
	bool wrong = false;

	(void)unused;
	for (int round = 0; round < 100; round++) {
		pthread_barrier_wait(&barrier);
		for (int i = 0; i < 2000; i++)
			wrong = wrong || ((volatile unsigned char *)shared)[i % 64] != 0x5a;
		pthread_barrier_wait(&barrier);
	}
	return wrong ? &barrier : NULL;
}

static int hammer(void)
{
	pthread_t threads[3];
	void *bad[3] = { NULL };

	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, reader, NULL);
	for (int round = 0; round < 100; round++) {
		memset(shared = malloc(64), 0x5a, 64);
		pthread_barrier_wait(&barrier);
		free(shared);
		pthread_barrier_wait(&barrier);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], &bad[i]);
	return bad[0] || bad[1] || bad[2];
}

static void *free_it(void *object)
{
	free(object);
	return NULL;
}

/* A thread frees an object, and is in the middle of hiding it when another one forks. */
static int fork_meanwhile(void)
{
	const bool *resting = dlsym(RTLD_DEFAULT, "scarce_resting");
	char *object = malloc(64);
	pthread_t thread;
	int status;
	pid_t child;

	make_scarce(true);
	pthread_create(&thread, NULL, free_it, object);
	while (!__atomic_load_n(resting, __ATOMIC_ACQUIRE))
		sched_yield();
	child = fork();
	make_scarce(false);
	if (!child) {
		for (int i = 0; i < 4 * OBJECTS; i++)
			free(memset(malloc(64), 0x5a, 64));
		exit(0);
	}
	pthread_join(thread, NULL);
	return waitpid(child, &status, 0) != child || status;
}

/* Half of the objects are freed, and a core is dumped. */
static int dump(void)
{
	static void *objects[OBJECTS];

	for (int i = 0; i < OBJECTS; i++)
		memset(objects[i] = malloc(100), 0x5a, 100);
	for (int i = 0; i < OBJECTS; i += 2)
		free(objects[i]);
	abort();
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		int (*deed)(void);
	} deeds[] = {
		{ "work", work },	   { "later", work_later }, { "count", count_mappings },
		{ "many", many_mappings }, { "late", late_all },    { "locked", late_locked },
		{ "hammer", hammer },	   { "dump", dump },	    { "need", need_mappings },
		{ "fill", fill },	   { "exhaust", exhaust },  { "fork", fork_meanwhile },
	};

	page = (size_t)getpagesize();
	for (size_t i = 0; count > 1 && i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (!strcmp(arguments[1], deeds[i].name))
			return deeds[i].deed();
	return 2;
}
