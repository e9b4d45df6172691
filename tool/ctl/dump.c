/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "tool/complain.h"
#include "tool/enrich.h"

#define ERROR_BYTES 256

struct dump {
	const struct picket_target *target;
	struct picket_symbolizer *symbolizer;
	json_t *objects;
};

static json_t *with_names(const struct picket_report *report, struct picket_symbolizer *symbolizer)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	json_t *json;

	if (!stream)
		return NULL;
	picket_enrich_json(report, symbolizer, stream);
	json = fclose(stream) ? NULL : json_loadb(text, size, 0, NULL);
	free(text);
	return json;
}

/* Return: 0; -1: it is no line of an object. */
static int add_line(struct dump *dump, const char *line, size_t length)
{
	char error[ERROR_BYTES];
	struct picket_report report;
	json_t *json, *object;

	if (picket_report_parse(line, length, &report, error, sizeof(error)))
		return -1;
	json = with_names(&report, dump->symbolizer);
	object = json_object_get(json_object_get(json, "memory_error"), "heap");
	if (object)
		json_array_append(dump->objects, object);
	json_decref(json);
	picket_report_release(&report);
	return object ? 0 : -1;
}

static int add_lines(struct dump *dump, const char *text, size_t length)
{
	while (length) {
		const char *newline = memchr(text, '\n', length);
		size_t line = newline ? (size_t)(newline - text) + 1 : length;

		if (add_line(dump, text, line))
			return picket_target_say_garbage(dump->target, "objects");
		text += line;
		length -= line;
	}
	return 0;
}

/* Return: the slot to go on with, 0: that was all, or -1: said. */
static long long add_part(struct dump *dump, long long slot, picket_u64 patience_ms)
{
	static char text[PICKET_CONTROL_TEXT_BYTES];
	struct picket_control_answer answer;

	if (picket_request(dump->target, PICKET_CONTROL_DUMP, (picket_u64)slot, patience_ms, false,
			   &answer))
		return -1;
	if (answer.text_bytes > sizeof(text) || (answer.result && answer.result <= slot) ||
	    picket_target_read(dump->target, (picket_uptr)answer.text, text, answer.text_bytes))
		return picket_target_say_garbage(dump->target, "objects");
	return add_lines(dump, text, answer.text_bytes) ? -1 : answer.result;
}

static int add_all(struct dump *dump, picket_u64 patience_ms)
{
	long long slot = 0;

	do
		slot = add_part(dump, slot, patience_ms);
	while (slot > 0);
	return slot < 0 ? -1 : 0;
}

json_t *picket_target_objects(const struct picket_target *target, picket_u64 patience_ms)
{
	struct dump dump = {
		.target = target,
		.symbolizer = picket_symbolizer_create(NULL),
		.objects = json_array(),
	};
	int error = -1;

	if (dump.symbolizer && dump.objects)
		error = add_all(&dump, patience_ms);
	else
		picket_complain("ctl: out of memory");
	picket_symbolizer_destroy(dump.symbolizer);
	if (!error)
		return dump.objects;
	json_decref(dump.objects);
	return NULL;
}
