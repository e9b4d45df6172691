/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From finding a bug to delivering its record. A record is too large for a kernel's or a signal
 * handler's stack, so a few buffers wait in the detector; when all are in use the bug is counted
 * and lost.
 */
#include "pool.h"

struct picket_record *picket_record_open(struct picket_guard *guard, enum picket_found found)
{
	for (u32 i = 0; i < PICKET_RECORD_BUFFERS; i++) {
		struct picket_record_buffer *buffer = &guard->buffers[i];

		if (picket_exchange(&buffer->busy, 1u))
			continue;
		memset(&buffer->record, 0, sizeof(buffer->record));
		buffer->record.version = PICKET_RECORD_VERSION;
		buffer->record.size_bytes = sizeof(buffer->record);
		buffer->record.found = found;
		buffer->record.confidence = PICKET_CONFIDENCE_HIGH;
		return &buffer->record;
	}
	picket_add(&guard->stats.reports_lost, 1ull);
	return NULL;
}

static struct picket_record_buffer *buffer_of(struct picket_record *record)
{
	return (struct picket_record_buffer *)(void *)((u8 *)record -
						       __builtin_offsetof(
							       struct picket_record_buffer,
							       record));
}

void picket_record_drop(struct picket_record *record)
{
	picket_store_release(&buffer_of(record)->busy, 0u);
}

static void sampling_fill(const struct picket_guard *guard, struct picket_sampling *sampling,
			  u64 now)
{
	sampling->policy = picket_load(&guard->policy);
	sampling->policy_param = picket_load(&guard->policy_param);
	sampling->allocations_seen = picket_load(&guard->stats.seen);
	sampling->allocations_guarded = picket_load(&guard->stats.guarded);
	sampling->uptime_ns = now - guard->created_ns;
	sampling->slots = guard->geometry.slot_count;
	sampling->slots_live = (u32)picket_load(&guard->stats.live);
}

static void stack_fill(struct picket_guard *guard, const struct picket_context *context,
		       struct picket_stack *stack)
{
	stack->count = picket_plat_stack(guard->platform, context, stack->pc, PICKET_STACK_FRAMES);
	if (stack->count >= PICKET_STACK_FRAMES) {
		stack->count = PICKET_STACK_FRAMES;
		stack->flags |= PICKET_STACK_TRUNCATED;
	}
	if (context && stack->count)
		stack->flags |= PICKET_STACK_EXACT_PC;
}

/* Complete the record with what is known of here and now, deliver it, and free its buffer. */
void picket_record_send(struct picket_guard *guard, struct picket_record *record,
			const struct picket_context *context)
{
	u64 now = picket_plat_time_ns(guard->platform);

	record->sequence = picket_add(&guard->sequence, 1ull) + 1;
	record->wall_offset_ns = picket_plat_wall_offset_ns(guard->platform);
	picket_plat_task(guard->platform, &record->access_task);
	record->access_task.time_ns = now;
	record->access_task.name[PICKET_TASK_NAME_BYTES - 1] = 0;
	if (record->bug != PICKET_BUG_CORRUPTION)
		memset(&record->corruption, 0, sizeof(record->corruption));
	stack_fill(guard, context, &record->access_stack);
	sampling_fill(guard, &record->sampling, now);
	picket_add(&guard->stats.reports, 1ull);
	picket_plat_report(guard->platform, record);
	picket_record_drop(record);
}
