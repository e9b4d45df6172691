/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One bug, in a program that makes reporting hard. Usage: hostile WAY...; the ways are done in
 * order, then comes the bug, "done" on standard output, and the end.
 */
#include "../bugs/bug.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void bug(void)
{
	char *object = malloc(40);

	free(object);
	peek(object, 8);
}

static void overflow(void)
{
	poke(malloc(41), 41);
}

static void close_all(void)
{
	for (int fd = 0; fd < 256; fd++) {
		if (fd != STDOUT_FILENO)
			close(fd);
	}
}

static void no_descriptors(void)
{
	struct rlimit limit = { 3, 3 };

	setrlimit(RLIMIT_NOFILE, &limit);
}

static void leave(void)
{
	if (chdir("/"))
		abort();
}

static void no_file(void)
{
	struct rlimit limit = { 0, 0 };

	setrlimit(RLIMIT_FSIZE, &limit);
}

static void other_stderr(void)
{
	dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
}

/* A pipe whose reader has gone, from the start on: it runs itself. */
static void broken_stderr(char **arguments)
{
	int ends[2];

	if (pipe(ends))
		abort();
	dup2(ends[1], STDERR_FILENO);
	close(ends[0]);
	close(ends[1]);
	execv("/proc/self/exe", arguments);
	abort();
}

static void *cancelled(void *unused)
{
	pthread_cancel(pthread_self());
	bug();
	return unused;
}

/* No point where a thread may be cancelled is in a bad access. */
static void cancel(void)
{
	pthread_t thread;
	void *result = "";

	pthread_create(&thread, NULL, cancelled, NULL);
	pthread_join(thread, &result);
	if (result == PTHREAD_CANCELED)
		puts("cancelled");
}

static pthread_key_t key;

static void allocate_late(void *value)
{
	free(value);
	free(malloc(30));
}

static void *allocate(void *unused)
{
	pthread_setspecific(key, malloc(20));
	return unused;
}

/* Each allocates twice, the second time in a destructor. */
static void threads(void)
{
	pthread_t thread;

	pthread_key_create(&key, allocate_late);
	for (int i = 0; i < 1000; i++) {
		pthread_create(&thread, NULL, allocate, NULL);
		pthread_join(thread, NULL);
	}
}

/* As many mappings as there may be. */
static void exhaust_maps(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = 200000;
	char *area = mmap(NULL, pages * page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	for (size_t i = 1; i < pages; i += 2) {
		if (mprotect(area + i * page, page, PROT_READ))
			break;
	}
	for (int i = 0; i < 1000; i++) {
		char *volatile object = malloc(100);

		if (!object)
			abort();
		memset(object, i, 100);
		free(object);
	}
}

static void daemonize(void)
{
	if (daemon(0, 1))
		abort();
}

/* A log can be written from now on. */
static void make_late(void)
{
	mkdir(getenv("LATE"), 0755);
}

static void in_child(void)
{
	pid_t child = fork();

	if (!child) {
		bug();
		_exit(7);
	}
	waitpid(child, NULL, 0);
}

static void end_quick(void)
{
	quick_exit(3);
}

static void end_now(void)
{
	_exit(3);
}

static void end_exec(void)
{
	execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
}

static void crash(void)
{
	*(volatile char *)forget(NULL) = 1;
}

static const struct {
	const char *name;
	void (*act)(void);
} ways[] = {
	{ "bug", bug },
	{ "overflow", overflow },
	{ "close_all", close_all },
	{ "no_descriptors", no_descriptors },
	{ "leave", leave },
	{ "no_file", no_file },
	{ "other_stderr", other_stderr },
	{ "cancel", cancel },
	{ "exhaust_maps", exhaust_maps },
	{ "threads", threads },
	{ "daemonize", daemonize },
	{ "make_late", make_late },
	{ "in_child", in_child },
	{ "quick_exit", end_quick },
	{ "_exit", end_now },
	{ "exec", end_exec },
	{ "abort", abort },
	{ "crash", crash },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "broken_stderr"))
		broken_stderr(argv + 1);
	for (int i = 1; i < argc; i++) {
		for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
			if (!strcmp(argv[i], ways[k].name))
				ways[k].act();
		}
	}
	return done();
}
