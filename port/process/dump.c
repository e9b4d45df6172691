/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "control.h"

#include "../../core/report/report.h"
#include "line.h"
#include "modules.h"
#include "runtime.h"

/* Untouched, and so no memory, until somebody asks. */
static char text[PICKET_CONTROL_TEXT_BYTES];

/* The reader wants a whole report, though it is interested in the object only. */
static void record_start(struct picket_record *record)
{
	*record = (struct picket_record){
		.version = PICKET_RECORD_VERSION,
		.size_bytes = sizeof(*record),
		.bug = PICKET_BUG_INVALID_ACCESS,
		.found = PICKET_FOUND_SWEEP,
		.sampling.policy = PICKET_POLICY_UNKNOWN,
	};
}

/* Return: is there an object, of which the record now tells? */
static bool record_live(u32 slot_index, struct picket_record *record)
{
	record_start(record);
	return picket_guard_slot_record(picket_runtime.guard, slot_index, record) &&
	       record->object.state == PICKET_OBJECT_LIVE;
}

static void line_write(void *context, const char *bytes, uptr count)
{
	picket_line_add(context, bytes, count);
}

/* Nothing is asked of the system for it, unlike for a report. Return: false: there is no room. */
static bool put(struct picket_line *line, const struct picket_record *record)
{
	const struct picket_symbols symbols = { picket_module_frames, NULL };
	const struct picket_origin origin = { .domain = "user" };
	const struct picket_output output = { line_write, line };
	size_t before = line->used;

	picket_render_json(record, &origin, &symbols, &output);
	if (line->bytes[line->used - 1] == '\n')
		return true;
	line->used = before;
	return false;
}

size_t picket_dump_objects(picket_u64 *slot_index, const char **out)
{
	static struct picket_record record;
	const u32 count = picket_guard_slots(picket_runtime.guard);
	picket_u64 slot = *slot_index;
	struct picket_line line;

	picket_line_start(&line, text, sizeof(text));
	for (; slot < count; slot++) {
		if (record_live((u32)slot, &record) && !put(&line, &record) && line.used)
			break;
	}
	*slot_index = slot < count ? slot : 0;
	*out = text;
	return line.used;
}
