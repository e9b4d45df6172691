/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sample_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000ull
#define APP "/usr/bin/app"

const u64 sample_pcs[PLACES] = {
	[PARSE] = 0x55d0c0de1234, [PARSE_LINE] = 0x55d0c0de1300, [MAIN] = 0x55d0c0de1411,
	[LIBC] = 0x7f3a5b0271ca,  [GLUE] = 0xdeadbeef,		 [MAKE] = 0x55d0c0de1502,
	[DROP] = 0x55d0c0de1603,
};

static const u8 app_id[20] = { 0x3f, 0x2a, 0x91, 0x00, 0xc4 };
static const u8 libc_id[20] = { 0x93, 0xad, 0xef, 0x7a, 0x11 };

static struct picket_frame app_frame(const char *function, u64 offset, u64 size, u32 line)
{
	return (struct picket_frame){
		.module = APP,
		.build_id = app_id,
		.build_id_bytes = sizeof(app_id),
		.function = function,
		.function_offset = offset,
		.function_size = size,
		.file = "src/parse.c",
		.line = line,
	};
}

static u32 look_up(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	(void)context;
	(void)exact;
	if (pc == sample_pcs[PARSE]) {
		out[0] = app_frame("next_field", 0, 0, 61);
		out[0].inlined = true;
		out[1] = app_frame("parse_header", 0x34, 0xa0, 88);
		out[0].module_offset = out[1].module_offset = 0x1234;
		return 2;
	}
	if (pc == sample_pcs[LIBC]) {
		out[0] = (struct picket_frame){
			.module = "/usr/lib/x86_64-linux-gnu/libc.so.6",
			.module_offset = 0x271ca,
			.build_id = libc_id,
			.build_id_bytes = sizeof(libc_id),
		};
		return 1;
	}
	if (pc == sample_pcs[PARSE_LINE])
		out[0] = app_frame("parse_line", 0x20, 0x60, 120);
	else if (pc == sample_pcs[MAIN])
		out[0] = app_frame("main", 0x31, 0x4c, 140);
	else if (pc == sample_pcs[MAKE])
		out[0] = app_frame("header_new", 0x12, 0x2e, 17);
	else if (pc == sample_pcs[DROP])
		out[0] = app_frame("header_free", 0x13, 0x20, 29);
	else
		return 0;
	out[0].module_offset = pc - 0x55d0c0de0000;
	return 1;
}

const struct picket_symbols sample_symbols = { look_up, NULL };

const struct picket_origin sample_origin = {
	.domain = "user",
	.detector_version = "0.1.0",
	.host_name = "h1",
	.os_version = "6.1.0-53-amd64",
	.arch = "amd64",
	.boot_id = "5c0f27e4-3d2a-4c61-9d0a-2f6d2c5bb0a1",
	.executable = APP,
	.executable_build_id = app_id,
	.executable_build_id_bytes = sizeof(app_id),
};

void sample_set_stack(struct picket_stack *stack, enum place first, enum place second)
{
	stack->count = 4;
	stack->pc[0] = sample_pcs[first];
	stack->pc[1] = sample_pcs[second];
	stack->pc[2] = sample_pcs[MAIN];
	stack->pc[3] = sample_pcs[LIBC];
}

void sample_set_task(struct picket_task *task, s32 tid, s32 cpu, const char *name, u64 time_ns)
{
	task->pid = 4711;
	task->tid = tid;
	task->cpu = cpu;
	task->time_ns = time_ns;
	snprintf(task->name, sizeof(task->name), "%s", name);
}

/* An 8-byte write, 16 bytes into a live object: the samples say what is wrong with it. */
static void common_record(struct picket_record *record)
{
	memset(record, 0, sizeof(*record));
	record->version = PICKET_RECORD_VERSION;
	record->size_bytes = sizeof(*record);
	record->sequence = 3;
	record->wall_offset_ns = 1795248000000 * MS;
	record->access = PICKET_ACCESS_WRITE;
	record->access_size_bytes = 8;
	record->position = PICKET_POSITION_INSIDE;
	record->confidence = PICKET_CONFIDENCE_HIGH;
	record->object = (struct picket_object){
		.address = SAMPLE_OBJECT,
		.size_bytes = 40,
		.align_bytes = 8,
		.site = 0x0c1de5a9f00dull,
		.slot_index = 12,
		.state = PICKET_OBJECT_LIVE,
		.side = PICKET_SIDE_RIGHT,
		.family = PICKET_FAMILY_MALLOC,
		.allocator = "libc.so.6",
	};
	record->sampling = (struct picket_sampling){
		.policy = PICKET_POLICY_INTERVAL,
		.policy_param = 100,
		.allocations_seen = 123456789,
		.allocations_guarded = 4711,
		.uptime_ns = 86400123 * MS,
		.slots = 255,
		.slots_live = 63,
	};
	sample_set_task(&record->access_task, 4712, 1, "worker-0", 32919553 * MS / 1000);
	sample_set_task(&record->alloc_task, 4711, 0, "app", 31000002 * MS / 1000);
	sample_set_task(&record->free_task, 0, -1, "", 0);
	record->free_task.pid = 0;
	sample_set_stack(&record->access_stack, PARSE, PARSE_LINE);
	record->access_stack.flags = PICKET_STACK_EXACT_PC;
	sample_set_stack(&record->alloc_stack, MAKE, PARSE_LINE);
}

void sample_place_fault(struct picket_record *record, enum picket_position position, u64 distance)
{
	record->position = position;
	record->distance_bytes = distance;
	record->kfence_distance_bytes = distance;
	if (position == PICKET_POSITION_LEFT) {
		record->fault_address = SAMPLE_OBJECT - distance;
	} else if (position == PICKET_POSITION_RIGHT) {
		record->fault_address = SAMPLE_OBJECT + 40 + distance - 1;
		record->kfence_distance_bytes = 40 + distance - 1;
	} else {
		record->fault_address = SAMPLE_OBJECT + distance;
	}
}

static void free_object(struct picket_record *record)
{
	record->object.state = PICKET_OBJECT_FREED;
	sample_set_task(&record->free_task, 4713, 3, "worker-1", 32919500 * MS / 1000);
	sample_set_stack(&record->free_stack, DROP, PARSE_LINE);
}

void sample_in_free(struct picket_record *record, enum picket_bug bug)
{
	record->bug = bug;
	record->found = PICKET_FOUND_FREE;
	record->access = PICKET_ACCESS_UNKNOWN;
	record->access_size_bytes = 0;
	sample_set_stack(&record->access_stack, DROP, PARSE_LINE);
	record->access_stack.flags = 0;
}

void sample_no_object(struct picket_record *record)
{
	memset(&record->object, 0, sizeof(record->object));
	memset(&record->alloc_task, 0, sizeof(record->alloc_task));
	memset(&record->alloc_stack, 0, sizeof(record->alloc_stack));
	record->alloc_task.cpu = -1;
	record->position = PICKET_POSITION_NONE;
}

static void oob_read_right(struct picket_record *record)
{
	record->bug = PICKET_BUG_OUT_OF_BOUNDS;
	record->access = PICKET_ACCESS_READ;
	record->access_size_bytes = 1;
	sample_place_fault(record, PICKET_POSITION_RIGHT, 1);
}

static void oob_write_left(struct picket_record *record)
{
	record->bug = PICKET_BUG_OUT_OF_BOUNDS;
	sample_place_fault(record, PICKET_POSITION_LEFT, 4);
	record->object.size_bytes = 8;
	record->access_stack.flags |= PICKET_STACK_TRUNCATED;
}

static void oob_low_confidence(struct picket_record *record)
{
	oob_write_left(record);
	sample_place_fault(record, PICKET_POSITION_LEFT, 3000);
	record->access = PICKET_ACCESS_UNKNOWN;
	record->access_size_bytes = 0;
	record->confidence = PICKET_CONFIDENCE_LOW;
	record->access_task.tid = record->access_task.pid;
}

static void uaf_write(struct picket_record *record)
{
	record->bug = PICKET_BUG_USE_AFTER_FREE;
	sample_place_fault(record, PICKET_POSITION_INSIDE, 16);
	free_object(record);
}

static void call_write(struct picket_record *record)
{
	record->bug = PICKET_BUG_OUT_OF_BOUNDS;
	record->found = PICKET_FOUND_CALL;
	record->access_size_bytes = 60;
	record->call = (struct picket_call){ .argument = 2, .name = "recvmsg" };
	sample_place_fault(record, PICKET_POSITION_RIGHT, 1);
	record->access_stack.flags = 0;
}

static void call_read(struct picket_record *record)
{
	uaf_write(record);
	record->found = PICKET_FOUND_CALL;
	record->access = PICKET_ACCESS_READ;
	record->access_size_bytes = 0;
	record->access_stack.flags = 0;
}

static void uaf_previous(struct picket_record *record)
{
	uaf_write(record);
	record->access = PICKET_ACCESS_READ;
	sample_place_fault(record, PICKET_POSITION_INSIDE, 0);
	record->object.previous = 1;
	memset(&record->free_stack, 0, sizeof(record->free_stack));
}

static void set_corruption(struct picket_record *record, enum picket_position position,
			   const char *text, u32 changed)
{
	sample_place_fault(record, position, 1);
	record->corruption.count = (u32)strlen(text);
	record->corruption.changed = changed;
	memcpy(record->corruption.bytes, text, record->corruption.count);
	record->corruption.since_ns = record->alloc_task.time_ns;
	record->corruption.until_ns = record->access_task.time_ns;
}

static void corruption_free(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_CORRUPTION);
	set_corruption(record, PICKET_POSITION_RIGHT, "hello\xad\xac\xaf", 0x1f);
	record->object.side = PICKET_SIDE_LEFT;
	free_object(record);
}

static void corruption_now(struct picket_record *record)
{
	corruption_free(record);
	record->corruption.since_ns = record->access_task.time_ns;
}

static void corruption_exit(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_CORRUPTION);
	set_corruption(record, PICKET_POSITION_LEFT, "A", 1);
	record->found = PICKET_FOUND_EXIT;
	record->corruption.until_ns -= 20 * MS;
	memset(&record->access_stack, 0, sizeof(record->access_stack));
}

static void corruption_sweep(struct picket_record *record)
{
	corruption_exit(record);
	record->found = PICKET_FOUND_SWEEP;
	sample_set_stack(&record->access_stack, MAKE, PARSE_LINE);
}

static void invalid_access(struct picket_record *record)
{
	record->bug = PICKET_BUG_INVALID_ACCESS;
	record->access = PICKET_ACCESS_READ;
	record->fault_address = 0x7f3a5c1ff010;
	sample_no_object(record);
}

static void invalid_free(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_INVALID_FREE);
	sample_place_fault(record, PICKET_POSITION_INSIDE, 3);
}

static void invalid_free_nothing(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_INVALID_FREE);
	record->fault_address = 0x7f3a5c1ff010;
	sample_no_object(record);
}

static void double_free(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_DOUBLE_FREE);
	sample_place_fault(record, PICKET_POSITION_INSIDE, 0);
	free_object(record);
}

static void realloc_after_free(struct picket_record *record)
{
	double_free(record);
	record->found = PICKET_FOUND_REALLOC;
}

static void mismatch_family(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_MISMATCH);
	sample_place_fault(record, PICKET_POSITION_INSIDE, 0);
	free_object(record);
	record->object.family = PICKET_FAMILY_NEW_ARRAY;
	record->mismatch.family = PICKET_FAMILY_MALLOC;
}

static void mismatch_family_size(struct picket_record *record)
{
	mismatch_family(record);
	record->mismatch.family = PICKET_FAMILY_NEW;
	record->mismatch.size_bytes = 4;
}

static void mismatch_realloc(struct picket_record *record)
{
	mismatch_family(record);
	record->found = PICKET_FOUND_REALLOC;
	record->object.family = PICKET_FAMILY_NEW;
	record->sampling.policy = PICKET_POLICY_COUNT;
	record->sampling.policy_param = 1;
}

static void mismatch_size(struct picket_record *record)
{
	sample_in_free(record, PICKET_BUG_MISMATCH);
	sample_place_fault(record, PICKET_POSITION_INSIDE, 0);
	free_object(record);
	record->object.family = PICKET_FAMILY_NEW_ALIGNED;
	record->mismatch = (struct picket_mismatch){
		.size_bytes = ~0ull,
		.align_bytes = 64,
		.family = PICKET_FAMILY_NEW_ALIGNED,
	};
	record->sampling.policy = PICKET_POLICY_COUNT;
	record->sampling.policy_param = 1000;
}

/* Bytes a host could have in its names to fool a terminal or a parser. */
static void hostile_names(struct picket_record *record)
{
	uaf_write(record);
	memcpy(record->access_task.name, "\x1b[2J\"\\\n\xff\xc0\x80\xc2\x9b\x7fzz", 16);
	memset(record->object.allocator, 0xee, sizeof(record->object.allocator));
	record->sampling.policy = PICKET_POLICY_INTERVAL_US;
	record->sampling.policy_param = 500;
	record->wall_offset_ns = 0;
}

static void nothing_known(struct picket_record *record)
{
	u32 version = record->version;
	u32 size_bytes = record->size_bytes;

	memset(record, 0, sizeof(*record));
	record->version = version;
	record->size_bytes = size_bytes;
	record->bug = PICKET_BUG_INVALID_ACCESS;
	record->access_task.cpu = -1;
	record->alloc_task.cpu = -1;
	record->free_task.cpu = -1;
}

const struct sample samples[] = {
	{ .name = "oob-read-right", .change = oob_read_right },
	{ .name = "oob-write-left", .change = oob_write_left },
	{ .name = "oob-low-confidence", .change = oob_low_confidence },
	{ .name = "uaf-write", .change = uaf_write },
	{ .name = "call-write", .change = call_write },
	{ .name = "call-read", .change = call_read },
	{ .name = "uaf-previous", .change = uaf_previous },
	{ .name = "uaf-no-symbols", .change = uaf_write, .no_symbols = true },
	{ .name = "corruption-free", .change = corruption_free },
	{ .name = "corruption-hidden", .change = corruption_free, .hide_addresses = true },
	{ .name = "corruption-now", .change = corruption_now },
	{ .name = "corruption-exit", .change = corruption_exit },
	{ .name = "corruption-sweep", .change = corruption_sweep },
	{ .name = "invalid-access", .change = invalid_access },
	{ .name = "invalid-free", .change = invalid_free },
	{ .name = "invalid-free-nothing", .change = invalid_free_nothing },
	{ .name = "double-free", .change = double_free },
	{ .name = "realloc-after-free", .change = realloc_after_free },
	{ .name = "mismatch-family", .change = mismatch_family },
	{ .name = "mismatch-family-size", .change = mismatch_family_size },
	{ .name = "mismatch-realloc", .change = mismatch_realloc },
	{ .name = "mismatch-size", .change = mismatch_size },
	{ .name = "hostile-names", .change = hostile_names },
	{ .name = "nothing-known", .change = nothing_known },
	{ .name = "shadow-slab-right", .change = sample_shadow_slab_right },
	{ .name = "shadow-slab-left", .change = sample_shadow_slab_left },
	{ .name = "shadow-slab-memset", .change = sample_shadow_slab_memset },
	{ .name = "shadow-slab-uaf", .change = sample_shadow_slab_uaf },
	{ .name = "shadow-slab-no-symbols", .change = sample_shadow_slab_uaf, .no_symbols = true },
	{ .name = "shadow-large-uaf", .change = sample_shadow_large_uaf },
	{ .name = "shadow-double-free", .change = sample_shadow_double_free },
	{ .name = "shadow-invalid-free", .change = sample_shadow_invalid_free },
	{ .name = "shadow-negative-size", .change = sample_shadow_negative_size },
	{ .name = "shadow-stack", .change = sample_shadow_stack },
	{ .name = "shadow-after-scope", .change = sample_shadow_after_scope },
	{ .name = "shadow-alloca", .change = sample_shadow_alloca },
	{ .name = "shadow-global", .change = sample_shadow_global },
	{ .name = "shadow-vmalloc", .change = sample_shadow_vmalloc },
	{ .name = "shadow-null", .change = sample_shadow_null },
	{ .name = "shadow-user", .change = sample_shadow_user },
	{ .name = "shadow-wild", .change = sample_shadow_wild },
	{ .name = "shadow-unknown", .change = sample_shadow_unknown },
};

const u32 sample_count = sizeof(samples) / sizeof(samples[0]);

void sample_record(const struct sample *sample, struct picket_record *out)
{
	common_record(out);
	sample->change(out);
}

static void collect(void *context, const char *bytes, uptr count)
{
	struct sample_buffer *buffer = context;

	if (count > sizeof(buffer->bytes) - buffer->used) {
		fprintf(stderr, "the output is larger than any report can be\n");
		abort();
	}
	memcpy(buffer->bytes + buffer->used, bytes, count);
	buffer->used += count;
}

struct picket_output sample_output(struct sample_buffer *buffer)
{
	buffer->used = 0;
	return (struct picket_output){ collect, buffer };
}
