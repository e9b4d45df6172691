/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "record_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_reader.h"

#define STACKS 4 /* of the access, allocation and free, and the function of a frame */

/* A frame with the bytes that its build_id points to. */
struct stored_frame {
	struct picket_frame frame;
	u8 build_id[PICKET_BUILD_ID_BYTES_MAX];
};

/* The frames of one pc of one stack. */
struct place {
	u64 pc;
	bool exact;
	u32 first;
	u32 count;
};

struct picket_report_store {
	json_t *root;
	u8 executable_build_id[PICKET_BUILD_ID_BYTES_MAX];
	struct place places[STACKS * PICKET_STACK_FRAMES];
	u32 place_count;
	struct stored_frame *frames;
	u32 frame_count;
};

/* A frame without pc gets one where no code can be, to tell it from the others. */
static void read_pc(const struct picket_scope *scope, u64 instead, struct picket_frame *frame)
{
	frame->pc =
		picket_read_hex(scope, "pc", frame->function ? PICKET_OPTIONAL : PICKET_MANDATORY);
	frame->pc_unknown = !json_object_get(scope->object, "pc");
	if (frame->pc_unknown)
		frame->pc = instead;
}

static void read_frame(const struct picket_scope *scope, u64 instead_of_pc,
		       struct stored_frame *out)
{
	struct picket_frame *frame = &out->frame;

	frame->module_offset = picket_read_hex(scope, "rel_pc", PICKET_OPTIONAL);
	frame->module = picket_read_string(scope, "file_name");
	frame->build_id_bytes = picket_read_bytes(scope, "build_id", PICKET_OPTIONAL, out->build_id,
						  sizeof(out->build_id));
	frame->build_id = frame->build_id_bytes ? out->build_id : NULL;
	frame->function = picket_read_string(scope, "function_name");
	frame->function_offset = picket_read_count(scope, "function_offset", PICKET_OPTIONAL);
	frame->function_size = picket_read_count(scope, "function_size", PICKET_OPTIONAL);
	frame->file = picket_read_string(scope, "source_file");
	frame->line = picket_read_u32(scope, "source_line", PICKET_OPTIONAL);
	frame->inlined = picket_read_true(scope, "inlined");
	read_pc(scope, instead_of_pc, frame);
}

/* Adds a frame to the stack; frames up to one that is not inlined are of one pc. */
static void add_frame(const struct picket_scope *scope, struct picket_report_store *store,
		      struct place *place, struct picket_stack *stack)
{
	struct stored_frame *frame = &store->frames[store->frame_count++];

	read_frame(scope, ~(u64)place->first, frame);
	if (place->count++ == 0)
		place->pc = frame->frame.pc;
	if (place->pc != frame->frame.pc)
		picket_reader_fail(scope, "pc", json_object_get(scope->object, "pc"),
				   "the pc of the inlined frame before it");
	if (place->count > PICKET_INLINE_MAX)
		picket_reader_fail(scope, "inlined", json_object_get(scope->object, "inlined"),
				   "at most 7 inlined frames for one pc");
	if (frame->frame.inlined)
		return;
	if (stack->count == PICKET_STACK_FRAMES) {
		picket_reader_fail(scope, "pc", json_object_get(scope->object, "pc"),
				   "at most 64 calls deep");
		return;
	}
	place->exact = stack->count == 0 && (stack->flags & PICKET_STACK_EXACT_PC);
	stack->pc[stack->count++] = place->pc;
	store->places[store->place_count++] = *place;
	*place = (struct place){ .first = store->frame_count };
}

static void read_frames(const struct picket_scope *scope, const char *name, const json_t *array,
			struct picket_report_store *store, struct picket_stack *stack)
{
	struct place place = { .first = store->frame_count };
	size_t index;

	for (index = 0; index < json_array_size(array) && !scope->reader->failed; index++) {
		char path[96];
		struct picket_scope inner = { scope->reader, json_array_get(array, index), path };

		snprintf(path, sizeof(path), "%s%s[%zu].", scope->path, name, index);
		if (json_is_object(inner.object))
			add_frame(&inner, store, &place, stack);
		else
			picket_reader_fail(&inner, "", inner.object, "a frame (an object)");
	}
	if (place.count)
		picket_reader_fail(scope, name, array, "a last frame that is not inlined");
}

static void read_stack(const struct picket_scope *scope, const char *event, enum picket_need need,
		       struct picket_report_store *store, struct picket_stack *stack)
{
	const u32 frames_max = PICKET_STACK_FRAMES * PICKET_INLINE_MAX;
	const char *allowed = "an array of up to 512 frames";
	const json_t *array;
	char name[48];

	snprintf(name, sizeof(name), "%s_backtrace_truncated", event);
	stack->flags |= picket_read_true(scope, name) ? PICKET_STACK_TRUNCATED : 0;
	snprintf(name, sizeof(name), "%s_backtrace_exact", event);
	stack->flags |= picket_read_true(scope, name) ? PICKET_STACK_EXACT_PC : 0;
	snprintf(name, sizeof(name), "%s_backtrace", event);
	array = picket_reader_member(scope, name, need, allowed);
	if (!array)
		return;
	if (!json_is_array(array) || json_array_size(array) > frames_max)
		picket_reader_fail(scope, name, array, allowed);
	else
		read_frames(scope, name, array, store, stack);
}

static void read_task(const struct picket_scope *scope, const char *const names[5],
		      struct picket_task *task)
{
	task->pid = picket_read_s32(scope, names[0], 0);
	task->tid = picket_read_s32(scope, names[1], 0);
	task->cpu = picket_read_s32(scope, names[2], -1);
	picket_read_name(scope, names[3], task->name, sizeof(task->name));
	task->time_ns = picket_read_hex(scope, names[4], PICKET_OPTIONAL);
}

static void read_heap(const struct picket_scope *scope, struct picket_report *report)
{
	static const char *const alloc_names[] = { "allocation_pid", "allocation_tid",
						   "allocation_cpu", "allocation_thread_name",
						   "allocation_time_ns" };
	static const char *const free_names[] = { "deallocation_pid", "deallocation_tid",
						  "deallocation_cpu", "deallocation_thread_name",
						  "deallocation_time_ns" };
	struct picket_record *record = &report->record;
	struct picket_object *object = &record->object;
	const char *site;

	object->address = picket_read_hex(scope, "address", PICKET_MANDATORY);
	object->size_bytes = picket_read_count(scope, "size", PICKET_MANDATORY);
	object->align_bytes = picket_read_count(scope, "align", PICKET_OPTIONAL);
	object->slot_index = picket_read_u32(scope, "slot", PICKET_MANDATORY);
	object->state = (u16)picket_read_word(scope, "state", PICKET_MANDATORY,
					      picket_object_state_name, 1);
	object->side =
		(u16)picket_read_word(scope, "placement", PICKET_MANDATORY, picket_side_name, 0);
	object->family =
		(u16)picket_read_word(scope, "family", PICKET_MANDATORY, picket_family_name, 0);
	object->previous = picket_read_true(scope, "previous");
	picket_read_name(scope, "cache", object->allocator, sizeof(object->allocator));
	site = picket_read_string(scope, "site");
	if (site && (strlen(site) != 16 || !picket_parse_digits(site, &object->site)))
		picket_reader_fail(scope, "site", json_object_get(scope->object, "site"),
				   "16 hexadecimal digits");
	read_task(scope, alloc_names, &record->alloc_task);
	read_stack(scope, "allocation", PICKET_MANDATORY, report->store, &record->alloc_stack);
	read_task(scope, free_names, &record->free_task);
	read_stack(scope, "deallocation",
		   object->state == PICKET_OBJECT_FREED ? PICKET_MANDATORY : PICKET_OPTIONAL,
		   report->store, &record->free_stack);
}

static void read_corruption(const struct picket_scope *scope, struct picket_corruption *corruption)
{
	corruption->count = picket_read_bytes(scope, "bytes", PICKET_MANDATORY, corruption->bytes,
					      sizeof(corruption->bytes));
	corruption->changed = picket_read_u32(scope, "changed", PICKET_MANDATORY);
	corruption->since_ns = picket_read_hex(scope, "since_ns", PICKET_OPTIONAL);
	corruption->until_ns = picket_read_hex(scope, "until_ns", PICKET_OPTIONAL);
}

static void read_mismatch(const struct picket_scope *scope, struct picket_mismatch *mismatch)
{
	mismatch->family =
		picket_read_word(scope, "family", PICKET_MANDATORY, picket_family_name, 0);
	mismatch->size_bytes = picket_read_count(scope, "size", PICKET_OPTIONAL);
	mismatch->align_bytes = picket_read_count(scope, "align", PICKET_OPTIONAL);
}

static void read_frame_object(const struct picket_scope *scope, const json_t *value,
			      struct picket_frame_object *object)
{
	struct picket_scope inner = { scope->reader, value, "memory_error.shadow.frame.objects." };

	if (!json_is_object(value)) {
		picket_reader_fail(scope, "objects", value, "an array of objects");
		return;
	}
	object->offset_bytes = picket_read_u32(&inner, "offset", PICKET_MANDATORY);
	object->size_bytes = picket_read_u32(&inner, "size", PICKET_MANDATORY);
	picket_read_name(&inner, "name", object->name, sizeof(object->name));
}

static void read_stack_frame(const struct picket_scope *scope, struct picket_report *report)
{
	const char *allowed = "an array of up to 8 objects";
	struct picket_memory *memory = &report->record.memory;
	struct picket_stack stack = { 0 };
	const json_t *array;
	size_t index;

	read_stack(scope, "function", PICKET_MANDATORY, report->store, &stack);
	memory->frame_pc = stack.pc[0];
	memory->frame_offset_bytes = picket_read_count(scope, "offset", PICKET_MANDATORY);
	memory->frame_objects = picket_read_u32(scope, "count", PICKET_MANDATORY);
	array = picket_reader_member(scope, "objects", PICKET_MANDATORY, allowed);
	if (!array)
		return;
	if (!json_is_array(array) || json_array_size(array) > PICKET_FRAME_OBJECTS)
		picket_reader_fail(scope, "objects", array, allowed);
	for (index = 0; index < json_array_size(array) && !scope->reader->failed; index++)
		read_frame_object(scope, json_array_get(array, index), &memory->objects[index]);
}

static void read_variable(const struct picket_scope *scope, struct picket_memory *memory)
{
	memory->variable_address = picket_read_hex(scope, "address", PICKET_MANDATORY);
	memory->variable_bytes = picket_read_count(scope, "size", PICKET_MANDATORY);
	picket_read_name(scope, "name", memory->variable, sizeof(memory->variable));
}

static void read_rows(const struct picket_scope *scope, struct picket_memory *memory)
{
	u32 count = picket_read_bytes(scope, "bytes", PICKET_MANDATORY, memory->shadow[0],
				      sizeof(memory->shadow));

	if (count % PICKET_SHADOW_ROW_BYTES)
		picket_reader_fail(scope, "bytes", json_object_get(scope->object, "bytes"),
				   "rows of 16 bytes each");
	memory->shadow_rows = count / PICKET_SHADOW_ROW_BYTES;
	if (memory->shadow_rows)
		memory->shadow_start = picket_read_hex(scope, "start", PICKET_MANDATORY);
}

static void read_shadow(const struct picket_scope *scope, struct picket_report *report)
{
	struct picket_scope inner;

	read_rows(scope, &report->record.memory);
	if (picket_reader_enter(scope, "frame", PICKET_OPTIONAL, "memory_error.shadow.frame.",
				&inner))
		read_stack_frame(&inner, report);
	if (picket_reader_enter(scope, "variable", PICKET_OPTIONAL, "memory_error.shadow.variable.",
				&inner))
		read_variable(&inner, &report->record.memory);
}

static void read_call(const struct picket_scope *scope, struct picket_call *call)
{
	picket_read_name(scope, "call", call->name, sizeof(call->name));
	call->argument = picket_read_u32(scope, "call_argument", PICKET_OPTIONAL);
}

static void read_memory_error(const struct picket_scope *scope, struct picket_report *report)
{
	struct picket_record *record = &report->record;
	struct picket_scope inner;

	record->bug = picket_read_word(scope, "type", PICKET_MANDATORY, picket_bug_name, 1);
	record->detector =
		picket_read_word(scope, "detector", PICKET_OPTIONAL, picket_detector_name, 0);
	record->region = picket_read_word(scope, "region", PICKET_OPTIONAL, picket_region_name, 0);
	record->access = picket_read_word(scope, "access", PICKET_MANDATORY, picket_access_name, 0);
	record->access_size_bytes = picket_read_u32(scope, "access_size", PICKET_OPTIONAL);
	record->fault_address = picket_read_hex(scope, "fault_address", PICKET_MANDATORY);
	record->found = picket_read_word(scope, "found", PICKET_MANDATORY, picket_found_name, 0);
	if (record->found == PICKET_FOUND_CALL)
		read_call(scope, &record->call);
	record->position =
		picket_read_word(scope, "position", PICKET_OPTIONAL, picket_position_name, 1);
	record->distance_bytes = picket_read_count(scope, "distance_bytes", PICKET_OPTIONAL);
	record->kfence_distance_bytes =
		picket_read_count(scope, "kfence_distance_bytes", PICKET_OPTIONAL);
	record->confidence =
		picket_read_word(scope, "confidence", PICKET_MANDATORY, picket_confidence_name, 0);
	read_stack(scope, "access", PICKET_MANDATORY, report->store, &record->access_stack);
	if (record->bug == PICKET_BUG_CORRUPTION &&
	    picket_reader_enter(scope, "corruption", PICKET_MANDATORY, "memory_error.corruption.",
				&inner))
		read_corruption(&inner, &record->corruption);
	if (record->bug == PICKET_BUG_MISMATCH &&
	    picket_reader_enter(scope, "mismatch", PICKET_MANDATORY, "memory_error.mismatch.",
				&inner))
		read_mismatch(&inner, &record->mismatch);
	if (picket_reader_enter(scope, "heap", PICKET_OPTIONAL, "memory_error.heap.", &inner))
		read_heap(&inner, report);
	if (record->detector == PICKET_DETECTOR_SHADOW &&
	    picket_reader_enter(scope, "shadow", PICKET_MANDATORY, "memory_error.shadow.", &inner))
		read_shadow(&inner, report);
}

static void read_sampling(const struct picket_scope *scope, struct picket_sampling *sampling)
{
	sampling->policy =
		picket_read_word(scope, "policy", PICKET_MANDATORY, picket_policy_name, 0);
	sampling->policy_param = picket_read_count(scope, "param", PICKET_MANDATORY);
	sampling->slots = picket_read_u32(scope, "pool_slots", PICKET_MANDATORY);
	sampling->slots_live = picket_read_u32(scope, "pool_used", PICKET_MANDATORY);
	sampling->allocations_seen = picket_read_count(scope, "allocs_seen", PICKET_MANDATORY);
	sampling->allocations_guarded = picket_read_count(scope, "sampled", PICKET_MANDATORY);
	sampling->uptime_ns = picket_read_hex(scope, "uptime_ns", PICKET_MANDATORY);
}

static void read_addresses(const struct picket_scope *scope, struct picket_origin *origin)
{
	const char *kind = picket_read_string(scope, "addresses");

	origin->addresses_hashed = kind && !strcmp(kind, "hashed");
	if (kind && !origin->addresses_hashed)
		picket_reader_fail(scope, "addresses", json_object_get(scope->object, "addresses"),
				   "\"hashed\"");
}

static void read_origin(const struct picket_scope *scope, struct picket_report *report)
{
	struct picket_origin *origin = &report->origin;
	u8 *build_id = report->store->executable_build_id;
	struct picket_scope detector;

	if (picket_reader_enter(scope, "detector", PICKET_MANDATORY, "detector.", &detector)) {
		origin->detector_name = picket_read_string(&detector, "name");
		origin->detector_version = picket_read_string(&detector, "version");
	}
	origin->domain = picket_read_string(scope, "domain");
	origin->host_name = picket_read_string(scope, "host.name");
	origin->arch = picket_read_string(scope, "host.arch");
	origin->os_version = picket_read_string(scope, "os.version");
	origin->boot_id = picket_read_string(scope, "boot_id");
	origin->executable = picket_read_string(scope, "process.executable.path");
	origin->executable_build_id_bytes =
		picket_read_bytes(scope, "process.executable.build_id.gnu", PICKET_OPTIONAL,
				  build_id, PICKET_BUILD_ID_BYTES_MAX);
	origin->executable_build_id = origin->executable_build_id_bytes ? build_id : NULL;
	read_addresses(scope, origin);
}

static void read_report(const struct picket_scope *scope, struct picket_report *report)
{
	static const char *const names[] = { "process.pid", "thread.id", "cpu", "thread.name",
					     "time_ns" };
	const char *schema = picket_read_string(scope, "schema");
	struct picket_record *record = &report->record;
	struct picket_scope inner;

	if (!schema || strcmp(schema, "memory_error/1"))
		picket_reader_fail(scope, "schema", json_object_get(scope->object, "schema"),
				   "\"memory_error/1\"");
	record->version = PICKET_RECORD_VERSION;
	record->size_bytes = sizeof(*record);
	record->sequence = picket_read_count(scope, "sequence", PICKET_MANDATORY);
	record->wall_offset_ns = picket_read_hex(scope, "wall_offset_ns", PICKET_OPTIONAL);
	record->alloc_task.cpu = -1;
	record->free_task.cpu = -1;
	read_task(scope, names, &record->access_task);
	read_origin(scope, report);
	record->sampling.policy = PICKET_POLICY_UNKNOWN;
	if (picket_reader_enter(scope, "sampling", PICKET_OPTIONAL, "sampling.", &inner))
		read_sampling(&inner, &record->sampling);
	if (picket_reader_enter(scope, "memory_error", PICKET_MANDATORY, "memory_error.", &inner))
		read_memory_error(&inner, report);
}

/* The symbols of a report that was read: what stood in its own frames. */
static u32 stored_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	const struct picket_report_store *store = context;
	u32 index;
	u32 each;

	for (index = 0; index < store->place_count; index++) {
		const struct place *place = &store->places[index];

		if (place->pc != pc || place->exact != exact)
			continue;
		for (each = 0; each < place->count; each++)
			out[each] = store->frames[place->first + each].frame;
		return place->count;
	}
	out[0] = (struct picket_frame){ .pc = pc };
	return 1;
}

static json_t *load(const char *line, size_t line_bytes, struct picket_reader *reader)
{
	json_error_t problem;
	json_t *root = json_loadb(line, line_bytes, JSON_REJECT_DUPLICATES, &problem);

	if (root && json_is_object(root))
		return root;
	if (root)
		snprintf(reader->error, reader->error_bytes,
			 "not a JSON object; allowed: one record as one object");
	else
		snprintf(reader->error, reader->error_bytes,
			 "not JSON at byte %d: %.120s; allowed: one record as one object",
			 problem.position, problem.text);
	picket_reader_clean(reader->error);
	json_decref(root);
	return NULL;
}

static struct picket_report_store *create_store(void)
{
	const u32 frames_max = STACKS * PICKET_STACK_FRAMES * PICKET_INLINE_MAX;
	struct picket_report_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->frames = calloc(frames_max, sizeof(*store->frames));
	if (store->frames)
		return store;
	free(store);
	return NULL;
}

int picket_report_parse(const char *line, size_t line_bytes, struct picket_report *report,
			char *error, size_t error_bytes)
{
	struct picket_reader reader = { .error = error, .error_bytes = error_bytes };
	struct picket_scope scope = { .reader = &reader, .path = "" };

	memset(report, 0, sizeof(*report));
	report->store = create_store();
	if (!report->store) {
		snprintf(error, error_bytes, "out of memory");
		return -ENOMEM;
	}
	report->store->root = load(line, line_bytes, &reader);
	if (report->store->root) {
		scope.object = report->store->root;
		report->symbols = (struct picket_symbols){ stored_frames, report->store };
		read_report(&scope, report);
	}
	if (report->store->root && !reader.failed)
		return 0;
	picket_report_release(report);
	return -EINVAL;
}

void picket_report_release(struct picket_report *report)
{
	if (report->store) {
		json_decref(report->store->root);
		free(report->store->frames);
		free(report->store);
	}
	memset(report, 0, sizeof(*report));
}
