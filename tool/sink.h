/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A place to append to: each piece is one write, so that it stays in one piece among others'. */
#ifndef PICKET_TOOL_SINK_H
#define PICKET_TOOL_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct picket_sink {
	const char *name; /* for messages */
	int fd;		  /* -1: nothing is kept */
	bool failed;	  /* said already */
};

/**
 * picket_sink_open() - open a file for appending, close-on-exec, or create it.
 * @path: "" for no file: then the descriptor is @otherwise.
 * Return: 0, or -1: said on standard error.
 */
int picket_sink_open(struct picket_sink *sink, const char *path, int otherwise);

/** picket_sink_write() - append; the first failure is said on standard error. */
void picket_sink_write(struct picket_sink *sink, const char *bytes, size_t count);

#endif
