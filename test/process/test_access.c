/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * With the library linked in: what the record of a fault says when the access is an odd
 * instruction or one of the C library's own; and faults of several threads at once.
 */
#include "port/process/runtime.h"
#include "port/process/signals.h"
#include "test/tap.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 64
#define THREADS 2
#define ROUNDS 50

static struct picket_record last;
static int count; /* atomic */

static void take(const struct picket_record *record)
{
	__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
	last = *record;
}

static void copy_from(char *object)
{
	char here[SIZE + 8];

	memcpy(here, object, sizeof(here));
	__asm__ volatile("" : : "r"(here) : "memory");
}

static void copy_to(char *object)
{
	char here[SIZE + 8] = { 0 };

	memcpy(object, here, sizeof(here));
}

static void length(char *object)
{
	volatile size_t result;

	memset(object, 'x', SIZE);
	result = strlen(object);
	(void)result;
}

static void fill(char *object)
{
	memset(object, 0, SIZE + 1);
}

static void add(char *object)
{
	__atomic_fetch_add((int *)(void *)(object + SIZE), 1, __ATOMIC_SEQ_CST);
}

#ifdef __x86_64__
static void move_string(char *object)
{
	char from[SIZE + 8] = { 0 }, *source = from;
	size_t bytes = sizeof(from);

	__asm__ volatile("rep movsb" : "+D"(object), "+S"(source), "+c"(bytes) : : "memory");
}

static void load_string(char *object)
{
	char to[SIZE + 8], *target = to;
	size_t bytes = sizeof(to);

	__asm__ volatile("rep movsb" : "+D"(target), "+S"(object), "+c"(bytes) : : "memory");
}

/* The stack pointer just above the first word past the end: push writes that. */
static void push(char *object)
{
	char *top = object + SIZE + 8, *saved;

	__asm__ volatile("mov %%rsp, %0\n\tmov %1, %%rsp\n\tpush %0\n\tmov %0, %%rsp"
			 : "=&r"(saved)
			 : "r"(top)
			 : "memory");
}

static void exchange(char *object)
{
	int value = 1;

	__asm__ volatile("xchg %0, %1" : "+r"(value), "+m"(*(int *)(void *)(object + SIZE)));
}

static void load_vector(char *object)
{
	__asm__ volatile("movups (%0), %%xmm0" : : "r"(object + SIZE - 8) : "xmm0");
}

static void store_vector(char *object)
{
	__asm__ volatile("movups %%xmm0, (%0)" : : "r"(object + SIZE - 8) : "memory");
}
#endif

static const struct {
	const char *name;
	void (*act)(char *object);
	enum picket_access access;
} cases[] = {
	{ "memcpy from it", copy_from, PICKET_ACCESS_READ },
	{ "memcpy to it", copy_to, PICKET_ACCESS_WRITE },
	{ "strlen", length, PICKET_ACCESS_READ },
	{ "memset", fill, PICKET_ACCESS_WRITE },
#ifdef __aarch64__
	{ "an atomic addition", add, PICKET_ACCESS_READ }, /* which comes first */
#else
	{ "an atomic addition", add, PICKET_ACCESS_WRITE },
#endif
#ifdef __x86_64__
	{ "rep movsb to it", move_string, PICKET_ACCESS_WRITE },
	{ "rep movsb from it", load_string, PICKET_ACCESS_READ },
	{ "push", push, PICKET_ACCESS_WRITE },
	{ "xchg", exchange, PICKET_ACCESS_WRITE },
	{ "a vector load across the end", load_vector, PICKET_ACCESS_READ },
	{ "a vector store across the end", store_vector, PICKET_ACCESS_WRITE },
#endif
};

/* At the right side, so that the end is at a guard. */
static char *object_make(void)
{
	struct picket_request request = {
		.size_bytes = SIZE,
		.family = PICKET_FAMILY_MALLOC,
		.side = PICKET_SIDE_RIGHT,
	};

	return picket_guard_alloc(picket_runtime.guard, NULL, &request);
}

static void test_instructions(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *object = object_make();

		count = 0;
		cases[i].act(object);
		tap_ok(count == 1 && last.bug == PICKET_BUG_OUT_OF_BOUNDS &&
			       last.access == cases[i].access &&
			       last.fault_address >= last.object.address + SIZE &&
			       last.fault_address < last.object.address + SIZE + 8,
		       "%s: access %u, %d bytes past the end", cases[i].name, last.access,
		       (int)(last.fault_address - last.object.address - SIZE));
		free(object);
	}
}

static pthread_barrier_t barrier;

static void *fault(void *unused)
{
	char *object = object_make();

	(void)unused;
	pthread_barrier_wait(&barrier);
	((volatile char *)object)[SIZE] = 1;
	free(object);
	return NULL;
}

static void test_together(void)
{
	pthread_t threads[THREADS];

	count = 0;
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < THREADS; i++)
			pthread_create(&threads[i], NULL, fault, NULL);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	tap_ok(count == THREADS * ROUNDS, "threads that fault at once: all %d reported", count);
}

static void deliver_badly(const struct picket_record *record)
{
	(void)record;
	*(volatile char *)8 = 1;
}

static void say_nothing(const char *why)
{
	(void)why;
	count++;
}

/* The last one: Picket is off then. */
static void test_own_fault(void)
{
	struct picket_stats stats;
	char *object = object_make();

	count = 0;
	picket_runtime.platform.deliver = deliver_badly;
	picket_runtime.platform.say_disabled = say_nothing;
	((volatile char *)object)[SIZE] = 1;
	picket_guard_stats(picket_runtime.guard, &stats);
	tap_ok(count == 1 && !stats.enabled,
	       "a fault while reporting: off, and the program goes on");
	free(object);
	((volatile char *)object)[0] = 1;
	tap_ok(count == 1, "and what comes later has no effect");
}

/* Where push fails, the kernel cannot push the signal's frame either. */
static void signal_stack(void)
{
	static char bytes[65536];
	stack_t stack = { .ss_sp = bytes, .ss_size = sizeof(bytes) };

	sigaltstack(&stack, NULL);
}

int main(int argc, char **argv)
{
	if (!picket_runtime.guard) {
		tap_ok(false, "the library is on");
		return tap_done();
	}
	/* For process.sh: a process that could not deliver three reports ends. */
	if (argc > 1 && !strcmp(argv[1], "lose")) {
		picket_runtime.lost = 3;
		return 0;
	}
	picket_runtime.platform.deliver = take;
	signal_stack();
	picket_signals_keep();
	test_instructions();
	test_together();
	test_own_fault();
	return tap_done();
}
