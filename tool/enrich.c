/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "enrich.h"
#include "hurry.h"

struct naming {
	const struct picket_symbols *recorded;
	struct picket_symbolizer *symbolizer;
};

static u32 name_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	const struct naming *naming = context;
	u32 count = naming->recorded->frames(naming->recorded->context, pc, exact, out);
	struct picket_frame place;

	if (count != 1 || out[0].function || picket_hurried())
		return count;
	place = out[0];
	return picket_symbolizer_frames(naming->symbolizer, &place, exact, out);
}

static void write_stream(void *context, const char *bytes, uptr count)
{
	fwrite(bytes, 1, count, context);
}

void picket_enrich_text(const struct picket_report *report, struct picket_symbolizer *symbolizer,
			FILE *stream)
{
	struct picket_text_style style = { .prefix = "BUG: PICKET: " };
	struct naming naming = { &report->symbols, symbolizer };
	struct picket_symbols symbols = { name_frames, &naming };
	struct picket_output output = { write_stream, stream };

	picket_render_text(&report->record, &style, &symbols, &output);
}

void picket_enrich_json(const struct picket_report *report, struct picket_symbolizer *symbolizer,
			FILE *stream)
{
	struct naming naming = { &report->symbols, symbolizer };
	struct picket_symbols symbols = { name_frames, &naming };
	struct picket_output output = { write_stream, stream };

	picket_render_json(&report->record, &report->origin, &symbols, &output);
}
