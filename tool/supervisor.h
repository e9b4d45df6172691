/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Watching over the program while it runs: reports are taken in, signals passed on, stops and
 * the end repeated. Nothing here waits for anything but events.
 */
#ifndef PICKET_TOOL_SUPERVISOR_H
#define PICKET_TOOL_SUPERVISOR_H

#include "inbox.h"

#include <sys/types.h>

struct picket_supervisor {
	pid_t child;
	int signal_fd;
	struct picket_inbox *inbox;
	struct picket_queue *queue;
};

/**
 * picket_supervisor_open() - the signalfd, before there is a child. All signals are blocked.
 * Return: the descriptor or a negative errno.
 */
int picket_supervisor_open(void);

/**
 * picket_supervisor_run() - until the child has ended and all it sent is in the queue.
 * Return: its status, as from waitpid().
 */
int picket_supervisor_run(struct picket_supervisor *supervisor);

#endif
