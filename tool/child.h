/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The program as a child that is no different from what the caller of `picket run` would have
 * run: same process group, terminal, streams, signal mask and dispositions.
 */
#ifndef PICKET_TOOL_CHILD_H
#define PICKET_TOOL_CHILD_H

#include <signal.h>
#include <sys/types.h>

/* Signals as they were when picket was started, for the program to start with. */
struct picket_signals {
	sigset_t mask;
	struct sigaction child_action;
};

/**
 * picket_signals_block() - from now on every signal waits, to be read from a signalfd.
 * @before: receives how it was.
 */
void picket_signals_block(struct picket_signals *before);

/**
 * picket_child_start() - fork and execvpe().
 * Return: its pid once the program runs; -errno of fork or exec.
 */
pid_t picket_child_start(char **arguments, char **environment,
			 const struct picket_signals *signals);

/**
 * picket_child_end_as() - end this process as the child has ended. Does not return.
 * @status: from waitpid(). Death by a signal is repeated, without a second core dump.
 */
_Noreturn void picket_child_end_as(int status);

/**
 * picket_child_stop_as() - stop this process as the child has stopped; returns when continued,
 * with the child continued too.
 */
void picket_child_stop_as(pid_t child, int signal_number);

#endif
