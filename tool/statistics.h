/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a watched process says of itself when it ends: counters, as JSON. */
#ifndef PICKET_TOOL_STATISTICS_H
#define PICKET_TOOL_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PICKET_STATISTICS_SCHEMA "picket_stats/1"

/**
 * picket_statistics_print() - print the counters of one process for people.
 * Return: false: the line is no statistics, nothing was printed.
 */
bool picket_statistics_print(const char *line, size_t length, FILE *stream);

#endif
