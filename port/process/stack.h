/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stacks of Picket's own. A handler runs on what stack the host has: an alternate one may be hardly
 * larger than the signal's frame, and a thread's may be used up. So a report is made on one of
 * these. They cost address space only until there is a report.
 */
#ifndef PICKET_STACK_H
#define PICKET_STACK_H

#include <picket/types.h>
#include <stdbool.h>

/** picket_stack_start() - map them. Return: 0 or -1. */
int picket_stack_start(void);

/**
 * picket_stack_run() - call a function on a stack of ours, from a handler in which all signals are
 * blocked. In the function SIGSEGV is not: picket_stack_escape() ends the function.
 *
 * The host's alternate stack is put away meanwhile: the kernel believes it to be free when we are
 * not on it, and would put the next signal's frame over ours.
 *
 * Async-signal-safe; never waits; errno changes.
 * Return: 0; -EAGAIN: all stacks are in use, and nothing was called; -EFAULT: the function has
 * faulted.
 */
int picket_stack_run(void (*function)(void *argument), void *argument);

/** picket_stack_escape() - end the function if it is one of ours that faulted at @sp. */
void picket_stack_escape(picket_uptr sp);

/** picket_stack_fork_child() - only the caller's thread lives on in this copy. */
void picket_stack_fork_child(void);

#endif
