/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Any bytes are a kernel log. Each report found in it is numbered, renders as text in both layouts
 * and as JSON, and that JSON is a record that renders to the same JSON. The log without its last
 * line has at most as many reports.
 */
#include "tool/kernel/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct buffer {
	char *bytes;
	size_t used;
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void collect(void *context, const char *bytes, uptr count)
{
	struct buffer *buffer = context;

	buffer->bytes = realloc(buffer->bytes, buffer->used + count + 1);
	require(buffer->bytes != NULL);
	memcpy(buffer->bytes + buffer->used, bytes, count);
	buffer->used += count;
}

static void render_texts(const struct picket_report *report)
{
	const struct picket_text_style plain = {
		.prefix = "BUG: PICKET: ",
		.addresses_hashed = report->origin.addresses_hashed,
	};
	const struct picket_text_style kfence = { .prefix = "BUG: KFENCE: ", .kfence = true };
	struct buffer buffer = { NULL, 0 };
	const struct picket_output output = { collect, &buffer };

	picket_render_text(&report->record, &plain, &report->symbols, &output);
	picket_render_text(&report->record, &kfence, &report->symbols, &output);
	free(buffer.bytes);
}

static struct buffer render_json(const struct picket_report *report)
{
	struct buffer buffer = { NULL, 0 };
	const struct picket_output output = { collect, &buffer };

	picket_render_json(&report->record, &report->origin, &report->symbols, &output);
	return buffer;
}

static int take(void *context, struct picket_report *report)
{
	u64 *count = context;
	struct buffer line, again;
	struct picket_report parsed;
	char error[256];

	require(report->record.sequence == ++*count);
	render_texts(report);
	line = render_json(report);
	require(!picket_report_parse(line.bytes, line.used, &parsed, error, sizeof(error)));
	again = render_json(&parsed);
	require(again.used == line.used && !memcmp(again.bytes, line.bytes, line.used));
	picket_report_release(&parsed);
	free(again.bytes);
	free(line.bytes);
	return 0;
}

/* Each line in memory of its own, so that a sanitizer sees its end. */
static void give_line(struct picket_kernel_text *text, const char *line, size_t length)
{
	char *copy = malloc(length ? length : 1);

	require(copy != NULL);
	memcpy(copy, line, length);
	require(!picket_kernel_text_line(text, copy, length));
	free(copy);
}

static u64 count_reports(const char *data, size_t size)
{
	u64 count = 0;
	struct picket_kernel_text *text = picket_kernel_text_create(take, &count);
	const char *end = data + size;

	require(text != NULL);
	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		const char *line_end = newline ? newline : end;

		give_line(text, data, (size_t)(line_end - data));
		data = line_end + (newline != NULL);
	}
	require(!picket_kernel_text_end(text) && !picket_kernel_text_is_open(text));
	picket_kernel_text_destroy(text);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *log = (const char *)data;
	const char *last = size ? memrchr(log, '\n', size - 1) : NULL;
	u64 count = count_reports(log, size);

	if (last)
		require(count_reports(log, (size_t)(last - log)) <= count);
	return 0;
}
