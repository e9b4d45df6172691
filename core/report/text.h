/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the layouts of text share. Private to core/report/. */
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

/*
 * What the kernel's layouts, KFENCE's and KASAN's, share.
 */

/** picket_text_frame() - "function+0x1/0x2 [module]"; the pc where nothing is known of it. */
void picket_text_frame(struct picket_text *text, const struct picket_frame *frame);

/** picket_text_symbol() - the same of a pc, for the function that stands in the binary. */
void picket_text_symbol(struct picket_text *text, u64 pc, bool exact);

/** picket_text_call() - the same of a call in a stack. */
void picket_text_call(struct picket_text *text, const struct picket_stack *stack, u32 index);

/** picket_text_place() - the same of a stack's innermost call; "?" if there is none. */
void picket_text_place(struct picket_text *text, const struct picket_stack *stack);

/** picket_text_empty_line() - of the headings, or of the details. */
void picket_text_empty_line(struct picket_text *text, bool heading);

/** picket_text_address() - the digits of an address, as the style has them. */
void picket_text_address(struct picket_text *text, u64 address);

/** picket_text_footer() - the line of CPU and task, or what the style has in place of it. */
void picket_text_footer(struct picket_text *text);

/* The layouts; each prints all that stands between the two rulers. */
void picket_text_plain(struct picket_text *text);
void picket_text_kfence(struct picket_text *text);
void picket_text_kasan(struct picket_text *text);

/** picket_text_kfence_object() - of that layout, what is known of the object. */
void picket_text_kfence_object(struct picket_text *text);

#endif
