/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The counters of a detector, from its file in debugfs: lines "name: value". */
#ifndef PICKET_TOOL_KERNEL_STATISTICS_H
#define PICKET_TOOL_KERNEL_STATISTICS_H

#include <jansson.h>

#include "kernel.h"

#define PICKET_STATISTICS_BYTES 8192

/**
 * picket_counters_read() - all of them.
 * @text: receives the file; "" if it cannot be read.
 * @why:  receives NULL, or why it cannot.
 */
void picket_counters_read(enum picket_watcher detector, char text[PICKET_STATISTICS_BYTES],
			  const char **why);

/** picket_counters_print() - on standard output, below "statistics:"; or @why there are none. */
void picket_counters_print(const char *text, const char *why);

/** picket_counters_json() - an object, or null if there is a @why. */
json_t *picket_counters_json(const char *text, const char *why);

/** picket_counters_find() - the value of a line. Return: it; -1: there is no such line. */
long long picket_counters_find(const char *text, const char *name);

#endif
