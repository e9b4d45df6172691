/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What ctl.sh controls. Each mode first says "ready".
 *	load      eight threads that allocate and free, and ten objects of 100 bytes
 *	slow      one allocation every 20 ms
 *	silent    nothing is allocated
 *	overflow  as slow, with a byte changed beside an object
 *	fork      prints the number of a child; both are slow
 *	closed    as slow, and not dumpable
 *	exec      another program after SIGUSR1; nothing is allocated
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define THREADS 8
#define KEPT 64
#define HELD 10

static void *held[HELD];

static void *load(void *argument)
{
	unsigned int random = (unsigned int)(size_t)argument;
	void *kept[KEPT] = { 0 };

	for (unsigned int i = 1;; i++) {
		void **place = &kept[(random >> 16) % KEPT];

		random = random * 1103515245u + 12345u;
		free(*place);
		*place = malloc(16 + (random >> 8) % 200);
		/* Or little would be left for the commands. */
		if (i % 1000 == 0)
			usleep(500);
	}
	return NULL;
}

__attribute__((noinline)) static void hold(void)
{
	for (int i = 0; i < HELD; i++)
		held[i] = malloc(100);
}

static void start_threads(void)
{
	pthread_t thread;

	for (size_t i = 1; i <= THREADS; i++)
		if (pthread_create(&thread, NULL, load, (void *)i))
			exit(1);
}

static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		exit(1);
}

static void slow(void)
{
	for (;;) {
		free(malloc(10));
		usleep(20000);
	}
}

static void overflow(void)
{
	hold();
	for (int i = 0; i < HELD; i++)
		((volatile char *)held[i])[-1] = 1;
}

static void fork_child(void)
{
	char text[32];
	pid_t child = fork();

	if (!child)
		slow();
	snprintf(text, sizeof(text), "%d\n", child);
	say(text);
}

static void block_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void exec_when_told(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigwait(&set, &number) == 0)
		execlp("sleep", "sleep", "100", NULL);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	hold();
	block_signal();
	if (!strcmp(mode, "load"))
		start_threads();
	else if (!strcmp(mode, "overflow"))
		overflow();
	else if (!strcmp(mode, "fork"))
		fork_child();
	else if (!strcmp(mode, "closed"))
		prctl(PR_SET_DUMPABLE, 0);
	say("ready\n");
	if (!strcmp(mode, "exec"))
		exec_when_told();
	if (strcmp(mode, "load") != 0 && strcmp(mode, "silent") != 0)
		slow();
	for (;;)
		pause();
}
