/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Picket's own layout: KFENCE's shape, with sentences that say what happened. */
#include "text.h"

/* The last part of a path, which is what a person calls a module. */
static const char *base_name(const char *path)
{
	const char *base = path;
	u32 index;

	for (index = 0; index < PICKET_STRING_BYTES_MAX && path[index]; index++) {
		if (path[index] == '/')
			base = path + index + 1;
	}
	return base;
}

static void print_function(struct picket_printer *printer, const struct picket_frame *frame)
{
	picket_print(printer, "%s", frame->function);
	if (frame->inlined || !(frame->function_offset || frame->function_size))
		return;
	picket_print(printer, "+0x%llx", frame->function_offset);
	if (frame->function_size)
		picket_print(printer, "/0x%llx", frame->function_size);
}

static void print_known_frame(struct picket_printer *printer, const struct picket_frame *frame)
{
	print_function(printer, frame);
	if (frame->inlined)
		picket_print(printer, " [inlined]");
	if (frame->file)
		picket_print(printer, " %s", frame->file);
	if (frame->file && frame->line)
		picket_print(printer, ":%u", frame->line);
	if (frame->module)
		picket_print(printer, " (%s)", base_name(frame->module));
}

/* Without a function the whole path and the build id let a person look it up later. */
static void print_unknown_frame(struct picket_printer *printer, const struct picket_frame *frame)
{
	if (!frame->module) {
		picket_print(printer, "0x%llx", frame->pc);
		return;
	}
	picket_print(printer, "%s+0x%llx", frame->module, frame->module_offset);
	if (frame->build_id && frame->build_id_bytes >= 4) {
		picket_print(printer, " (build-id ");
		picket_print_bytes(printer, frame->build_id, 4);
		picket_print(printer, ")");
	}
}

/* Return: the number of the next line. */
static u32 print_frames(struct picket_text *text, const struct picket_stack *stack, u32 index,
			u32 number)
{
	struct picket_printer *printer = &text->printer;
	struct picket_frame frames[PICKET_INLINE_MAX];
	u32 count = picket_stack_frames(stack, index, text->symbols, frames);
	u32 each;

	for (each = 0; each < count; each++) {
		picket_print(printer, number < 10 ? "  #%u " : " #%u ", number);
		number++;
		if (frames[each].function)
			print_known_frame(printer, &frames[each]);
		else
			print_unknown_frame(printer, &frames[each]);
		picket_print(printer, "\n");
	}
	return number;
}

static void print_stack(struct picket_text *text, const struct picket_stack *stack,
			const char *if_empty)
{
	u32 number = 0;
	u32 index;

	for (index = 0; index < picket_stack_depth(stack); index++)
		number = print_frames(text, stack, index, number);
	if (index == 0)
		picket_print(&text->printer, "  %s\n", if_empty);
	if (stack->flags & PICKET_STACK_TRUNCATED)
		picket_print(&text->printer, "  (deeper frames were not recorded)\n");
}

static void print_culprit(struct picket_text *text)
{
	const struct picket_stack *stack = &text->record->access_stack;
	struct picket_printer *printer = &text->printer;
	struct picket_frame frames[PICKET_INLINE_MAX];

	if (!picket_stack_depth(stack)) {
		picket_print(printer, "?");
		return;
	}
	picket_stack_frames(stack, 0, text->symbols, frames);
	if (frames[0].function)
		print_function(printer, &frames[0]);
	else if (frames[0].module)
		picket_print(printer, "%s+0x%llx", base_name(frames[0].module),
			     frames[0].module_offset);
	else
		picket_print(printer, "0x%llx", frames[0].pc);
}

/* A check that runs for no reason of the host says nothing about the function it ran in. */
static void print_where(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	u32 found = record->bug == PICKET_BUG_CORRUPTION ? record->found : PICKET_FOUND_FAULT;

	if (found == PICKET_FOUND_SWEEP) {
		picket_print(&text->printer, " by a sweep");
	} else if (found == PICKET_FOUND_EXIT) {
		picket_print(&text->printer, " at exit");
	} else if (found == PICKET_FOUND_PANIC) {
		picket_print(&text->printer, " at the crash");
	} else {
		picket_print(&text->printer, " in ");
		print_culprit(text);
	}
}

static void print_title(struct picket_text *text)
{
	static const char *const access_words[] = { "access", "read", "write" };
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;
	const char *access =
		access_words[record->access <= PICKET_ACCESS_WRITE ? record->access : 0];
	bool is_realloc = record->found == PICKET_FOUND_REALLOC;

	picket_print(printer, "%s", text->style->prefix);
	switch (record->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		picket_print(printer, "out-of-bounds %s", access);
		break;
	case PICKET_BUG_USE_AFTER_FREE:
		picket_print(printer, "use-after-free %s", access);
		break;
	case PICKET_BUG_CORRUPTION:
		picket_print(printer, "memory corruption found");
		break;
	case PICKET_BUG_INVALID_FREE:
		picket_print(printer, is_realloc ? "invalid realloc" : "invalid free");
		break;
	case PICKET_BUG_DOUBLE_FREE:
		picket_print(printer, is_realloc ? "realloc after free" : "double free");
		break;
	case PICKET_BUG_MISMATCH:
		picket_print(printer, is_realloc ? "mismatched realloc" : "mismatched free");
		break;
	default:
		picket_print(printer, "invalid %s", access);
	}
	print_where(text);
	picket_print(printer, "\n\n");
}

/* "8-byte", "11-byte" and "80-byte" are spoken with a vowel, and so is "11000-byte". */
static const char *article(u64 number)
{
	while (number >= 1000)
		number /= 1000;
	return number == 11 || number == 18 || number == 8 || number / 10 == 8 ||
			       number / 100 == 8 ?
		       "an" :
		       "a";
}

static void print_count(struct picket_printer *printer, u64 bytes)
{
	picket_print(printer, "%llu byte%s", bytes, bytes == 1 ? "" : "s");
}

static void print_object_name(struct picket_text *text)
{
	const struct picket_object *object = &text->record->object;
	u32 bug = text->record->bug;
	/* The object lived until the very free that found these. */
	bool just_freed = bug == PICKET_BUG_CORRUPTION || bug == PICKET_BUG_MISMATCH;

	if (object->state == PICKET_OBJECT_FREED && !just_freed)
		picket_print(&text->printer, "a freed ");
	else
		picket_print(&text->printer, "%s ", article(object->size_bytes));
	picket_print(&text->printer, "%llu-byte object (picket-#%u)", object->size_bytes,
		     object->slot_index);
}

/* ", 1 byte past the end of a 40-byte object (picket-#12)" */
static void print_place(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	if (record->object.state == PICKET_OBJECT_NONE) {
		picket_print(printer, ", where there is no object");
		return;
	}
	picket_print(printer, ", ");
	if (record->fault_address == record->object.address) {
		picket_print(printer, "the start of ");
	} else if (record->position != PICKET_POSITION_NONE) {
		print_count(printer, record->distance_bytes);
		if (record->position == PICKET_POSITION_LEFT)
			picket_print(printer, " before the start of ");
		else if (record->position == PICKET_POSITION_RIGHT)
			picket_print(printer, " past the end of ");
		else
			picket_print(printer, " inside ");
	} else {
		picket_print(printer, "near ");
	}
	print_object_name(text);
}

/* " by read(), argument 2," */
static void print_call(struct picket_printer *printer, const struct picket_call *call)
{
	if (call->name[0])
		picket_print(printer, " by %s()", call->name);
	else
		picket_print(printer, " by a system call");
	if (call->argument)
		picket_print(printer, ", argument %u,", call->argument);
}

static void print_fault(struct picket_text *text)
{
	static const char *const words[] = { "Access", "Read", "Write" };
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "%s",
		     words[record->access <= PICKET_ACCESS_WRITE ? record->access : 0]);
	if (record->access_size_bytes) {
		picket_print(printer, " of ");
		print_count(printer, record->access_size_bytes);
	}
	if (record->found == PICKET_FOUND_CALL)
		print_call(printer, &record->call);
	picket_print(printer, " at 0x%llx", record->fault_address);
	print_place(text);
}

static u64 ago_ns(const struct picket_text *text, u64 time_ns)
{
	u64 now_ns = text->record->access_task.time_ns;

	return now_ns > time_ns ? now_ns - time_ns : 0;
}

static void print_window(struct picket_text *text)
{
	const struct picket_corruption *corruption = &text->record->corruption;
	struct picket_printer *printer = &text->printer;

	if (!corruption->since_ns) {
		picket_print(printer, "at a time that is not known");
	} else if (!ago_ns(text, corruption->since_ns)) {
		picket_print(printer, "just before");
	} else if (ago_ns(text, corruption->until_ns)) {
		picket_print(printer, "between ");
		picket_text_seconds(printer, ago_ns(text, corruption->since_ns));
		picket_print(printer, " and ");
		picket_text_seconds(printer, ago_ns(text, corruption->until_ns));
		picket_print(printer, " ago");
	} else {
		picket_print(printer, "within the last ");
		picket_text_seconds(printer, ago_ns(text, corruption->since_ns));
	}
}

/* The stack after it shows who found the bytes, not who wrote them: that must be said before. */
static void print_corruption(struct picket_text *text)
{
	static const char *const finders[] = {
		[PICKET_FOUND_FAULT] = "by a check in a fault",
		[PICKET_FOUND_FREE] = "when the object was freed",
		[PICKET_FOUND_REALLOC] = "when the object was reallocated",
		[PICKET_FOUND_SWEEP] = "by the regular check of live objects",
		[PICKET_FOUND_EXIT] = "by the check at exit",
		[PICKET_FOUND_PANIC] = "by the check at the crash",
		[PICKET_FOUND_CHECK] = "by a check before an access",
		[PICKET_FOUND_CALL] = "by a check in a system call",
	};
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "Corrupted bytes [");
	picket_text_bytes(text);
	picket_print(printer, " ] at 0x%llx", record->fault_address);
	print_place(text);
	picket_print(printer, ".\nWritten by unknown code ");
	print_window(text);
	picket_print(printer, ", found %s",
		     finders[record->found < PICKET_FOUND_COUNT ? record->found : 0]);
}

static void print_bad_free(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const char *verb = record->bug == PICKET_BUG_DOUBLE_FREE ? "Second free" : "Free";

	if (record->found == PICKET_FOUND_REALLOC)
		verb = "Realloc";
	picket_print(&text->printer, "%s of 0x%llx", verb, record->fault_address);
	print_place(text);
}

static const char *release_word(u32 family)
{
	static const char *const words[] = {
		[PICKET_FAMILY_ANY] = "another function",
		[PICKET_FAMILY_MALLOC] = "free",
		[PICKET_FAMILY_NEW] = "delete",
		[PICKET_FAMILY_NEW_ARRAY] = "delete[]",
		[PICKET_FAMILY_NEW_ALIGNED] = "aligned delete",
		[PICKET_FAMILY_NEW_ARRAY_ALIGNED] = "aligned delete[]",
	};

	return words[family < PICKET_FAMILY_COUNT ? family : PICKET_FAMILY_ANY];
}

static void print_mismatch(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const struct picket_mismatch *claim = &record->mismatch;
	const struct picket_object *object = &record->object;
	struct picket_printer *printer = &text->printer;
	bool is_realloc = record->found == PICKET_FOUND_REALLOC;
	const char *link = ", freed as if";

	if (claim->family != object->family) {
		link = ", as if";
		picket_print(printer, ", allocated by %s but %s %s",
			     picket_family_name(object->family),
			     is_realloc ? "given to" : "freed by",
			     is_realloc ? "realloc" : release_word(claim->family));
	}
	if (claim->size_bytes && claim->size_bytes != object->size_bytes) {
		picket_print(printer, "%s its size were %llu (it is %llu)", link, claim->size_bytes,
			     object->size_bytes);
		link = ", and as if";
	}
	if (claim->align_bytes && claim->align_bytes != object->align_bytes)
		picket_print(printer, "%s its alignment were %llu (it is %llu)", link,
			     claim->align_bytes, object->align_bytes);
}

static void print_access(struct picket_text *text)
{
	switch (text->record->bug) {
	case PICKET_BUG_CORRUPTION:
		print_corruption(text);
		break;
	case PICKET_BUG_INVALID_FREE:
	case PICKET_BUG_DOUBLE_FREE:
		print_bad_free(text);
		break;
	case PICKET_BUG_MISMATCH:
		print_bad_free(text);
		print_mismatch(text);
		break;
	default:
		print_fault(text);
	}
	picket_print(&text->printer, ":\n");
	print_stack(text, &text->record->access_stack, "(no stack)");
	picket_print(&text->printer, "\n");
}

static void print_task(struct picket_printer *printer, const struct picket_task *task)
{
	picket_print(printer, "task %d", task->tid);
	if (task->name[0])
		picket_print(printer, " (%.*s)", PICKET_TASK_NAME_BYTES, task->name);
	if (task->pid && task->pid != task->tid)
		picket_print(printer, " of process %d", task->pid);
	if (task->cpu >= 0)
		picket_print(printer, " on cpu %d", task->cpu);
}

static void print_track(struct picket_text *text, const char *verb, const struct picket_task *task,
			const struct picket_stack *stack)
{
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "%s by ", verb);
	print_task(printer, task);
	if (task->time_ns) {
		picket_print(printer, " at ");
		picket_text_seconds(printer, task->time_ns);
		picket_print(printer, " (");
		picket_text_seconds(printer, ago_ns(text, task->time_ns));
		picket_print(printer, " ago)");
	}
	picket_print(printer, ":\n");
	print_stack(text, stack, "(its stack is not known any more)");
	picket_print(printer, "\n");
}

/* Nothing follows from a hash for the next address. */
static void print_range(struct picket_text *text, const struct picket_object *object)
{
	if (text->style->addresses_hashed)
		picket_print(&text->printer, "address hashed to 0x%llx", object->address);
	else
		picket_print(&text->printer, "0x%llx-0x%llx", object->address,
			     picket_text_end(object));
}

static void print_object(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	const struct picket_object *object = &record->object;
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "picket-#%u: ", object->slot_index);
	print_range(text, object);
	picket_print(printer, ", size=%llu, align=%llu, side=%s, family=%s", object->size_bytes,
		     object->align_bytes, picket_side_name(object->side),
		     picket_family_name(object->family));
	if (object->allocator[0])
		picket_print(printer, ", allocator=%.*s", PICKET_ALLOCATOR_NAME_BYTES,
			     object->allocator);
	picket_print(printer, "\n");
	if (object->previous)
		picket_print(printer, "This object is gone: its slot has another one by now.\n");
	if (record->confidence == PICKET_CONFIDENCE_LOW)
		picket_print(printer, "Low confidence: this object is only the nearest one, and "
				      "may have nothing to do with the bug.\n");
	picket_print(printer, "\n");
	print_track(text, "allocated", &record->alloc_task, &record->alloc_stack);
	if (object->state == PICKET_OBJECT_FREED)
		print_track(text, "freed", &record->free_task, &record->free_stack);
}

static void print_sampling(struct picket_text *text)
{
	const struct picket_sampling *sampling = &text->record->sampling;
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "Sampling ");
	if (sampling->policy == PICKET_POLICY_INTERVAL)
		picket_print(printer, "one allocation per %llu ms", sampling->policy_param);
	else if (sampling->policy == PICKET_POLICY_INTERVAL_US)
		picket_print(printer, "one allocation per %llu us", sampling->policy_param);
	else if (sampling->policy == PICKET_POLICY_COUNT && sampling->policy_param == 1)
		picket_print(printer, "every allocation");
	else if (sampling->policy == PICKET_POLICY_COUNT)
		picket_print(printer, "one of %llu allocations", sampling->policy_param);
	else
		picket_print(printer, "is off");
	picket_print(printer, ": %llu ", sampling->allocations_guarded);
	if (sampling->allocations_seen)
		picket_print(printer, "of %llu ", sampling->allocations_seen);
	picket_print(printer, "were guarded in ");
	picket_text_seconds(printer, sampling->uptime_ns);
	picket_print(printer, ", %u of %u slots in use.\n", sampling->slots_live, sampling->slots);
}

static void print_footer(struct picket_text *text)
{
	const struct picket_record *record = text->record;
	struct picket_printer *printer = &text->printer;

	picket_print(printer, "Report %llu, in ", record->sequence);
	print_task(printer, &record->access_task);
	if (record->access_task.time_ns) {
		picket_print(printer, " at ");
		picket_text_seconds(printer, record->access_task.time_ns);
	}
	if (record->wall_offset_ns) {
		picket_print(printer, ", ");
		picket_print_utc(printer, record->access_task.time_ns + record->wall_offset_ns, ' ',
				 3);
		picket_print(printer, " UTC");
	}
	picket_print(printer, ".\n");
	if (record->sampling.policy != PICKET_POLICY_UNKNOWN)
		print_sampling(text);
}

void picket_text_plain(struct picket_text *text)
{
	print_title(text);
	print_access(text);
	if (text->record->object.state != PICKET_OBJECT_NONE)
		print_object(text);
	print_footer(text);
}
