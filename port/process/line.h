/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A line of text in a fixed buffer: what does not fit is cut off, the end is always a NUL. No
 * allocation and no locale, so it may be used in a signal handler and before the program starts.
 */
#ifndef PICKET_LINE_H
#define PICKET_LINE_H

#include <picket/types.h>
#include <stddef.h>

struct picket_line {
	char *bytes;
	size_t size;
	size_t used; /* without the NUL; at most size - 1 */
};

/** picket_line_start() - an empty line in @bytes, which has room for @size (at least 1) bytes. */
void picket_line_start(struct picket_line *line, char *bytes, size_t size);

/** picket_line_add() - append bytes as they are. */
void picket_line_add(struct picket_line *line, const char *bytes, size_t count);

/** picket_line_text() - append a NUL-terminated text. */
void picket_line_text(struct picket_line *line, const char *text);

/** picket_line_number() - append a number in decimal. */
void picket_line_number(struct picket_line *line, picket_u64 number);

/**
 * picket_line_quote() - append bytes somebody typed, between quotes: unprintable ones as '?', and
 * long ones shortened, so that it stays one readable line.
 */
void picket_line_quote(struct picket_line *line, const char *bytes, size_t count);

#endif
