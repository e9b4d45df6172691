/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Tracepoints of the kernel, found by name: not all of them are exported. */
#ifndef PICKET_KASAN_TRACEPOINTS_H
#define PICKET_KASAN_TRACEPOINTS_H

#include <linux/types.h>

/**
 * picket_tracepoints_add() - let a function be called at an event.
 * @function: void (*)(void *, and the arguments of the event).
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: this kernel has no such event; another negative error.
 */
int picket_tracepoints_add(const char *event, void *function);

/** picket_tracepoints_remove() - undo all, and wait until none is being called. May sleep. */
void picket_tracepoints_remove(void);

#endif
