/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * KFENCE's layout, as kernel log parsers know it. Kinds it does not tell apart look alike here:
 * a double free and a mismatch are an "invalid free".
 */
#include "text.h"

static void print_stack(struct picket_text *text, const struct picket_stack *stack)
{
	u32 index;

	for (index = 0; index < picket_stack_depth(stack); index++) {
		picket_text_message(text, false);
		picket_print(&text->printer, " ");
		picket_text_call(text, stack, index);
		picket_print(&text->printer, "\n");
	}
}

static void print_address(struct picket_text *text, u64 address)
{
	picket_print(&text->printer, "0x");
	picket_text_address(text, address);
}

static const char *access_word(const struct picket_record *record)
{
	return record->access == PICKET_ACCESS_WRITE ? "write" : "read";
}

static void print_title(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	picket_text_message(text, true);
	picket_print(printer, "%s", text->style->prefix);
	switch (record->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		picket_print(printer, "out-of-bounds %s", access_word(record));
		break;
	case PICKET_BUG_USE_AFTER_FREE:
		picket_print(printer, "use-after-free %s", access_word(record));
		break;
	case PICKET_BUG_CORRUPTION:
		picket_print(printer, "memory corruption");
		break;
	case PICKET_BUG_INVALID_FREE:
	case PICKET_BUG_DOUBLE_FREE:
	case PICKET_BUG_MISMATCH:
		picket_print(printer, "invalid free");
		break;
	default:
		picket_print(printer, "invalid %s", access_word(record));
	}
	picket_print(printer, " in ");
	picket_text_place(text, &record->access_stack);
	picket_print(printer, "\n\n");
}

static void print_in_object(struct picket_text *text)
{
	if (text->record->object.state != PICKET_OBJECT_NONE)
		picket_print(&text->printer, " (in kfence-#%u)", text->record->object.slot_index);
}

static void print_access_line(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	picket_text_message(text, true);
	switch (record->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		picket_print(printer, "Out-of-bounds %s at ", access_word(record));
		print_address(text, record->fault_address);
		picket_print(printer, " (%lluB %s of kfence-#%u)", record->kfence_distance_bytes,
			     record->position == PICKET_POSITION_LEFT ? "left" : "right",
			     record->object.slot_index);
		break;
	case PICKET_BUG_USE_AFTER_FREE:
		picket_print(printer, "Use-after-free %s at ", access_word(record));
		print_address(text, record->fault_address);
		print_in_object(text);
		break;
	case PICKET_BUG_CORRUPTION:
		picket_print(printer, "Corrupted memory at ");
		print_address(text, record->fault_address);
		picket_print(printer, " [");
		picket_text_bytes(text);
		picket_print(printer, " ]");
		print_in_object(text);
		break;
	case PICKET_BUG_INVALID_FREE:
	case PICKET_BUG_DOUBLE_FREE:
	case PICKET_BUG_MISMATCH:
		picket_print(printer, "Invalid free of ");
		print_address(text, record->fault_address);
		print_in_object(text);
		break;
	default:
		picket_print(printer, "Invalid %s at ", access_word(record));
		print_address(text, record->fault_address);
	}
	picket_print(printer, ":\n");
}

static void print_track(struct picket_text *text, const char *verb, const struct picket_task *task,
			const struct picket_stack *stack)
{
	struct picket_printer *printer = &text->printer;
	u64 now_ns = text->record->access_task.time_ns;

	picket_text_message(text, false);
	picket_print(printer, "%s by task %d on cpu %d at ", verb, task->tid, task->cpu);
	picket_text_seconds(printer, task->time_ns);
	picket_print(printer, " (");
	picket_text_seconds(printer, now_ns > task->time_ns ? now_ns - task->time_ns : 0);
	picket_print(printer, " ago):\n");
	print_stack(text, stack);
}

/* A line for when there is no stack, and so nobody knows who it was. */
static void print_unknown(struct picket_text *text, const char *line)
{
	picket_text_message(text, false);
	picket_print(&text->printer, "%s\n", line);
}

void picket_text_kfence_object(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const struct picket_object *object = &record->object;
	struct picket_printer *printer = &text->printer;

	picket_text_message(text, false);
	picket_print(printer, "kfence-#%u: ", object->slot_index);
	print_address(text, object->address);
	picket_print(printer, "-");
	print_address(text, picket_text_end(object));
	picket_print(printer, ", size=%llu, cache=", object->size_bytes);
	if (object->allocator[0])
		picket_print(printer, "%.*s\n\n", PICKET_ALLOCATOR_NAME_BYTES, object->allocator);
	else
		picket_print(printer, "<destroyed>\n\n");
	if (record->alloc_stack.count)
		print_track(text, "allocated", &record->alloc_task, &record->alloc_stack);
	else
		print_unknown(text, " no allocation stack");
	if (object->state != PICKET_OBJECT_FREED)
		return;
	picket_text_empty_line(text, false);
	if (record->free_stack.count)
		print_track(text, "freed", &record->free_task, &record->free_stack);
	else
		print_unknown(text, " no deallocation stack");
}

void picket_text_kfence(struct picket_text *text)
{
	print_title(text);
	print_access_line(text);
	print_stack(text, &text->record->access_stack);
	picket_text_empty_line(text, true);
	if (text->record->object.state != PICKET_OBJECT_NONE) {
		picket_text_kfence_object(text);
		picket_text_empty_line(text, true);
	}
	picket_text_footer(text);
}
