/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "enrich.h"
#include "hurry.h"

struct naming {
	const struct picket_report *report;
	struct picket_symbolizer *symbolizer;
};

static bool is_kernel(const struct picket_report *report)
{
	return report->origin.domain && !strcmp(report->origin.domain, "kernel");
}

static u32 name_kernel_frame(const struct naming *naming, bool exact, struct picket_frame *out)
{
	struct picket_frame place = out[0];

	if (!place.function || !place.module || place.file)
		return 1;
	return picket_symbolizer_kernel_frames(naming->symbolizer, &place,
					       naming->report->origin.os_version, exact, out);
}

static u32 name_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	const struct naming *naming = context;
	const struct picket_symbols *recorded = &naming->report->symbols;
	u32 count = recorded->frames(recorded->context, pc, exact, out);
	struct picket_frame place;

	if (count != 1 || picket_hurried())
		return count;
	if (is_kernel(naming->report))
		return name_kernel_frame(naming, exact, out);
	if (out[0].function)
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
	struct picket_text_style style = {
		.prefix = "BUG: PICKET: ",
		.addresses_hashed = report->origin.addresses_hashed,
	};
	struct naming naming = { report, symbolizer };
	struct picket_symbols symbols = { name_frames, &naming };
	struct picket_output output = { write_stream, stream };

	picket_render_text(&report->record, &style, &symbols, &output);
}

void picket_enrich_json(const struct picket_report *report, struct picket_symbolizer *symbolizer,
			FILE *stream)
{
	struct naming naming = { report, symbolizer };
	struct picket_symbols symbols = { name_frames, &naming };
	struct picket_output output = { write_stream, stream };

	picket_render_json(&report->record, &report->origin, &symbols, &output);
}
