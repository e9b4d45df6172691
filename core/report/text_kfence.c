/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * KFENCE's layout, as kernel log parsers know it. Kinds it does not tell apart look alike here:
 * a double free and a mismatch are an "invalid free".
 */
#include "text.h"

static bool is_kernel_image(const char *module)
{
	const char *image = "vmlinux";

	for (; *image && *module == *image; image++)
		module++;
	return !*image && !*module;
}

/* The kernel's log shows the function that stands in the binary, so inlined calls are left out. */
static void print_symbol(struct picket_text *text, const struct picket_stack *stack, u32 index)
{
	struct picket_printer *printer = &text->printer;
	struct picket_frame frames[PICKET_INLINE_MAX];
	const struct picket_frame *frame;

	frame = frames + picket_stack_frames(stack, index, text->symbols, frames) - 1;
	if (frame->function)
		picket_print(printer, "%s+0x%llx/0x%llx", frame->function, frame->function_offset,
			     frame->function_size);
	else
		picket_print(printer, "0x%016llx", frame->pc);
	if (frame->module && !is_kernel_image(frame->module))
		picket_print(printer, " [%s]", frame->module);
}

static void print_stack(struct picket_text *text, const struct picket_stack *stack)
{
	u32 index;

	for (index = 0; index < picket_stack_depth(stack); index++) {
		picket_print(&text->printer, " ");
		print_symbol(text, stack, index);
		picket_print(&text->printer, "\n");
	}
}

static const char *access_word(const struct picket_record *record)
{
	return record->access == PICKET_ACCESS_WRITE ? "write" : "read";
}

static void print_title(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

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
	if (picket_stack_depth(&record->access_stack))
		print_symbol(text, &record->access_stack, 0);
	else
		picket_print(printer, "?");
	picket_print(printer, "\n\n");
}

static void print_in_object(struct picket_text *text)
{
	if (text->record->object.state != PICKET_OBJECT_NONE)
		picket_print(&text->printer, " (in kfence-#%u)", text->record->object.slot_index);
}

static void print_access(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	switch (record->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		picket_print(printer, "Out-of-bounds %s at 0x%016llx (%lluB %s of kfence-#%u)",
			     access_word(record), record->fault_address,
			     record->kfence_distance_bytes,
			     record->position == PICKET_POSITION_LEFT ? "left" : "right",
			     record->object.slot_index);
		break;
	case PICKET_BUG_USE_AFTER_FREE:
		picket_print(printer, "Use-after-free %s at 0x%016llx", access_word(record),
			     record->fault_address);
		print_in_object(text);
		break;
	case PICKET_BUG_CORRUPTION:
		picket_print(printer, "Corrupted memory at 0x%016llx [", record->fault_address);
		picket_text_bytes(text);
		picket_print(printer, " ]");
		print_in_object(text);
		break;
	case PICKET_BUG_INVALID_FREE:
	case PICKET_BUG_DOUBLE_FREE:
	case PICKET_BUG_MISMATCH:
		picket_print(printer, "Invalid free of 0x%016llx", record->fault_address);
		print_in_object(text);
		break;
	default:
		picket_print(printer, "Invalid %s at 0x%016llx", access_word(record),
			     record->fault_address);
	}
	picket_print(printer, ":\n");
	print_stack(text, &record->access_stack);
	picket_print(printer, "\n");
}

static void print_track(struct picket_text *text, const char *verb, const struct picket_task *task,
			const struct picket_stack *stack)
{
	struct picket_printer *printer = &text->printer;
	u64 now_ns = text->record->access_task.time_ns;

	picket_print(printer, "%s by task %d on cpu %d at ", verb, task->tid, task->cpu);
	picket_text_seconds(printer, task->time_ns);
	picket_print(printer, " (");
	picket_text_seconds(printer, now_ns > task->time_ns ? now_ns - task->time_ns : 0);
	picket_print(printer, " ago):\n");
	print_stack(text, stack);
}

static void print_object(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const struct picket_object *object = &record->object;
	struct picket_printer *printer = &text->printer;

	picket_print(printer,
		     "kfence-#%u: 0x%016llx-0x%016llx, size=%llu, cache=", object->slot_index,
		     object->address, picket_text_end(object), object->size_bytes);
	if (object->allocator[0])
		picket_print(printer, "%.*s\n\n", PICKET_ALLOCATOR_NAME_BYTES, object->allocator);
	else
		picket_print(printer, "<destroyed>\n\n");
	if (record->alloc_stack.count)
		print_track(text, "allocated", &record->alloc_task, &record->alloc_stack);
	else
		picket_print(printer, " no allocation stack\n");
	if (object->state == PICKET_OBJECT_FREED) {
		picket_print(printer, "\n");
		if (record->free_stack.count)
			print_track(text, "freed", &record->free_task, &record->free_stack);
		else
			picket_print(printer, " no deallocation stack\n");
	}
	picket_print(printer, "\n");
}

void picket_text_kfence(struct picket_text *text)
{
	const struct picket_task *task = &text->record->access_task;

	print_title(text);
	print_access(text);
	if (text->record->object.state != PICKET_OBJECT_NONE)
		print_object(text);
	picket_print(&text->printer, "CPU: %d PID: %d Comm: %.*s\n", task->cpu, task->tid,
		     PICKET_TASK_NAME_BYTES, task->name);
}
