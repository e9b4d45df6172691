/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The inverse of picket_render_json(): a line of JSON as a record again. The line may come from
 * anywhere; doc/report-format.md is what it is held against.
 */
#ifndef PICKET_TOOL_RECORD_JSON_H
#define PICKET_TOOL_RECORD_JSON_H

#include <stddef.h>

#include "core/report/report.h"

struct picket_report_store;

/* A report that was read. All strings live as long as it does. */
struct picket_report {
	struct picket_record record;
	struct picket_origin origin;
	/*
	 * What the line says of each pc: at least the module if that was known. Good for
	 * rendering as it is, and where a symbolizer finds module, offset and build-id of a pc.
	 */
	struct picket_symbols symbols;
	struct picket_report_store *store;
};

/**
 * picket_report_parse() - read one line of JSON.
 * @line:        need not be terminated; a newline at its end is allowed.
 * @error:       on failure one line without newline, naming the field and what is allowed there.
 * @error_bytes: size of that buffer; 256 is enough.
 *
 * Members that are not known are ignored. "time" and other UTC texts are not read, nor is
 * "report_id": they follow from the exact times.
 * Return: 0; -22 (EINVAL): the line is no such record; -12 (ENOMEM). On failure there is nothing
 * to free.
 */
int picket_report_parse(const char *line, size_t line_bytes, struct picket_report *report,
			char *error, size_t error_bytes);

/** picket_report_release() - free what picket_report_parse() allocated. */
void picket_report_release(struct picket_report *report);

#endif
