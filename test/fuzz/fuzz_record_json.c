/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Any bytes are a record or are refused with one line. A record renders as text in both layouts
 * and as JSON; that JSON is a record again, and one that renders to the same JSON.
 */
#include "core/report/report.h"
#include "tool/record_json.h"

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

static struct buffer render_json(const struct picket_report *report)
{
	struct buffer buffer = { NULL, 0 };
	const struct picket_output output = { collect, &buffer };

	picket_render_json(&report->record, &report->origin, &report->symbols, &output);
	return buffer;
}

static void render_texts(const struct picket_report *report)
{
	const struct picket_text_style plain = { .prefix = "BUG: PICKET: " };
	const struct picket_text_style kfence = { .prefix = "BUG: KFENCE: ", .kfence = true };
	struct buffer buffer = { NULL, 0 };
	const struct picket_output output = { collect, &buffer };
	size_t index;

	picket_render_text(&report->record, &plain, &report->symbols, &output);
	picket_render_text(&report->record, &kfence, &report->symbols, &output);
	for (index = 0; index < buffer.used; index++)
		require((unsigned char)buffer.bytes[index] >= 0x20 || buffer.bytes[index] == '\n');
	free(buffer.bytes);
}

static void parse_again(const struct buffer *line)
{
	struct picket_report report;
	struct buffer again;
	char error[256];

	require(!picket_report_parse(line->bytes, line->used, &report, error, sizeof(error)));
	again = render_json(&report);
	require(again.used == line->used && !memcmp(again.bytes, line->bytes, line->used));
	free(again.bytes);
	picket_report_release(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picket_report report;
	struct buffer line;
	char error[256] = "";

	if (picket_report_parse((const char *)data, size, &report, error, sizeof(error))) {
		require(error[0] && !strchr(error, '\n'));
		return 0;
	}
	render_texts(&report);
	line = render_json(&report);
	parse_again(&line);
	free(line.bytes);
	picket_report_release(&report);
	return 0;
}
