/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A watched process as seen through /proc/PID/mem, which the kernel opens for its user and for
 * root only. What stays open belongs to the program that ran then: once that has ended or was
 * replaced, nothing can be read, whoever has the number now.
 *
 * The process is not trusted: whatever is read from it may be anything.
 */
#ifndef PICKET_TOOL_CTL_TARGET_H
#define PICKET_TOOL_CTL_TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "port/process/control.h"

#define PICKET_PID_MAX 4194304 /* Linux's own limit */

struct picket_target {
	pid_t pid;
	pid_t own_pid; /* as the process itself counts, in a container */
	int memory;
	char executable[PATH_MAX];
	picket_u64 address;	       /* of the control block, */
	struct picket_control control; /* and a copy of it */
};

/**
 * picket_target_open() - find the control block of a process.
 * Return: 0; -1: there is no such process, it is not watched, or is another user's: said.
 */
int picket_target_open(struct picket_target *target, pid_t pid);

void picket_target_close(struct picket_target *target);

/** picket_target_read() - copy memory of the process. Return: 0; -1: there is none, or no more. */
int picket_target_read(const struct picket_target *target, picket_u64 address, void *bytes,
		       size_t count);

/** picket_target_write() - the other way. Return: as above. */
int picket_target_write(const struct picket_target *target, picket_u64 address, const void *bytes,
			size_t count);

/**
 * picket_target_text() - a text of the process: printable ASCII of at most @size - 1 bytes, else
 * it counts as none. Return: 0; -1: there is none.
 */
int picket_target_text(const struct picket_target *target, const char *address, char *text,
		       size_t size);

/** picket_target_say_gone() - why nothing can be read any more. Return: -1. */
int picket_target_say_gone(const struct picket_target *target);

/** picket_target_say_garbage() - what was read makes no sense. Return: -1. */
int picket_target_say_garbage(const struct picket_target *target, const char *what);

#endif
