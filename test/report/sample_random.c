/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sample.h"

#include <string.h>

u64 sample_random(u64 *seed)
{
	u64 value = *seed += 0x9e3779b97f4a7c15ull;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

/* Small, large and extreme numbers are all likely. */
static u64 any_u64(u64 *seed)
{
	return sample_random(seed) >> (sample_random(seed) % 64);
}

static u32 below(u64 *seed, u32 end)
{
	return (u32)(sample_random(seed) % end);
}

static void any_name(u64 *seed, char *out, u32 bytes)
{
	static const char characters[] = "abcXYZ019 -_/\"\\\n\t\x1b(){}[],:";
	u32 length = below(seed, bytes);
	u32 index;

	for (index = 0; index < length; index++)
		out[index] = characters[below(seed, sizeof(characters) - 1)];
}

static void any_task(u64 *seed, struct picket_task *task)
{
	task->time_ns = any_u64(seed);
	task->pid = (s32)any_u64(seed);
	task->tid = (s32)any_u64(seed);
	task->cpu = (s32)below(seed, 600) - 1;
	any_name(seed, task->name, sizeof(task->name));
}

static void any_stack(u64 *seed, struct picket_stack *stack)
{
	u32 index;

	stack->count = below(seed, 8) ? below(seed, 12) : below(seed, PICKET_STACK_FRAMES + 1);
	stack->flags = below(seed, 4);
	for (index = 0; index < stack->count; index++)
		stack->pc[index] = any_u64(seed);
}

static void any_object(u64 *seed, struct picket_record *record)
{
	struct picket_object *object = &record->object;

	object->address = any_u64(seed);
	object->size_bytes = any_u64(seed);
	object->align_bytes = any_u64(seed);
	object->site = any_u64(seed);
	object->slot_index = (u32)any_u64(seed);
	object->state = (u16)(1 + below(seed, 2));
	object->side = (u16)below(seed, 3);
	object->family = (u16)below(seed, PICKET_FAMILY_COUNT);
	object->previous = (u16)below(seed, 2);
	any_name(seed, object->allocator, sizeof(object->allocator));
	any_task(seed, &record->alloc_task);
	any_stack(seed, &record->alloc_stack);
	if (object->state == PICKET_OBJECT_FREED) {
		any_task(seed, &record->free_task);
		any_stack(seed, &record->free_stack);
	}
}

static void any_details(u64 *seed, struct picket_record *record)
{
	u32 index;

	if (record->bug == PICKET_BUG_CORRUPTION) {
		record->corruption.since_ns = any_u64(seed);
		record->corruption.until_ns = any_u64(seed);
		record->corruption.count = below(seed, PICKET_CORRUPT_BYTES + 1);
		record->corruption.changed = (u32)any_u64(seed);
		for (index = 0; index < record->corruption.count; index++)
			record->corruption.bytes[index] = (u8)sample_random(seed);
	}
	if (record->found == PICKET_FOUND_CALL) {
		record->call.argument = (u32)any_u64(seed);
		any_name(seed, record->call.name, PICKET_CALL_NAME_BYTES);
	}
	if (record->bug == PICKET_BUG_MISMATCH) {
		record->mismatch.size_bytes = any_u64(seed);
		record->mismatch.align_bytes = any_u64(seed);
		record->mismatch.family = below(seed, PICKET_FAMILY_COUNT);
	}
}

static void any_stack_frame(u64 *seed, struct picket_memory *memory)
{
	u32 index;

	memory->frame_pc = any_u64(seed) | 1;
	memory->frame_offset_bytes = any_u64(seed);
	memory->frame_objects = below(seed, PICKET_FRAME_OBJECTS + 3);
	for (index = 0; index < memory->frame_objects && index < PICKET_FRAME_OBJECTS; index++) {
		memory->objects[index].offset_bytes = (u32)any_u64(seed);
		memory->objects[index].size_bytes = (u32)any_u64(seed);
		any_name(seed, memory->objects[index].name, PICKET_VARIABLE_NAME_BYTES);
	}
}

/* What only the shadow detector tells. */
static void any_memory(u64 *seed, struct picket_record *record)
{
	struct picket_memory *memory = &record->memory;
	u32 index;

	record->detector = PICKET_DETECTOR_SHADOW;
	record->region = below(seed, PICKET_REGION_COUNT);
	memory->shadow_rows = below(seed, PICKET_SHADOW_ROWS + 1);
	if (memory->shadow_rows)
		memory->shadow_start = any_u64(seed);
	for (index = 0; index < memory->shadow_rows * PICKET_SHADOW_ROW_BYTES; index++)
		memory->shadow[index / PICKET_SHADOW_ROW_BYTES][index % PICKET_SHADOW_ROW_BYTES] =
			(u8)sample_random(seed);
	if (below(seed, 2))
		any_stack_frame(seed, memory);
	if (below(seed, 2)) {
		memory->variable_address = any_u64(seed) | 1;
		memory->variable_bytes = any_u64(seed);
		any_name(seed, memory->variable, PICKET_VARIABLE_NAME_BYTES);
	}
}

void sample_random_record(u64 *seed, struct picket_record *out)
{
	memset(out, 0, sizeof(*out));
	out->version = PICKET_RECORD_VERSION;
	out->size_bytes = sizeof(*out);
	out->sequence = any_u64(seed);
	out->wall_offset_ns = any_u64(seed);
	out->bug = 1 + below(seed, PICKET_BUG_COUNT - 1);
	out->access = below(seed, 3);
	out->access_size_bytes = (u32)any_u64(seed);
	out->found = below(seed, PICKET_FOUND_COUNT);
	out->position = below(seed, 4);
	out->confidence = below(seed, 2);
	out->fault_address = any_u64(seed);
	if (out->position != PICKET_POSITION_NONE) {
		out->distance_bytes = any_u64(seed);
		out->kfence_distance_bytes = any_u64(seed);
	}
	out->sampling = (struct picket_sampling){
		any_u64(seed),	any_u64(seed),	    any_u64(seed),	any_u64(seed),
		below(seed, 3), (u32)any_u64(seed), (u32)any_u64(seed), 0,
	};
	out->alloc_task.cpu = -1;
	out->free_task.cpu = -1;
	any_task(seed, &out->access_task);
	any_stack(seed, &out->access_stack);
	if (below(seed, 8))
		any_object(seed, out);
	any_details(seed, out);
	if (below(seed, 2))
		any_memory(seed, out);
}

/* Strings of the right lifetime, chosen by bits of the pc. */
static const char *any_word(u64 bits)
{
	static const char *const words[] = {
		NULL,	   "f",	 "std::map<int, \"x\">::at(int)", "/a b/c.so", "\xc3\xa9", "a\tb",
		"vmlinux", "/x/"
	};

	return words[bits & 7];
}

static u32 make_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	static const u8 build_id[PICKET_BUILD_ID_BYTES_MAX] = { 1, 2, 3, 254, 255 };
	u64 seed = pc + exact;
	u32 count = 1 + below(&seed, PICKET_INLINE_MAX);
	u32 index;

	(void)context;
	for (index = 0; index < count; index++) {
		struct picket_frame *frame = &out[index];

		memset(frame, 0, sizeof(*frame));
		frame->module = any_word(sample_random(&seed));
		frame->module_offset = any_u64(&seed);
		frame->build_id = below(&seed, 2) ? build_id : NULL;
		frame->build_id_bytes = below(&seed, sizeof(build_id) + 1);
		frame->function = any_word(sample_random(&seed));
		frame->function_offset = any_u64(&seed);
		frame->function_size = any_u64(&seed);
		frame->file = any_word(sample_random(&seed));
		frame->line = (u32)any_u64(&seed);
	}
	return count;
}

const struct picket_symbols sample_random_symbols = { make_frames, NULL };
