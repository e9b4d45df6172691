/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=50: children and threads draw sequences of their own, also where nobody
 * told the library of the fork; and children of all kinds go on allocating.
 */
#define PICKET_OPTIONAL /* for programs that have it preloaded */
#include <picket/picket.h>

#include "test/tap.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLES 20
#define ALLOCATIONS_MAX 10000000 /* a thread that is not let in for a while goes on trying */
#define SIZE 33

/* Which of a series of allocations were guarded, as a hash; 1: none. */
static uint64_t pattern(void)
{
	uint64_t hash = 1;

	for (int i = 0, samples = 0; samples < SAMPLES && i < ALLOCATIONS_MAX; i++) {
		void *volatile object = malloc(SIZE);

		if (picket_is_guarded(object)) {
			hash = hash * 1000003 + (uint64_t)i;
			samples++;
		}
		free(object);
	}
	return hash;
}

static uint64_t *shared; /* results of children */

static pid_t by_fork(void)
{
	return fork();
}

static pid_t by_raw_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static pid_t by_plain_fork(void)
{
	return _Fork();
}

static void test_children(const char *how, pid_t (*make)(void))
{
	for (int i = 0; i < 2; i++) {
		pid_t child = make();
		int status = -1;

		if (!child) {
			shared[i] = pattern();
			_exit(0);
		}
		waitpid(child, &status, 0);
		tap_ok(status == 0, "%s: child %d ends well", how, i);
	}
	tap_ok(shared[0] != 1 && shared[1] != 1, "%s: children sample", how);
	tap_ok(shared[0] != shared[1], "%s: each its own sequence", how);
}

static void *thread(void *result)
{
	*(uint64_t *)result = pattern();
	return NULL;
}

static void test_threads(void)
{
	uint64_t results[4];
	pthread_t threads[4];
	bool differ = true;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, thread, &results[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < i; j++)
			differ = differ && results[i] != results[j];
	}
	tap_ok(differ, "threads draw different sequences: %llx %llx %llx %llx",
	       (unsigned long long)results[0], (unsigned long long)results[1],
	       (unsigned long long)results[2], (unsigned long long)results[3]);
}

#ifdef __GLIBC__
static void test_spawn(void)
{
	char *arguments[] = { "true", NULL };
	int status = -1;
	pid_t child;

	tap_ok(!posix_spawnp(&child, "true", NULL, NULL, arguments, environ), "posix_spawn");
	waitpid(child, &status, 0);
	tap_ok(status == 0, "its program runs");
	child = vfork();
	if (!child) {
		execlp("true", "true", (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	tap_ok(status == 0, "vfork and exec");
	tap_ok(pattern() != 1, "and the parent still samples");
}
#endif

/* Fork while other threads are in the allocator. */
static volatile bool stop;

static void *churn(void *unused)
{
	(void)unused;
	while (!stop)
		pattern();
	return NULL;
}

static void *set_handlers(void *unused)
{
	(void)unused;
	while (!stop)
		signal(SIGSEGV, SIG_DFL);
	return NULL;
}

static bool child_works(void)
{
	alarm(5);
	signal(SIGSEGV, SIG_IGN);
	return signal(SIGSEGV, SIG_DFL) == SIG_IGN && pattern() != 1;
}

static void test_fork_in_traffic(void *(*traffic)(void *), int forks, const char *what)
{
	pthread_t threads[3];
	int bad = 0;

	stop = false;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, traffic, NULL);
	for (int i = 0; i < forks && !bad; i++) {
		int status = -1;
		pid_t child = fork();

		if (!child)
			_exit(!child_works());
		waitpid(child, &status, 0);
		bad += status != 0;
	}
	stop = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	tap_ok(!bad, "%d forks among threads that %s, %d failed", forks, what, bad);
}

int main(void)
{
	const bool emulated = getenv("MESON_EXE_WRAPPER"); /* Meson sets it for an emulator */
	const int forks = emulated ? 10 : 100;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	alarm(100);
	test_children("fork", by_fork);
	if (emulated) {
		tap_skip("clone, _Fork", "the emulator ignores MADV_WIPEONFORK");
	} else {
		test_children("clone", by_raw_clone);
		test_children("_Fork", by_plain_fork);
	}
	test_threads();
#ifdef __GLIBC__
	test_spawn();
#else
	tap_skip("spawn, vfork and exec", "this machine's programs have another C library");
#endif
	test_fork_in_traffic(churn, forks, "allocate");
	test_fork_in_traffic(set_handlers, forks, "set handlers");
	return tap_done();
}
