/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Reports with names: what a record says of its addresses, and what the symbolizer adds. */
#ifndef PICKET_TOOL_ENRICH_H
#define PICKET_TOOL_ENRICH_H

#include <stdio.h>

#include "record_json.h"
#include "symbols.h"

/**
 * picket_enrich_text() - a report for people, as `picket run` and `picket show` print it.
 *
 * Names that the record brings along are kept: they come from where it was made.
 */
void picket_enrich_text(const struct picket_report *report, struct picket_symbolizer *symbolizer,
			FILE *stream);

/** picket_enrich_json() - the same as a line of JSON. */
void picket_enrich_json(const struct picket_report *report, struct picket_symbolizer *symbolizer,
			FILE *stream);

#endif
