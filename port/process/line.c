/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "line.h"

#include <string.h>

#define QUOTED_BYTES_MAX 64

void picket_line_start(struct picket_line *line, char *bytes, size_t size)
{
	line->bytes = bytes;
	line->size = size;
	line->used = 0;
	bytes[0] = '\0';
}

void picket_line_add(struct picket_line *line, const char *bytes, size_t count)
{
	size_t room = line->size - 1 - line->used;

	if (count > room)
		count = room;
	memcpy(line->bytes + line->used, bytes, count);
	line->used += count;
	line->bytes[line->used] = '\0';
}

void picket_line_text(struct picket_line *line, const char *text)
{
	picket_line_add(line, text, strlen(text));
}

void picket_line_number(struct picket_line *line, picket_u64 number)
{
	char digits[20];
	size_t start = sizeof(digits);

	do {
		digits[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	picket_line_add(line, digits + start, sizeof(digits) - start);
}

void picket_line_quote(struct picket_line *line, const char *bytes, size_t count)
{
	picket_line_text(line, "'");
	for (size_t i = 0; i < count && i < QUOTED_BYTES_MAX; i++)
		picket_line_add(line, bytes[i] >= ' ' && bytes[i] <= '~' ? &bytes[i] : "?", 1);
	picket_line_text(line, count > QUOTED_BYTES_MAX ? "...'" : "'");
}
