/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's layout, as kernel log parsers know it, for what the shadow detector finds. */
#include "text.h"

#define GRANULE_BYTES 8
#define ROW_BYTES (GRANULE_BYTES * PICKET_SHADOW_ROW_BYTES)
#define PREFIX "BUG: KASAN: "

/* A line. KASAN has no details that a log could leave out. */
static void start_line(struct picket_text *text)
{
	picket_text_message(text, true);
}

/* The first line of a part, behind an empty one. */
static void start_part(struct picket_text *text)
{
	picket_text_empty_line(text, true);
	start_line(text);
}

static const char *out_of_bounds(u32 region)
{
	switch (region) {
	case PICKET_REGION_HEAP:
	case PICKET_REGION_PAGES:
		return "slab-out-of-bounds";
	case PICKET_REGION_STACK:
		return "stack-out-of-bounds";
	case PICKET_REGION_ALLOCA:
		return "alloca-out-of-bounds";
	case PICKET_REGION_GLOBAL:
		return "global-out-of-bounds";
	case PICKET_REGION_VMALLOC:
		return "vmalloc-out-of-bounds";
	default:
		return "out-of-bounds";
	}
}

static const char *invalid_access(u32 region)
{
	switch (region) {
	case PICKET_REGION_NULL:
		return "null-ptr-deref";
	case PICKET_REGION_USER:
		return "user-memory-access";
	case PICKET_REGION_WILD:
		return "wild-memory-access";
	default:
		return "unknown-crash";
	}
}

static const char *type(const struct picket_record *record)
{
	switch (record->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		return out_of_bounds(record->region);
	case PICKET_BUG_USE_AFTER_FREE:
		return record->region == PICKET_REGION_HEAP ? "slab-use-after-free" :
							      "use-after-free";
	case PICKET_BUG_USE_AFTER_SCOPE:
		return "use-after-scope";
	case PICKET_BUG_INVALID_FREE:
	case PICKET_BUG_MISMATCH:
		return "invalid-free";
	case PICKET_BUG_DOUBLE_FREE:
		return "double-free";
	default:
		return invalid_access(record->region);
	}
}

static void print_title(struct picket_text *text)
{
	start_line(text);
	picket_print(&text->printer, PREFIX "%s in ", type(text->record));
	picket_text_place(text, &text->record->access_stack);
	picket_print(&text->printer, "\n");
}

static void print_task(struct picket_text *text)
{
	const struct picket_task *task = &text->record->access_task;

	picket_print(&text->printer, "%.*s/%d", PICKET_TASK_NAME_BYTES, task->name, task->tid);
}

static void print_access(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	start_line(text);
	if (record->found == PICKET_FOUND_FREE)
		picket_print(printer, "Free of addr ");
	else
		picket_print(printer, "%s of size %u at addr ",
			     record->access == PICKET_ACCESS_WRITE ? "Write" : "Read",
			     record->access_size_bytes);
	picket_text_address(text, record->fault_address);
	picket_print(printer, " by task ");
	print_task(text);
	picket_print(printer, "\n\n");
}

/* A log has neither source lines nor inlined calls; who reads the record later may know them. */
static void print_call(struct picket_text *text, const struct picket_frame *frame)
{
	struct picket_printer *printer = &text->printer;

	start_line(text);
	picket_print(printer, " ");
	if (frame->inlined)
		picket_print(printer, "%s (inlined)", frame->function ? frame->function : "?");
	else
		picket_text_frame(text, frame);
	if (frame->file)
		picket_print(printer, " %s:%u", frame->file, frame->line);
	picket_print(printer, "\n");
}

static void print_stack(struct picket_text *text, const struct picket_stack *stack)
{
	struct picket_frame frames[PICKET_INLINE_MAX];
	u32 index, each, count;

	for (index = 0; index < picket_stack_depth(stack); index++) {
		count = picket_stack_frames(stack, index, text->symbols, frames);
		for (each = 0; each < count; each++)
			print_call(text, &frames[each]);
	}
}

static void print_calls(struct picket_text *text)
{
	picket_text_footer(text);
	start_line(text);
	picket_print(&text->printer, "Call Trace:\n");
	print_stack(text, &text->record->access_stack);
}

/* Nothing is said of whom nobody took down. */
static void print_track(struct picket_text *text, const char *verb, const struct picket_task *task,
			const struct picket_stack *stack)
{
	if (!task->tid && !picket_stack_depth(stack))
		return;
	start_part(text);
	picket_print(&text->printer, "%s by task %d:\n", verb, task->tid);
	print_stack(text, stack);
}

static const char *position_words(u32 position)
{
	switch (position) {
	case PICKET_POSITION_LEFT:
		return "to the left of";
	case PICKET_POSITION_RIGHT:
		return "to the right of";
	default:
		return "inside of";
	}
}

/* KASAN counts the byte just behind an object as 0. */
static u64 kasan_distance(const struct picket_record *record)
{
	return record->distance_bytes - (record->position == PICKET_POSITION_RIGHT ? 1 : 0);
}

static void print_object(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const struct picket_object *object = &record->object;
	struct picket_printer *printer = &text->printer;
	bool is_freed = object->state == PICKET_OBJECT_FREED;

	print_track(text, "Allocated", &record->alloc_task, &record->alloc_stack);
	if (is_freed)
		print_track(text, "Freed", &record->free_task, &record->free_stack);
	start_part(text);
	picket_print(printer, "The buggy address belongs to the object at ");
	picket_text_address(text, object->address);
	picket_print(printer, "\n");
	if (object->allocator[0]) {
		start_line(text);
		picket_print(printer, " which belongs to the cache %.*s of size %llu\n",
			     PICKET_ALLOCATOR_NAME_BYTES, object->allocator, object->size_bytes);
	}
	start_line(text);
	picket_print(printer, "The buggy address is located %llu bytes %s\n",
		     kasan_distance(record), position_words(record->position));
	start_line(text);
	picket_print(printer, " %s %llu-byte region [", is_freed ? "freed" : "allocated",
		     object->size_bytes);
	picket_text_address(text, object->address);
	picket_print(printer, ", ");
	picket_text_address(text, object->address + object->size_bytes);
	picket_print(printer, ")\n");
}

static void print_frame_object(struct picket_text *text, const struct picket_frame_object *object)
{
	start_line(text);
	picket_print(&text->printer, " [%u, %llu) '%.*s'\n", object->offset_bytes,
		     (u64)object->offset_bytes + object->size_bytes, PICKET_VARIABLE_NAME_BYTES,
		     object->name);
}

static void print_frame(struct picket_text *text)
{
	const struct picket_memory *memory = &text->record->memory;
	struct picket_printer *printer = &text->printer;
	u32 count = memory->frame_objects;
	u32 index;

	start_part(text);
	picket_print(printer, "The buggy address belongs to stack of task ");
	print_task(text);
	picket_print(printer, "\n");
	start_line(text);
	picket_print(printer, " and is located at offset %llu in frame:\n",
		     memory->frame_offset_bytes);
	start_line(text);
	picket_print(printer, " ");
	picket_text_symbol(text, memory->frame_pc, true);
	picket_print(printer, "\n");
	start_part(text);
	picket_print(printer, "This frame has %u object%s:\n", count, count == 1 ? "" : "s");
	for (index = 0; index < count && index < PICKET_FRAME_OBJECTS; index++)
		print_frame_object(text, &memory->objects[index]);
}

/* As the kernel shows a symbol, with the variable's own size. */
static void print_variable(struct picket_text *text)
{
	const struct picket_memory *memory = &text->record->memory;
	u64 offset = text->record->fault_address - memory->variable_address;

	start_part(text);
	picket_print(&text->printer, "The buggy address belongs to the variable:\n");
	start_line(text);
	picket_print(&text->printer, " %.*s+0x%llx/0x%llx\n", PICKET_VARIABLE_NAME_BYTES,
		     memory->variable, offset, memory->variable_bytes);
}

static void print_place(struct picket_text *text)
{
	const struct picket_record *record = text->record;

	if (record->object.state != PICKET_OBJECT_NONE)
		print_object(text);
	if (record->memory.frame_pc)
		print_frame(text);
	else if (record->memory.variable_address)
		print_variable(text);
	if (record->region == PICKET_REGION_VMALLOC) {
		start_part(text);
		picket_print(&text->printer,
			     "The buggy address belongs to a vmalloc virtual mapping\n");
	}
}

static u32 row_count(const struct picket_memory *memory)
{
	return memory->shadow_rows < PICKET_SHADOW_ROWS ? memory->shadow_rows : PICKET_SHADOW_ROWS;
}

/* The offset, in the rows, of the first granule that may not be accessed, or of what was freed. */
static u64 bad_offset(const struct picket_record *record)
{
	const struct picket_memory *memory = &record->memory;
	u64 end = (u64)row_count(memory) * ROW_BYTES;
	u64 start = record->fault_address - memory->shadow_start;
	u64 offset;

	if (record->found == PICKET_FOUND_FREE || record->region == PICKET_REGION_UNKNOWN)
		return start;
	/* A long access may begin above the rows. All of it is open, down to them. */
	offset = record->fault_address < memory->shadow_start ? 0 : start;
	for (; offset < end; offset += GRANULE_BYTES)
		if (memory->shadow[offset / ROW_BYTES][offset % ROW_BYTES / GRANULE_BYTES])
			return offset;
	return start;
}

static void print_row(struct picket_text *text, u32 row, bool is_bad)
{
	const struct picket_memory *memory = &text->record->memory;
	u32 index;

	start_line(text);
	picket_print(&text->printer, "%c", is_bad ? '>' : ' ');
	picket_text_address(text, memory->shadow_start + (u64)row * ROW_BYTES);
	picket_print(&text->printer, ":");
	for (index = 0; index < PICKET_SHADOW_ROW_BYTES; index++)
		picket_print(&text->printer, " %02x", memory->shadow[row][index]);
	picket_print(&text->printer, "\n");
}

/* Below the first digit of a byte in the row above. */
static void print_caret(struct picket_text *text, u32 index)
{
	u32 column = 1 + 16 + 2 + 3 * index;

	start_line(text);
	while (column--)
		picket_print(&text->printer, " ");
	picket_print(&text->printer, "^\n");
}

static void print_shadow(struct picket_text *text)
{
	const struct picket_memory *memory = &text->record->memory;
	u64 bad = bad_offset(text->record);
	u32 row;

	start_part(text);
	picket_print(&text->printer, "Memory state around the buggy address:\n");
	for (row = 0; row < row_count(memory); row++) {
		bool is_bad = bad / ROW_BYTES == row;

		print_row(text, row, is_bad);
		if (is_bad)
			print_caret(text, (u32)(bad % ROW_BYTES / GRANULE_BYTES));
	}
}

void picket_text_kasan(struct picket_text *text)
{
	print_title(text);
	print_access(text);
	print_calls(text);
	print_place(text);
	if (row_count(&text->record->memory))
		print_shadow(text);
}
