/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "text.h"

void picket_text_message(struct picket_text *text, bool heading)
{
	if (!text->style->message)
		return;
	picket_printer_flush(&text->printer);
	text->style->message(text->style->context, heading);
}

void picket_text_seconds(struct picket_printer *printer, u64 time_ns)
{
	picket_print(printer, "%llu.%06llus", time_ns / 1000000000, time_ns / 1000 % 1000000);
}

u64 picket_text_end(const struct picket_object *object)
{
	return object->address + object->size_bytes - (object->size_bytes ? 1 : 0);
}

/* Bytes that a record lacks because a log hid them. */
static u32 last_changed(const struct picket_corruption *corruption)
{
	u32 count = 0;

	while (count < PICKET_CORRUPT_BYTES && corruption->changed >> count)
		count++;
	return count;
}

void picket_text_bytes(struct picket_text *text)
{
	const struct picket_corruption *corruption = &text->record->corruption;
	u32 count = corruption->count ? corruption->count : last_changed(corruption);
	u32 index;

	for (index = 0; index < count && index < PICKET_CORRUPT_BYTES; index++) {
		if (!(corruption->changed >> index & 1))
			picket_print(&text->printer, " .");
		else if (text->style->hide_addresses || !corruption->count)
			picket_print(&text->printer, " !");
		else
			picket_print(&text->printer, " 0x%02x", corruption->bytes[index]);
	}
}

static void print_ruler(struct picket_text *text)
{
	u32 count;

	picket_text_message(text, true);
	for (count = 0; count < 66; count++)
		picket_print(&text->printer, "=");
	picket_print(&text->printer, "\n");
}

void picket_render_text(const struct picket_record *record, const struct picket_text_style *style,
			const struct picket_symbols *symbols, const struct picket_output *output)
{
	struct picket_text text = { .record = record, .style = style, .symbols = symbols };

	picket_printer_init(&text.printer, output);
	print_ruler(&text);
	if (style->kfence)
		picket_text_kfence(&text);
	else
		picket_text_plain(&text);
	print_ruler(&text);
	picket_printer_flush(&text.printer);
}

void picket_render_object(const struct picket_record *record, const struct picket_text_style *style,
			  const struct picket_symbols *symbols, const struct picket_output *output)
{
	struct picket_text text = { .record = record, .style = style, .symbols = symbols };

	picket_printer_init(&text.printer, output);
	picket_text_kfence_object(&text);
	picket_printer_flush(&text.printer);
}
