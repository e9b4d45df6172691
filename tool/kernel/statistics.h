/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The counters of a detector, from its file in debugfs: lines "name: value". */
#ifndef PICKET_TOOL_KERNEL_STATISTICS_H
#define PICKET_TOOL_KERNEL_STATISTICS_H

#include "kernel.h"

#define PICKET_STATISTICS_BYTES 8192

/**
 * picket_counters_read() - all of them.
 * @text: receives the file; "" if it cannot be read.
 * @why:  receives NULL, or why it cannot.
 */
void picket_counters_read(enum picket_detector detector, char text[PICKET_STATISTICS_BYTES],
			  const char **why);

/** picket_counters_find() - the value of a line. Return: it; -1: there is no such line. */
long long picket_counters_find(const char *text, const char *name);

#endif
