/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One situation in which detectors are known to fail their host, by name. "@bug" is said before a
 * bug, "@handler" by the program's own handler, "@right" when all is as it would be with no tool.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 5000
#define CHILDREN 20
#define TRIES 2000
#define OBJECT_BYTES 100

static volatile char sink; /* a load whose value is not used is no load to some */

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(9);
}

static volatile char *freed(void)
{
	volatile char *object = malloc(OBJECT_BYTES);

	object[0] = 1;
	free((void *)object);
	return object;
}

static void use(volatile char *object)
{
	say("@bug\n");
	sink = object[0];
	say("@right\n");
}

static void on_signal(int number)
{
	(void)number;
	say("@handler\n");
	_exit(0);
}

static void later_signal(void)
{
	signal(SIGSEGV, on_signal);
	use(freed());
}

static void default_signal(void)
{
	signal(SIGSEGV, SIG_DFL);
	use(freed());
}

static void blocked(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, NULL);
	use(freed());
}

static void read_call(void)
{
	int zeros = open("/dev/zero", O_RDONLY);
	volatile char *object = freed();

	say("@bug\n");
	if (read(zeros, (void *)object, 10) == 10)
		say("@right\n");
}

static void forked(void)
{
	volatile char *object = freed();
	int status;

	if (!fork())
		use(object);
	else if (wait(&status) > 0 && WIFSIGNALED(status))
		say("@killed\n");
}

static void many(void)
{
	static char *objects[MANY];

	for (int i = 0; i < MANY; i++)
		objects[i] = malloc(OBJECT_BYTES);
	free(objects[MANY - 1]);
	use(objects[MANY - 1]);
}

static void failing_realloc(void)
{
	char *object = malloc(OBJECT_BYTES);
	volatile size_t huge = SIZE_MAX / 4;

	memset(object, 7, OBJECT_BYTES);
	if (realloc(object, huge) || object[OBJECT_BYTES - 1] != 7)
		return;
	object[0] = 8;
	free(object);
	say("@right\n");
}

/* As many mappings as there may be, but for the few that a malloc() of the C library may need. */
static void no_mappings(void)
{
	size_t page = (size_t)getpagesize(), count = 140000;
	char *area = mmap(NULL, count * page, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	for (size_t i = 0; i < count && !mprotect(area + i * page, page, PROT_NONE); i += 2)
		;
	for (int i = 0; i < 1000; i++)
		free(malloc(OBJECT_BYTES));
	say("@right\n");
}

/* In which try does each child meet its bug? */
static void sequences(void)
{
	for (int child = 0; child < CHILDREN; child++) {
		if (fork()) {
			wait(NULL);
			continue;
		}
		for (int i = 0; i < TRIES; i++) {
			char line[32];

			snprintf(line, sizeof(line), "@try %d\n", i);
			say(line);
			sink = *freed();
		}
		_exit(0);
	}
}

static const struct situation {
	const char *name;
	void (*run)(void);
} situations[] = {
	{ "later-signal", later_signal },
	{ "default-signal", default_signal },
	{ "blocked", blocked },
	{ "read-call", read_call },
	{ "forked", forked },
	{ "many", many },
	{ "failing-realloc", failing_realloc },
	{ "no-mappings", no_mappings },
	{ "sequences", sequences },
};

int main(int argc, char **argv)
{
	/* Some tools come to life with the first allocation. */
	free(malloc(1));
	for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++)
		if (argc == 2 && !strcmp(argv[1], situations[i].name)) {
			situations[i].run();
			return 0;
		}
	return 2;
}
