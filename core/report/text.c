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

static bool is_kernel_image(const char *module)
{
	const char *image = "vmlinux";

	for (; *image && *module == *image; image++)
		module++;
	return !*image && !*module;
}

/* The kernel's log shows the function that stands in the binary, so inlined calls are left out. */
static const struct picket_frame *outer_frame(struct picket_text *text, u64 pc, bool exact,
					      struct picket_frame *frames)
{
	return frames + picket_pc_frames(pc, exact, text->symbols, frames) - 1;
}

void picket_text_frame(struct picket_text *text, const struct picket_frame *frame)
{
	struct picket_printer *printer = &text->printer;

	if (frame->function)
		picket_print(printer, "%s+0x%llx/0x%llx", frame->function, frame->function_offset,
			     frame->function_size);
	else
		picket_print(printer, "0x%016llx", frame->pc);
	if (frame->module && !is_kernel_image(frame->module))
		picket_print(printer, " [%s]", frame->module);
}

void picket_text_symbol(struct picket_text *text, u64 pc, bool exact)
{
	struct picket_frame frames[PICKET_INLINE_MAX];

	picket_text_frame(text, outer_frame(text, pc, exact, frames));
}

void picket_text_call(struct picket_text *text, const struct picket_stack *stack, u32 index)
{
	picket_text_symbol(text, stack->pc[index],
			   index == 0 && (stack->flags & PICKET_STACK_EXACT_PC));
}

void picket_text_place(struct picket_text *text, const struct picket_stack *stack)
{
	if (picket_stack_depth(stack))
		picket_text_call(text, stack, 0);
	else
		picket_print(&text->printer, "?");
}

void picket_text_empty_line(struct picket_text *text, bool heading)
{
	picket_text_message(text, heading);
	picket_print(&text->printer, "\n");
}

void picket_text_address(struct picket_text *text, u64 address)
{
	const struct picket_text_style *style = text->style;

	if (style->address)
		picket_print(&text->printer, "%s", style->address(style->context, address));
	else
		picket_print(&text->printer, "%016llx", address);
}

void picket_text_footer(struct picket_text *text)
{
	const struct picket_task *task = &text->record->access_task;

	picket_text_message(text, true);
	if (text->style->footer)
		text->style->footer(text->style->context);
	else
		picket_print(&text->printer, "CPU: %d PID: %d Comm: %.*s\n", task->cpu, task->tid,
			     PICKET_TASK_NAME_BYTES, task->name);
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
	if (record->detector == PICKET_DETECTOR_SHADOW)
		picket_text_kasan(&text);
	else if (style->kfence)
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
