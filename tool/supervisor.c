/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which signals are passed on? What the terminal sends (Ctrl-C, hang-up, window size), it sends
 * to the program too, as both are in one process group. All else that reaches this process was
 * meant for the program. What somebody sends to the whole group (`kill -TERM -GROUP`) cannot be
 * told from that, and so reaches the program twice rather than not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "descriptor.h"
#include "supervisor.h"

int picket_supervisor_open(void)
{
	sigset_t all;

	sigfillset(&all);
	return picket_descriptor_high(signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
}

static bool from_terminal(const struct signalfd_siginfo *info)
{
	if (info->ssi_code != SI_KERNEL)
		return false;
	/* A timer set before we were run, as in `perl -e 'alarm 9; exec @ARGV' picket run ...`. */
	return info->ssi_signo != SIGALRM;
}

static bool is_meant_for_child(const struct picket_supervisor *supervisor,
			       const struct signalfd_siginfo *info)
{
	pid_t sender = (pid_t)info->ssi_pid;

	switch (info->ssi_signo) {
	case SIGCHLD:
	case SIGCONT: /* whoever continues us: picket_child_stop_as() continues the child */
		return false;
	default:
		/* SIGPIPE of our own writes has our own pid. */
		return !from_terminal(info) && sender != supervisor->child && sender != getpid();
	}
}

static bool in_foreground(void)
{
	int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool foreground = terminal >= 0 && tcgetpgrp(terminal) == getpgrp();

	if (terminal >= 0)
		close(terminal);
	return foreground;
}

/*
 * A shell must see its job stop. But when a stranger stops the program alone by SIGSTOP, to
 * continue it alone later, we would sleep on: only a shell that waits is told of SIGSTOP.
 */
static void stopped(const struct picket_supervisor *supervisor, int signal_number)
{
	if (signal_number != SIGSTOP || in_foreground())
		picket_child_stop_as(supervisor->child, signal_number);
}

/* Return: the child has ended, with *status. */
static bool has_ended(const struct picket_supervisor *supervisor, int *status)
{
	while (waitpid(supervisor->child, status, WNOHANG | WUNTRACED | WCONTINUED) > 0) {
		if (WIFEXITED(*status) || WIFSIGNALED(*status))
			return true;
		if (WIFSTOPPED(*status))
			stopped(supervisor, WSTOPSIG(*status));
	}
	return false;
}

static void pass_on(const struct picket_supervisor *supervisor, const struct signalfd_siginfo *info)
{
	union sigval value = { .sival_ptr = (void *)(uintptr_t)info->ssi_ptr };

	if (info->ssi_code == SI_QUEUE)
		sigqueue(supervisor->child, (int)info->ssi_signo, value);
	else
		kill(supervisor->child, (int)info->ssi_signo);
}

/* Return: the child has ended, with *status. */
static bool take_signals(const struct picket_supervisor *supervisor, int *status)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD && has_ended(supervisor, status))
			return true;
		if (is_meant_for_child(supervisor, &info))
			pass_on(supervisor, &info);
	}
	return false;
}

int picket_supervisor_run(struct picket_supervisor *supervisor)
{
	struct pollfd events[] = {
		{ .fd = supervisor->signal_fd, .events = POLLIN },
		{ .fd = supervisor->inbox->fd, .events = POLLIN },
	};
	int status = 0;

	while (!take_signals(supervisor, &status)) {
		poll(events, 2, -1);
		picket_inbox_drain(supervisor->inbox, supervisor->queue);
	}
	/* Whoever outlives the program is refused from here on, and writes its reports itself. */
	shutdown(supervisor->inbox->fd, SHUT_RD);
	picket_inbox_drain(supervisor->inbox, supervisor->queue);
	return status;
}
