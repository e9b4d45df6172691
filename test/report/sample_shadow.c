/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the shadow detector finds. */
#include "sample_parts.h"

#include <stdio.h>
#include <string.h>

#define SLAB 0xffff88810bdbd280ull /* a slot of 256 bytes, at the start of a row */
#define ROW 128

static void set_shadow(struct picket_record *record, u64 start, const char *const rows[])
{
	u32 row;
	u32 index;

	record->memory.shadow_start = start;
	record->memory.shadow_rows = PICKET_SHADOW_ROWS;
	for (row = 0; row < PICKET_SHADOW_ROWS; row++)
		for (index = 0; index < PICKET_SHADOW_ROW_BYTES; index++)
			sscanf(rows[row] + 3 * index, "%hhx", &record->memory.shadow[row][index]);
}

/* Of a slot with an object of 123 bytes, and the end of the one before it. */
#define LIVE "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 03"
#define FREED "fa fb fb fb fb fb fb fb fb fb fb fb fb fb fb fb"
#define REDZONE "fc fc fc fc fc fc fc fc fc fc fc fc fc fc fc fc"
#define OPEN "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"

static void in_shadow(struct picket_record *record, enum picket_bug bug, enum picket_region region)
{
	sample_no_object(record);
	record->detector = PICKET_DETECTOR_SHADOW;
	record->bug = bug;
	record->region = region;
	record->found = PICKET_FOUND_CHECK;
	record->sampling = (struct picket_sampling){ .policy = PICKET_POLICY_UNKNOWN };
	record->access_stack.flags = 0;
	record->access_size_bytes = 1;
}

static void set_slab_object(struct picket_record *record)
{
	record->object = (struct picket_object){
		.address = SLAB,
		.size_bytes = 123,
		.site = 0x0c1de5a9f00dull,
		.state = PICKET_OBJECT_LIVE,
		.allocator = "picket-256",
	};
	sample_set_task(&record->alloc_task, 4711, -1, "", 0);
	sample_set_stack(&record->alloc_stack, MAKE, PARSE_LINE);
}

static void free_slab_object(struct picket_record *record)
{
	record->object.state = PICKET_OBJECT_FREED;
	sample_set_task(&record->free_task, 815, -1, "", 0);
	sample_set_stack(&record->free_stack, DROP, PARSE_LINE);
}

static void place_slab_access(struct picket_record *record, enum picket_position position,
			      u64 distance)
{
	sample_place_fault(record, position, distance);
	record->fault_address += SLAB - SAMPLE_OBJECT;
	if (position == PICKET_POSITION_RIGHT) {
		record->fault_address += 123 - 40;
		record->kfence_distance_bytes += 123 - 40;
	}
}

void sample_shadow_slab_right(struct picket_record *record)
{
	static const char *const rows[] = { OPEN, REDZONE, LIVE, REDZONE, LIVE };

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_HEAP);
	set_slab_object(record);
	place_slab_access(record, PICKET_POSITION_RIGHT, 1);
	set_shadow(record, SLAB - 2 * ROW, rows);
}

void sample_shadow_slab_left(struct picket_record *record)
{
	static const char *const rows[] = { REDZONE, OPEN, REDZONE, LIVE, REDZONE };

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_HEAP);
	record->access = PICKET_ACCESS_READ;
	set_slab_object(record);
	place_slab_access(record, PICKET_POSITION_LEFT, 1);
	set_shadow(record, SLAB - 3 * ROW, rows);
}

/* A long access that begins above the rows: its bad part is what the caret points to. */
void sample_shadow_slab_memset(struct picket_record *record)
{
	static const char *const rows[] = { OPEN, OPEN, LIVE, REDZONE, LIVE };

	sample_shadow_slab_right(record);
	record->object.address = SLAB - 8 * ROW;
	record->object.size_bytes = 8 * ROW + 123;
	record->fault_address = record->object.address;
	record->access_size_bytes = 9 * ROW;
	record->kfence_distance_bytes = record->object.size_bytes;
	set_shadow(record, SLAB - 2 * ROW, rows);
}

void sample_shadow_slab_uaf(struct picket_record *record)
{
	static const char *const rows[] = { OPEN, REDZONE, FREED, REDZONE, LIVE };

	sample_shadow_slab_right(record);
	record->bug = PICKET_BUG_USE_AFTER_FREE;
	record->access = PICKET_ACCESS_READ;
	record->access_size_bytes = 8;
	free_slab_object(record);
	place_slab_access(record, PICKET_POSITION_INSIDE, 16);
	set_shadow(record, SLAB - 2 * ROW, rows);
}

void sample_shadow_large_uaf(struct picket_record *record)
{
	sample_shadow_slab_uaf(record);
	record->region = PICKET_REGION_PAGES;
	memset(record->object.allocator, 0, sizeof(record->object.allocator));
	memset(&record->alloc_task, 0, sizeof(record->alloc_task));
	record->alloc_task.cpu = -1;
	memset(&record->alloc_stack, 0, sizeof(record->alloc_stack));
}

void sample_shadow_double_free(struct picket_record *record)
{
	sample_shadow_slab_uaf(record);
	sample_in_free(record, PICKET_BUG_DOUBLE_FREE);
	place_slab_access(record, PICKET_POSITION_INSIDE, 0);
}

void sample_shadow_invalid_free(struct picket_record *record)
{
	sample_shadow_slab_right(record);
	sample_in_free(record, PICKET_BUG_INVALID_FREE);
	place_slab_access(record, PICKET_POSITION_INSIDE, 1);
}

/* memmove() of -2 bytes: no byte of it is at fault. */
void sample_shadow_negative_size(struct picket_record *record)
{
	sample_shadow_slab_right(record);
	record->region = PICKET_REGION_UNKNOWN;
	record->access_size_bytes = 0xffffffff;
	place_slab_access(record, PICKET_POSITION_INSIDE, 4);
}

void sample_shadow_stack(struct picket_record *record)
{
	static const char *const rows[] = {
		OPEN,
		OPEN,
		"00 00 00 00 f1 f1 f1 f1 00 02 f2 f2 00 00 04 f3",
		"f3 f3 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
		OPEN,
	};
	const u64 stack = 0xffffc90000b7fb80;

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK);
	record->fault_address = stack + 9 * 8 + 2;
	set_shadow(record, stack - 2 * ROW, rows);
	record->memory.frame_pc = sample_pcs[PARSE];
	record->memory.frame_offset_bytes = 42;
	record->memory.frame_objects = 2;
	record->memory.objects[0] = (struct picket_frame_object){ .offset_bytes = 32,
								  .size_bytes = 10,
								  .name = "name" };
	record->memory.objects[1] = (struct picket_frame_object){ .offset_bytes = 64,
								  .size_bytes = 20,
								  .name = "header" };
	record->memory.variable_address = stack + 8 * 8;
	record->memory.variable_bytes = 10;
	strcpy(record->memory.variable, "name");
}

void sample_shadow_after_scope(struct picket_record *record)
{
	sample_shadow_stack(record);
	record->bug = PICKET_BUG_USE_AFTER_SCOPE;
	record->fault_address = 0xffffc90000b7fb80 + 12 * 8;
	memset(record->memory.shadow[2] + 12, 0xf8, 3);
	record->memory.frame_offset_bytes = 64;
	record->memory.frame_objects = 12;
}

void sample_shadow_alloca(struct picket_record *record)
{
	static const char *const rows[] = {
		OPEN, OPEN, "00 00 00 00 ca ca ca ca 00 02 cb cb cb cb cb cb", OPEN, OPEN,
	};
	const u64 stack = 0xffffc90000b7fb80;

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_ALLOCA);
	record->fault_address = stack + 8 * 8 - 1;
	set_shadow(record, stack - 2 * ROW, rows);
}

void sample_shadow_global(struct picket_record *record)
{
	static const char *const rows[] = {
		OPEN, OPEN, "00 02 f9 f9 f9 f9 f9 f9 00 00 00 00 00 00 00 00", OPEN, OPEN,
	};
	const u64 global = 0xffffffffc0603300;

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_GLOBAL);
	record->access = PICKET_ACCESS_READ;
	record->fault_address = global + 13;
	set_shadow(record, global - 2 * ROW, rows);
	record->memory.variable_address = global;
	record->memory.variable_bytes = 10;
	strcpy(record->memory.variable, "field_names");
}

void sample_shadow_vmalloc(struct picket_record *record)
{
	static const char *const rows[] = {
		OPEN,
		OPEN,
		"00 00 00 00 00 00 00 f8 f8 f8 f8 f8 f8 f8 f8 f8",
		"f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8",
		"f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8",
	};
	const u64 area = 0xffffc900001abb80;

	in_shadow(record, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_VMALLOC);
	record->fault_address = area + 7 * 8;
	set_shadow(record, area - 2 * ROW, rows);
}

void sample_shadow_null(struct picket_record *record)
{
	in_shadow(record, PICKET_BUG_INVALID_ACCESS, PICKET_REGION_NULL);
	record->access_size_bytes = 8;
	record->fault_address = 0x18;
}

void sample_shadow_user(struct picket_record *record)
{
	sample_shadow_null(record);
	record->region = PICKET_REGION_USER;
	record->fault_address = 0x7f3a5c1ff010;
}

void sample_shadow_wild(struct picket_record *record)
{
	sample_shadow_null(record);
	record->region = PICKET_REGION_WILD;
	record->fault_address = 0xdead4ead00000018;
}

void sample_shadow_unknown(struct picket_record *record)
{
	sample_shadow_null(record);
	record->region = PICKET_REGION_UNKNOWN;
	record->fault_address = SLAB;
	memset(&record->access_stack, 0, sizeof(record->access_stack));
}
