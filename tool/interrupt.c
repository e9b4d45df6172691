/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

static int signal_pipe[2];

static void on_signal(int number)
{
	int error = errno;
	ssize_t written = write(signal_pipe[1], "", 1);

	(void)number;
	(void)written; /* it is full: there is something to read */
	errno = error;
}

/* SA_RESTART: a report that is being written is written to its end. */
static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_RESETHAND | SA_RESTART };
	struct sigaction before;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

int picket_interrupt_open(void)
{
	struct epoll_event readable = { .events = EPOLLIN }, closed = { 0 };
	int fd;

	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, signal_pipe[0], &readable))
		return -errno;
	/* A file cannot be closed at another end, and is refused. */
	epoll_ctl(fd, EPOLL_CTL_ADD, STDOUT_FILENO, &closed);
	catch_signals();
	return fd;
}
