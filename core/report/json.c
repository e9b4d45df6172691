/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One record as one line of JSON; doc/report-format.md has the table of fields. The first member
 * of every object is always there, so that all others can bring their comma along.
 *
 * Numbers: addresses, times and ids use all 64 bits and are strings in hexadecimal. Counts and
 * sizes are JSON numbers; one above 2^53 - 1, which a reader might round, becomes such a string.
 */
#include "format.h"
#include "frame.h"

#define EXACT_MAX 0x1fffffffffffffull /* 2^53 - 1 */

/* How the members that describe a task are called in their place. */
struct task_names {
	const char *pid;
	const char *tid;
	const char *cpu;
	const char *name;
	const char *time;
	const char *time_ns;
};

static void put_string(struct picket_printer *printer, const char *name, const char *value, u32 max)
{
	if (!value || !value[0])
		return;
	picket_print(printer, ",\"%s\":", name);
	picket_print_quoted(printer, value, max);
}

/* A word from one of our own tables. */
static void put_word(struct picket_printer *printer, const char *name, const char *word)
{
	if (word)
		picket_print(printer, ",\"%s\":\"%s\"", name, word);
}

static void put_hex(struct picket_printer *printer, const char *name, u64 value)
{
	picket_print(printer, ",\"%s\":\"0x%llx\"", name, value);
}

static void put_count(struct picket_printer *printer, const char *name, u64 value)
{
	if (value > EXACT_MAX)
		put_hex(printer, name, value);
	else
		picket_print(printer, ",\"%s\":%llu", name, value);
}

static void put_known_hex(struct picket_printer *printer, const char *name, u64 value)
{
	if (value)
		put_hex(printer, name, value);
}

static void put_known_count(struct picket_printer *printer, const char *name, u64 value)
{
	if (value)
		put_count(printer, name, value);
}

static void put_signed(struct picket_printer *printer, const char *name, s32 value)
{
	picket_print(printer, ",\"%s\":%d", name, value);
}

static void put_true(struct picket_printer *printer, const char *name, bool value)
{
	if (value)
		picket_print(printer, ",\"%s\":true", name);
}

static void put_build_id(struct picket_printer *printer, const char *name, const u8 *bytes,
			 u32 count)
{
	if (!bytes || count == 0)
		return;
	picket_print(printer, ",\"%s\":\"", name);
	picket_print_bytes(printer, bytes,
			   count < PICKET_BUILD_ID_BYTES_MAX ? count : PICKET_BUILD_ID_BYTES_MAX);
	picket_print(printer, "\"");
}

static void put_wall(struct picket_printer *printer, const char *name,
		     const struct picket_record *record, u64 time_ns)
{
	if (!record->wall_offset_ns || !time_ns)
		return;
	picket_print(printer, ",\"%s\":\"", name);
	picket_print_utc(printer, time_ns + record->wall_offset_ns, 'T', 9);
	picket_print(printer, "Z\"");
}

static void put_task(struct picket_printer *printer, const struct task_names *names,
		     const struct picket_record *record, const struct picket_task *task)
{
	if (task->pid)
		put_signed(printer, names->pid, task->pid);
	if (task->tid)
		put_signed(printer, names->tid, task->tid);
	if (task->cpu != -1)
		put_signed(printer, names->cpu, task->cpu);
	put_string(printer, names->name, task->name, PICKET_TASK_NAME_BYTES);
	put_wall(printer, names->time, record, task->time_ns);
	put_known_hex(printer, names->time_ns, task->time_ns);
}

/* Return: true if the function's name was put as well, for want of a pc. */
static bool put_place(struct picket_printer *printer, const struct picket_frame *frame)
{
	bool is_name = frame->pc_unknown && frame->function && frame->function[0];

	if (is_name) {
		picket_print(printer, "{\"function_name\":");
		picket_print_quoted(printer, frame->function, PICKET_STRING_BYTES_MAX);
	} else {
		picket_print(printer, "{\"pc\":\"0x%llx\"", frame->pc);
		if (frame->module)
			put_hex(printer, "rel_pc", frame->module_offset);
	}
	put_string(printer, "file_name", frame->module, PICKET_STRING_BYTES_MAX);
	return is_name;
}

static void put_frame(struct picket_printer *printer, const struct picket_frame *frame)
{
	bool has_name = put_place(printer, frame);

	put_build_id(printer, "build_id", frame->build_id, frame->build_id_bytes);
	if (frame->function) {
		if (!has_name)
			put_string(printer, "function_name", frame->function,
				   PICKET_STRING_BYTES_MAX);
		put_count(printer, "function_offset", frame->function_offset);
		put_known_count(printer, "function_size", frame->function_size);
	}
	put_string(printer, "source_file", frame->file, PICKET_STRING_BYTES_MAX);
	put_known_count(printer, "source_line", frame->line);
	put_true(printer, "inlined", frame->inlined);
	picket_print(printer, "}");
}

static void put_frames(struct picket_printer *printer, u64 pc, bool exact, bool first,
		       const struct picket_symbols *symbols)
{
	struct picket_frame frames[PICKET_INLINE_MAX];
	u32 count = picket_pc_frames(pc, exact, symbols, frames);
	u32 each;

	for (each = 0; each < count; each++) {
		if (!first || each)
			picket_print(printer, ",");
		put_frame(printer, &frames[each]);
	}
}

static void put_stack(struct picket_printer *printer, const char *event,
		      const struct picket_stack *stack, const struct picket_symbols *symbols)
{
	u32 index;

	picket_print(printer, ",\"%s_backtrace\":[", event);
	for (index = 0; index < picket_stack_depth(stack); index++)
		put_frames(printer, stack->pc[index],
			   index == 0 && (stack->flags & PICKET_STACK_EXACT_PC), index == 0,
			   symbols);
	picket_print(printer, "]");
	if (stack->flags & PICKET_STACK_TRUNCATED)
		picket_print(printer, ",\"%s_backtrace_truncated\":true", event);
	if (stack->flags & PICKET_STACK_EXACT_PC)
		picket_print(printer, ",\"%s_backtrace_exact\":true", event);
}

static void put_heap(struct picket_printer *printer, const struct picket_record *record,
		     const struct picket_symbols *symbols)
{
	static const struct task_names alloc_names = {
		"allocation_pid",	  "allocation_tid",  "allocation_cpu",
		"allocation_thread_name", "allocation_time", "allocation_time_ns",
	};
	static const struct task_names free_names = {
		"deallocation_pid",	    "deallocation_tid",	 "deallocation_cpu",
		"deallocation_thread_name", "deallocation_time", "deallocation_time_ns",
	};
	const struct picket_object *object = &record->object;

	picket_print(printer, ",\"heap\":{\"address\":\"0x%llx\"", object->address);
	put_count(printer, "size", object->size_bytes);
	put_known_count(printer, "align", object->align_bytes);
	put_count(printer, "slot", object->slot_index);
	put_word(printer, "state", picket_object_state_name(object->state));
	put_word(printer, "placement", picket_side_name(object->side));
	put_word(printer, "family", picket_family_name(object->family));
	put_string(printer, "cache", object->allocator, PICKET_ALLOCATOR_NAME_BYTES);
	put_true(printer, "previous", object->previous);
	if (object->site)
		picket_print(printer, ",\"site\":\"%016llx\"", object->site);
	put_task(printer, &alloc_names, record, &record->alloc_task);
	put_stack(printer, "allocation", &record->alloc_stack, symbols);
	if (object->state == PICKET_OBJECT_FREED || record->free_task.time_ns) {
		put_task(printer, &free_names, record, &record->free_task);
		put_stack(printer, "deallocation", &record->free_stack, symbols);
	}
	picket_print(printer, "}");
}

static void put_corruption(struct picket_printer *printer, const struct picket_record *record)
{
	const struct picket_corruption *corruption = &record->corruption;
	u32 count = corruption->count;

	if (count > PICKET_CORRUPT_BYTES)
		count = PICKET_CORRUPT_BYTES;
	picket_print(printer, ",\"corruption\":{\"bytes\":\"");
	picket_print_bytes(printer, corruption->bytes, count);
	picket_print(printer, "\",\"changed\":%u", corruption->changed);
	put_wall(printer, "since", record, corruption->since_ns);
	put_known_hex(printer, "since_ns", corruption->since_ns);
	put_wall(printer, "until", record, corruption->until_ns);
	put_known_hex(printer, "until_ns", corruption->until_ns);
	picket_print(printer, "}");
}

static void put_mismatch(struct picket_printer *printer, const struct picket_mismatch *mismatch)
{
	const char *family = picket_family_name(mismatch->family);

	picket_print(printer, ",\"mismatch\":{\"family\":\"%s\"", family ? family : "any");
	put_known_count(printer, "size", mismatch->size_bytes);
	put_known_count(printer, "align", mismatch->align_bytes);
	picket_print(printer, "}");
}

static void put_frame_object(struct picket_printer *printer,
			     const struct picket_frame_object *object)
{
	picket_print(printer, "{\"offset\":%u,\"size\":%u", object->offset_bytes,
		     object->size_bytes);
	put_string(printer, "name", object->name, sizeof(object->name));
	picket_print(printer, "}");
}

/* The frame of a stack that the bad address lies in, as the compiler described it. */
static void put_stack_frame(struct picket_printer *printer, const struct picket_memory *memory,
			    const struct picket_symbols *symbols)
{
	u32 index;

	picket_print(printer, ",\"frame\":{\"function_backtrace\":[");
	put_frames(printer, memory->frame_pc, true, true, symbols);
	picket_print(printer, "],\"function_backtrace_exact\":true");
	put_count(printer, "offset", memory->frame_offset_bytes);
	put_count(printer, "count", memory->frame_objects);
	picket_print(printer, ",\"objects\":[");
	for (index = 0; index < memory->frame_objects && index < PICKET_FRAME_OBJECTS; index++) {
		if (index)
			picket_print(printer, ",");
		put_frame_object(printer, &memory->objects[index]);
	}
	picket_print(printer, "]}");
}

static void put_variable(struct picket_printer *printer, const struct picket_memory *memory)
{
	picket_print(printer, ",\"variable\":{\"address\":\"0x%llx\"", memory->variable_address);
	put_count(printer, "size", memory->variable_bytes);
	put_string(printer, "name", memory->variable, sizeof(memory->variable));
	picket_print(printer, "}");
}

static void put_shadow(struct picket_printer *printer, const struct picket_memory *memory,
		       const struct picket_symbols *symbols)
{
	u32 rows =
		memory->shadow_rows < PICKET_SHADOW_ROWS ? memory->shadow_rows : PICKET_SHADOW_ROWS;

	picket_print(printer, ",\"shadow\":{\"bytes\":\"");
	picket_print_bytes(printer, memory->shadow[0], rows * PICKET_SHADOW_ROW_BYTES);
	picket_print(printer, "\"");
	if (memory->shadow_rows)
		put_hex(printer, "start", memory->shadow_start);
	if (memory->frame_pc)
		put_stack_frame(printer, memory, symbols);
	if (memory->variable_address)
		put_variable(printer, memory);
	picket_print(printer, "}");
}

static void put_call(struct picket_printer *printer, const struct picket_call *call)
{
	put_string(printer, "call", call->name, PICKET_CALL_NAME_BYTES);
	put_known_count(printer, "call_argument", call->argument);
}

static void put_memory_error(struct picket_printer *printer, const struct picket_record *record,
			     const struct picket_symbols *symbols)
{
	const char *bug = picket_bug_name(record->bug);

	picket_print(printer, ",\"memory_error\":{\"type\":\"%s\"", bug ? bug : "NONE");
	if (record->detector == PICKET_DETECTOR_SHADOW) {
		put_word(printer, "detector", picket_detector_name(record->detector));
		put_word(printer, "region", picket_region_name(record->region));
	}
	put_word(printer, "access", picket_access_name(record->access));
	put_known_count(printer, "access_size", record->access_size_bytes);
	put_hex(printer, "fault_address", record->fault_address);
	put_word(printer, "found", picket_found_name(record->found));
	if (record->found == PICKET_FOUND_CALL)
		put_call(printer, &record->call);
	if (record->position != PICKET_POSITION_NONE) {
		put_word(printer, "position", picket_position_name(record->position));
		put_count(printer, "distance_bytes", record->distance_bytes);
		put_count(printer, "kfence_distance_bytes", record->kfence_distance_bytes);
	}
	put_word(printer, "confidence", picket_confidence_name(record->confidence));
	put_stack(printer, "access", &record->access_stack, symbols);
	if (record->bug == PICKET_BUG_CORRUPTION)
		put_corruption(printer, record);
	if (record->bug == PICKET_BUG_MISMATCH)
		put_mismatch(printer, &record->mismatch);
	if (record->object.state != PICKET_OBJECT_NONE)
		put_heap(printer, record, symbols);
	if (record->detector == PICKET_DETECTOR_SHADOW)
		put_shadow(printer, &record->memory, symbols);
	picket_print(printer, "}");
}

static void put_sampling(struct picket_printer *printer, const struct picket_sampling *sampling)
{
	const char *policy = picket_policy_name(sampling->policy);

	if (sampling->policy == PICKET_POLICY_UNKNOWN)
		return;
	picket_print(printer, ",\"sampling\":{\"policy\":\"%s\"", policy ? policy : "off");
	put_count(printer, "param", sampling->policy_param);
	put_count(printer, "pool_slots", sampling->slots);
	put_count(printer, "pool_used", sampling->slots_live);
	put_count(printer, "allocs_seen", sampling->allocations_seen);
	put_count(printer, "sampled", sampling->allocations_guarded);
	put_count(printer, "uptime_s", sampling->uptime_ns / 1000000000);
	put_hex(printer, "uptime_ns", sampling->uptime_ns);
	picket_print(printer, "}");
}

static void put_origin(struct picket_printer *printer, const struct picket_origin *origin)
{
	const u32 max = PICKET_STRING_BYTES_MAX;

	picket_print(printer, ",\"detector\":{\"name\":");
	picket_print_quoted(printer, origin->detector_name ? origin->detector_name : "picket", max);
	put_string(printer, "version", origin->detector_version, max);
	picket_print(printer, "}");
	put_string(printer, "domain", origin->domain, max);
	put_string(printer, "host.name", origin->host_name, max);
	put_string(printer, "host.arch", origin->arch, max);
	put_string(printer, "os.version", origin->os_version, max);
	put_string(printer, "boot_id", origin->boot_id, max);
	put_string(printer, "process.executable.path", origin->executable, max);
	put_build_id(printer, "process.executable.build_id.gnu", origin->executable_build_id,
		     origin->executable_build_id_bytes);
	if (origin->addresses_hashed)
		put_word(printer, "addresses", "hashed");
}

/* The finalizer of SplitMix64: every bit of the input changes half of the output. */
static u64 mix(u64 value)
{
	value += 0x9e3779b97f4a7c15ull;
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

static u64 hash_report(u64 seed, const struct picket_record *record, const char *boot_id)
{
	u64 hash = mix(seed ^ (record->access_task.time_ns + record->wall_offset_ns));
	u32 index;

	hash = mix(hash ^ (u32)record->access_task.pid);
	hash = mix(hash ^ record->sequence);
	hash = mix(hash ^ record->fault_address);
	for (index = 0; boot_id && index < PICKET_STRING_BYTES_MAX && boot_id[index]; index++)
		hash = mix(hash ^ (u8)boot_id[index]);
	return hash;
}

/* Shaped as a UUID of version 8, "made by a rule of one's own". */
static void put_report_id(struct picket_printer *printer, const struct picket_record *record,
			  const char *boot_id)
{
	u64 high = hash_report(1, record, boot_id);
	u64 low = hash_report(2, record, boot_id);

	high = (high & ~0xf000ull) | 0x8000;
	low = (low & ~(3ull << 62)) | 2ull << 62;
	picket_print(printer, ",\"report_id\":\"%08llx-%04llx-%04llx-%04llx-%012llx\"", high >> 32,
		     high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffffull);
}

void picket_render_json(const struct picket_record *record, const struct picket_origin *origin,
			const struct picket_symbols *symbols, const struct picket_output *output)
{
	static const struct task_names names = { "process.pid", "thread.id", "cpu",
						 "thread.name", "time",	     "time_ns" };
	struct picket_printer printer;

	picket_printer_init(&printer, output);
	picket_print(&printer, "{\"schema\":\"memory_error/1\",\"event_name\":\"memory_error\","
			       "\"severity_text\":\"ERROR\"");
	put_report_id(&printer, record, origin->boot_id);
	put_count(&printer, "sequence", record->sequence);
	put_known_hex(&printer, "wall_offset_ns", record->wall_offset_ns);
	put_task(&printer, &names, record, &record->access_task);
	put_origin(&printer, origin);
	put_sampling(&printer, &record->sampling);
	put_memory_error(&printer, record, symbols);
	picket_print(&printer, "}\n");
	picket_printer_flush(&printer);
}
