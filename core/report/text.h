/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the two layouts of text share. Private to core/report/. */
#ifndef PICKET_REPORT_TEXT_H
#define PICKET_REPORT_TEXT_H

#include "format.h"
#include "frame.h"

/* One text on its way. */
struct picket_text {
	struct picket_printer printer;
	const struct picket_record *record;
	const struct picket_text_style *style;
	const struct picket_symbols *symbols;
};

/** picket_text_message() - what follows is the next message of a log, and a heading or not. */
void picket_text_message(struct picket_text *text, bool heading);

/** picket_text_seconds() - a time as seconds and microseconds, "32.919330s". */
void picket_text_seconds(struct picket_printer *printer, u64 time_ns);

/** picket_text_bytes() - the bytes of a corruption: " 0xac . . "; intact ones are dots. */
void picket_text_bytes(struct picket_text *text);

/** picket_text_end() - the object's last byte; KFENCE shows that, and not the first beyond. */
u64 picket_text_end(const struct picket_object *object);

/* The layouts; each prints all that stands between the two rulers. */
void picket_text_plain(struct picket_text *text);
void picket_text_kfence(struct picket_text *text);

/** picket_text_kfence_object() - of that layout, what is known of the object. */
void picket_text_kfence_object(struct picket_text *text);

#endif
