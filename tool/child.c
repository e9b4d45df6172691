/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "descriptor.h"

#define CONTINUE_WAIT_MS 50
#define CONTINUE_POLL_MS 5

void picket_signals_block(struct picket_signals *before)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before->mask);
	/* Ignored, it would take the exit status from us. */
	sigaction(SIGCHLD, &by_default, &before->child_action);
}

static _Noreturn void become_program(char **arguments, char **environment,
				     const struct picket_signals *signals, int error_fd)
{
	int error;

	sigaction(SIGCHLD, &signals->child_action, NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
	execvpe(arguments[0], arguments, environment);
	error = errno;
	if (write(error_fd, &error, sizeof(error)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_FAILURE);
}

/* The pipe closes at exec. Return: 0, or the errno of a failed exec. */
static int await_exec(int fd)
{
	int error = 0;
	ssize_t count;

	do {
		count = read(fd, &error, sizeof(error));
	} while (count < 0 && errno == EINTR);
	return count == (ssize_t)sizeof(error) ? error : 0;
}

static int open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	ends[0] = picket_descriptor_high(ends[0]);
	ends[1] = picket_descriptor_high(ends[1]);
	return ends[0] < 0 || ends[1] < 0 ? -EMFILE : 0;
}

pid_t picket_child_start(char **arguments, char **environment, const struct picket_signals *signals)
{
	int ends[2], error = open_pipe(ends);
	pid_t child;

	if (error)
		return error;
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		become_program(arguments, environment, signals, ends[1]);
	close(ends[1]);
	error = await_exec(ends[0]);
	close(ends[0]);
	if (!error)
		return child;
	waitpid(child, NULL, 0);
	return -error;
}

static void raise_by_default(int signal_number)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL }, before;
	sigset_t set;

	sigaction(signal_number, &by_default, &before);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	kill(getpid(), signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(signal_number, &before, NULL);
}

void picket_child_end_as(int status)
{
	struct rlimit no_core = { 0, 0 };

	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a core pattern with a pipe heeds no limit */
	raise_by_default(WTERMSIG(status));
	_exit(128 + WTERMSIG(status));
}

static bool continued(pid_t child)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, (id_t)child, &info, WCONTINUED | WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == child;
}

void picket_child_stop_as(pid_t child, int signal_number)
{
	raise_by_default(signal_number);
	/* The shell may have continued both of us: a second SIGCONT could be seen. */
	for (int waited = 0; waited < CONTINUE_WAIT_MS; waited += CONTINUE_POLL_MS) {
		if (continued(child))
			return;
		poll(NULL, 0, CONTINUE_POLL_MS);
	}
	kill(child, SIGCONT);
}
