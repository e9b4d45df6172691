/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From a bad access or free to a delivered record.
 *
 * Nobody waits: a few buffers stand ready, and who finds none is counted and goes on. So is what a
 * task (or an interrupt on top of it) finds while its own report is being made, or delivered.
 */
#include "../site.h"
#include "object.h"
#include "state.h"

#define BUFFERS 4
#define NOBODY (-1)
#define ROW_BYTES ((uptr)PICKET_SHADOW_ROW_BYTES << PICKET_SHADOW_SCALE)
#define NEAR_BYTES 64 /* from an object: farther away, it is but a guess */

struct buffer {
	u32 busy;
	s32 tid; /* of whom it is for */
	s32 cpu;
	struct picket_record record;
};

static struct buffer buffers[BUFFERS];
static u32 first_found; /* the one report that there is without multi_shot */

bool picket_shadow_multi_shot(bool on)
{
	bool was_on = picket_exchange(&picket_shadow_state.multi_shot, (u32)on);

	picket_store(&first_found, 0u);
	return was_on;
}

/* Tasks without an id, idle ones, are told apart by their CPU. */
static bool in_report(const struct picket_task *task)
{
	for (u32 index = 0; index < BUFFERS; index++) {
		const struct buffer *buffer = &buffers[index];

		if (picket_load_acquire(&buffer->busy) && buffer->tid == task->tid &&
		    (task->tid || buffer->cpu == task->cpu))
			return true;
	}
	return false;
}

/* Return: true if this one is to be reported, after all that is reported already. */
static bool is_wanted(void)
{
	return picket_load(&picket_shadow_state.multi_shot) || !picket_exchange(&first_found, 1u);
}

static struct buffer *buffer_take(const struct picket_task *task)
{
	for (u32 index = 0; index < BUFFERS; index++) {
		struct buffer *buffer = &buffers[index];

		if (picket_exchange(&buffer->busy, 1u))
			continue;
		buffer->tid = task->tid;
		buffer->cpu = task->cpu;
		return buffer;
	}
	return NULL;
}

static void fill_event(const struct picket_shadow_event *event, struct picket_record *record)
{
	struct picket_platform *platform = picket_shadow_state.platform;

	memset(record, 0, sizeof(*record));
	record->version = PICKET_RECORD_VERSION;
	record->size_bytes = sizeof(*record);
	record->sequence = picket_add(&picket_shadow_state.reports, 1ull) + 1;
	record->wall_offset_ns = picket_plat_wall_offset_ns(platform);
	record->detector = PICKET_DETECTOR_SHADOW;
	record->bug = event->bug;
	record->access = event->access;
	record->access_size_bytes = event->bytes > 0xffffffff ? 0xffffffff : (u32)event->bytes;
	record->found = event->found;
	record->confidence = PICKET_CONFIDENCE_HIGH;
	record->fault_address = event->address;
	record->alloc_task.cpu = -1;
	record->free_task.cpu = -1;
	record->sampling.policy = PICKET_POLICY_UNKNOWN;
}

/* Not all stacks are known, but where no mapped area can be there is nothing else. */
static bool is_stack(uptr address)
{
	struct picket_platform *platform = picket_shadow_state.platform;
	uptr low, high;

	return picket_plat_stack_of(platform, address, &low, &high) ||
	       !picket_plat_is_mapped_area(platform, address);
}

/* What the bug is if the shadow must tell. */
static struct picket_shadow_kind find_kind(uptr bad)
{
	const u8 *shadow = picket_shadow_of(bad);

	if (!picket_has_shadow(bad))
		return picket_shadow_classify_lost(bad);
	return picket_shadow_classify(*shadow,
				      picket_has_shadow(bad + PICKET_GRANULE_BYTES) ? shadow[1] : 0,
				      is_stack(bad));
}

static void fill_kind(const struct picket_shadow_event *event, uptr bad,
		      struct picket_record *record)
{
	struct picket_shadow_kind kind = { PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_UNKNOWN };

	if (!picket_shadow_is_wrapped(event->address, event->bytes))
		kind = find_kind(bad);
	record->region = kind.region;
	if (event->bug == PICKET_BUG_NONE)
		record->bug = kind.bug;
}

/* The rows around a bad byte: those whose shadow can be read, without gaps. */
static void fill_shadow(uptr bad, struct picket_memory *memory)
{
	uptr middle = bad & ~(ROW_BYTES - 1);
	uptr start = middle - PICKET_SHADOW_ROWS / 2 * ROW_BYTES;

	if (!picket_has_shadow(start) || !picket_has_shadow(bad) || start > middle ||
	    !picket_has_shadow(start + PICKET_SHADOW_ROWS * ROW_BYTES - 1))
		return;
	memory->shadow_start = start;
	memory->shadow_rows = PICKET_SHADOW_ROWS;
	memcpy(memory->shadow, picket_shadow_of(start), sizeof(memory->shadow));
}

/* An access of unknown kind stays that, wherever it begins. */
static void fill_object(uptr bad, struct picket_record *record)
{
	u32 region = record->region;

	if (!picket_shadow_find_object(bad, record))
		return;
	if (record->found != PICKET_FOUND_FREE && region == PICKET_REGION_UNKNOWN)
		record->region = region;
	if (record->position != PICKET_POSITION_INSIDE && record->distance_bytes > NEAR_BYTES)
		record->confidence = PICKET_CONFIDENCE_LOW;
	if (record->alloc_stack.count)
		record->object.site =
			picket_site(picket_shadow_state.platform, record->alloc_stack.pc,
				    record->alloc_stack.count);
}

static void fill_place(uptr bad, struct picket_record *record)
{
	switch (record->region) {
	case PICKET_REGION_STACK:
		picket_shadow_describe_frame(bad, &record->memory);
		break;
	case PICKET_REGION_GLOBAL:
		picket_shadow_describe_global(bad, &record->memory);
		break;
	case PICKET_REGION_UNKNOWN:
	case PICKET_REGION_HEAP:
	case PICKET_REGION_PAGES:
	case PICKET_REGION_VMALLOC:
		fill_object(bad, record);
		break;
	default:
		break;
	}
}

/* The stack begins at the event's pc, whatever the port put before that. */
static void fill_stack(uptr pc, struct picket_stack *stack)
{
	u32 skip = 0;

	stack->count = picket_plat_stack(picket_shadow_state.platform, NULL, stack->pc,
					 PICKET_STACK_FRAMES);
	if (stack->count >= PICKET_STACK_FRAMES) {
		stack->count = PICKET_STACK_FRAMES;
		stack->flags |= PICKET_STACK_TRUNCATED;
	}
	if (!pc)
		return;
	while (skip < stack->count && stack->pc[skip] != pc)
		skip++;
	if (skip < stack->count) {
		stack->count -= skip;
		memmove(stack->pc, stack->pc + skip, stack->count * sizeof(stack->pc[0]));
		return;
	}
	if (stack->count == PICKET_STACK_FRAMES)
		stack->count--;
	memmove(stack->pc + 1, stack->pc, stack->count * sizeof(stack->pc[0]));
	stack->pc[0] = pc;
	stack->count++;
}

static void deliver(const struct picket_shadow_event *event, const struct picket_task *task,
		    struct picket_record *record)
{
	uptr bad = event->address;

	if (event->bytes)
		picket_shadow_first_bad(event->address, event->bytes, &bad);
	fill_event(event, record);
	record->access_task = *task;
	record->access_task.time_ns = picket_plat_time_ns(picket_shadow_state.platform);
	record->access_task.name[PICKET_TASK_NAME_BYTES - 1] = 0;
	fill_kind(event, bad, record);
	fill_shadow(bad, &record->memory);
	fill_place(bad, record);
	fill_stack(event->pc, &record->access_stack);
	picket_plat_report(picket_shadow_state.platform, record);
}

void picket_shadow_report(const struct picket_shadow_event *event)
{
	struct picket_task task = { .cpu = -1 };
	struct buffer *buffer = NULL;

	if (!picket_shadow_is_enabled())
		return;
	picket_plat_task(picket_shadow_state.platform, &task);
	if (!in_report(&task) && is_wanted())
		buffer = buffer_take(&task);
	if (!buffer) {
		picket_add(&picket_shadow_state.reports_suppressed, 1ull);
		return;
	}
	deliver(event, &task, &buffer->record);
	buffer->tid = NOBODY;
	picket_store_release(&buffer->busy, 0u);
}

void picket_shadow_report_access(uptr address, uptr bytes, enum picket_access access, uptr pc)
{
	picket_shadow_report(&(struct picket_shadow_event){
		.address = address,
		.bytes = bytes,
		.pc = pc,
		.access = access,
		.found = PICKET_FOUND_CHECK,
	});
}

void picket_shadow_report_free(uptr address, enum picket_bug bug, uptr pc)
{
	picket_shadow_report(&(struct picket_shadow_event){
		.address = address,
		.pc = pc,
		.found = PICKET_FOUND_FREE,
		.bug = bug,
	});
}
