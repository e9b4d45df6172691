/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "phrase.h"

#define DRAFTS 4 /* reports that CPUs print at the same time, if the log tells them apart */
#define FRAMES (3 * PICKET_STACK_FRAMES)
#define LINES_MAX 1000	      /* a report has 200; others may stand between */
#define SMALL_PAGE_BYTES 4096 /* no kernel has smaller ones */

/* A report of which the end was not seen yet. */
struct draft {
	bool open;
	char caller[16];
	unsigned int lines;
	u64 began; /* drafts in the order of their titles */
	struct picket_phrase_title title;
	struct picket_phrase_access access;
	struct picket_phrase_object object;
	bool has_access;
	bool has_object;
	bool has_footer;
	u64 ago_ns; /* of the allocation */
	char release[65];
	struct picket_stack *stack; /* that is being read; NULL: none */
	struct picket_report report;
	u32 frame_count;
	struct picket_phrase_frame frames[FRAMES];
};

struct picket_kernel_text {
	int (*report)(void *context, struct picket_report *report);
	void *context;
	int ended;
	bool below_ruler;
	u64 titles;
	u64 sequence;
	struct draft drafts[DRAFTS];
};

struct picket_kernel_text *
picket_kernel_text_create(int (*report)(void *context, struct picket_report *report), void *context)
{
	struct picket_kernel_text *text = calloc(1, sizeof(*text));

	if (text) {
		text->report = report;
		text->context = context;
	}
	return text;
}

void picket_kernel_text_destroy(struct picket_kernel_text *text)
{
	free(text);
}

/*
 * What stands in a stack for a frame. Functions have no address here, but each must be told from
 * the others: they get the last ones there are, where no code can be.
 */
static u64 key_of(const struct draft *draft, u32 index)
{
	return draft->frames[index].pc ? draft->frames[index].pc : ~(u64)index;
}

static u32 text_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	const struct draft *draft = context;
	const struct picket_phrase_frame *frame;
	u32 index = 0;

	(void)exact;
	while (index + 1 < draft->frame_count && key_of(draft, index) != pc)
		index++;
	frame = &draft->frames[index];
	*out = (struct picket_frame){
		.pc = pc,
		.pc_unknown = !frame->pc,
		.module = frame->module[0] ? frame->module : NULL,
		.function = frame->function[0] ? frame->function : NULL,
		.function_offset = frame->function_offset,
		.function_size = frame->function_size,
	};
	return 1;
}

static void add_frame(struct draft *draft, struct picket_stack *stack,
		      const struct picket_phrase_frame *frame)
{
	if (stack->count == PICKET_STACK_FRAMES) {
		stack->flags |= PICKET_STACK_TRUNCATED;
		return;
	}
	draft->frames[draft->frame_count] = *frame;
	stack->pc[stack->count++] = key_of(draft, draft->frame_count++);
}

/* A hash keeps nothing of the distance between two addresses. */
static bool are_addresses(const struct picket_phrase_object *object)
{
	if (!object->start || object->end - object->start != object->size - (object->size > 0))
		return false;
	return object->size > 1 || object->start >> 63;
}

static void set_side(const struct draft *draft, struct picket_object *object)
{
	if (object->address % SMALL_PAGE_BYTES)
		object->side = PICKET_SIDE_RIGHT;
	else if (draft->object.size < SMALL_PAGE_BYTES)
		object->side = PICKET_SIDE_LEFT;
}

static void set_inside(struct picket_record *record, u64 offset)
{
	record->position = PICKET_POSITION_INSIDE;
	record->distance_bytes = offset;
	record->kfence_distance_bytes = offset;
}

/* Left or right of the object, or in it, by KFENCE's figure. */
static void set_distance(struct picket_record *record, u32 position, u64 kfence_distance)
{
	u64 size = record->object.size_bytes;

	if (position == PICKET_POSITION_RIGHT && kfence_distance < size) {
		set_inside(record, kfence_distance);
		return;
	}
	record->position = position;
	record->kfence_distance_bytes = kfence_distance;
	record->distance_bytes =
		position == PICKET_POSITION_RIGHT ? kfence_distance - size + 1 : kfence_distance;
}

/* Equal addresses have equal hashes, and that is all that can be told from hashes. */
static void set_position(const struct draft *draft, struct picket_record *record)
{
	u64 address = record->fault_address, start = record->object.address;

	if (draft->access.position != PICKET_POSITION_NONE)
		set_distance(record, draft->access.position, draft->access.distance);
	else if (address && address == start)
		set_inside(record, 0);
	else if (!draft->report.origin.addresses_hashed && address < start)
		set_distance(record, PICKET_POSITION_LEFT, start - address);
	else if (!draft->report.origin.addresses_hashed)
		set_distance(record, PICKET_POSITION_RIGHT, address - start);
}

static void set_object(struct draft *draft, struct picket_record *record)
{
	const struct picket_phrase_object *said = &draft->object;
	struct picket_object *object = &record->object;
	bool is_freed = object->state == PICKET_OBJECT_FREED;

	object->state = is_freed ? PICKET_OBJECT_FREED : PICKET_OBJECT_LIVE;
	object->address = said->start;
	object->size_bytes = said->size;
	object->slot_index = (u32)said->slot;
	memcpy(object->allocator, said->cache, sizeof(object->allocator));
	draft->report.origin.addresses_hashed = !are_addresses(said);
	if (!draft->report.origin.addresses_hashed)
		set_side(draft, object);
	set_position(draft, record);
	if (record->bug == PICKET_BUG_INVALID_FREE && is_freed && object->address &&
	    record->fault_address == object->address)
		record->bug = PICKET_BUG_DOUBLE_FREE;
}

/* Without an object whose addresses could be held against each other. */
static bool looks_hashed(u64 address)
{
	return address <= 0xffffffff;
}

static bool is_panic(const struct draft *draft)
{
	const struct picket_stack *stack = &draft->report.record.access_stack;

	for (u32 i = 0; i < stack->count && i < draft->frame_count; i++)
		if (!strcmp(draft->frames[i].function, "panic") ||
		    !strcmp(draft->frames[i].function, "vpanic"))
			return true;
	return false;
}

static void set_found(const struct draft *draft, struct picket_record *record)
{
	switch (record->bug) {
	case PICKET_BUG_CORRUPTION:
		record->found = is_panic(draft) ? PICKET_FOUND_PANIC : PICKET_FOUND_FREE;
		break;
	case PICKET_BUG_INVALID_FREE:
		record->found = PICKET_FOUND_FREE;
		break;
	default:
		record->found = PICKET_FOUND_FAULT;
		record->access_stack.flags |= PICKET_STACK_EXACT_PC;
	}
}

/* What a detector writes beside objects. */
static u8 canary(u64 address)
{
	return (u8)(0xaa ^ (address & 7));
}

/* Bytes that are not shown are none; which of them are wrong is known even so. */
static void set_corruption(const struct draft *draft, struct picket_record *record)
{
	struct picket_corruption *corruption = &record->corruption;

	corruption->since_ns = record->alloc_task.time_ns;
	corruption->until_ns = corruption->since_ns ? record->access_task.time_ns : 0;
	corruption->changed = draft->access.bytes_changed;
	if (draft->access.bytes_hidden || draft->report.origin.addresses_hashed)
		return;
	corruption->count = draft->access.bytes_count;
	for (u32 i = 0; i < corruption->count; i++)
		corruption->bytes[i] = corruption->changed >> i & 1 ?
					       draft->access.bytes[i] :
					       canary(record->fault_address + i);
}

/* A log without times, of a kernel that says how long ago things were. */
static void set_time(const struct draft *draft, struct picket_record *record)
{
	if (!record->access_task.time_ns && draft->ago_ns)
		record->access_task.time_ns = record->alloc_task.time_ns + draft->ago_ns;
}

static void complete(struct picket_kernel_text *text, struct draft *draft)
{
	struct picket_report *report = &draft->report;
	struct picket_record *record = &report->record;

	record->sequence = ++text->sequence;
	if (!record->access_stack.count && draft->title.has_frame)
		add_frame(draft, &record->access_stack, &draft->title.frame);
	set_time(draft, record);
	set_found(draft, record);
	if (draft->has_object)
		set_object(draft, record);
	else
		report->origin.addresses_hashed = looks_hashed(record->fault_address);
	if (record->bug == PICKET_BUG_CORRUPTION)
		set_corruption(draft, record);
	report->origin.os_version = draft->release[0] ? draft->release : NULL;
	report->symbols = (struct picket_symbols){ text_frames, draft };
}

static int finish(struct picket_kernel_text *text, struct draft *draft)
{
	draft->open = false;
	complete(text, draft);
	text->ended = text->report(text->context, &draft->report);
	return text->ended;
}

static struct draft *find(struct picket_kernel_text *text, const char *caller)
{
	for (u32 i = 0; i < DRAFTS; i++)
		if (text->drafts[i].open && !strcmp(text->drafts[i].caller, caller))
			return &text->drafts[i];
	return NULL;
}

static struct draft *find_oldest(struct picket_kernel_text *text)
{
	struct draft *oldest = NULL;

	for (u32 i = 0; i < DRAFTS; i++) {
		struct draft *draft = &text->drafts[i];

		if (draft->open && (!oldest || draft->began < oldest->began))
			oldest = draft;
	}
	return oldest;
}

static struct draft *find_free(struct picket_kernel_text *text)
{
	for (u32 i = 0; i < DRAFTS; i++)
		if (!text->drafts[i].open)
			return &text->drafts[i];
	return NULL;
}

static void begin(struct picket_kernel_text *text, struct draft *draft,
		  const struct picket_kernel_line *line, const struct picket_phrase_title *title)
{
	struct picket_record *record = &draft->report.record;

	memset(draft, 0, offsetof(struct draft, frames));
	draft->open = true;
	draft->began = ++text->titles;
	memcpy(draft->caller, line->caller, sizeof(draft->caller));
	draft->title = *title;
	draft->report.origin.domain = "kernel";
	draft->report.origin.detector_name = title->is_kfence ? "kfence" : NULL;
	record->version = PICKET_RECORD_VERSION;
	record->size_bytes = sizeof(*record);
	record->bug = title->bug;
	record->access = title->access;
	record->confidence = PICKET_CONFIDENCE_HIGH;
	record->sampling.policy = PICKET_POLICY_UNKNOWN;
	record->access_task = (struct picket_task){ .time_ns = line->time_ns, .cpu = -1 };
	record->alloc_task.cpu = -1;
	record->free_task.cpu = -1;
}

/* The title of a report ends what the same task did not end. */
static int read_title(struct picket_kernel_text *text, const struct picket_kernel_line *line,
		      const struct picket_phrase_title *title)
{
	struct draft *draft = find(text, line->caller);

	if (!draft && !find_free(text))
		draft = find_oldest(text);
	if (draft && finish(text, draft))
		return text->ended;
	begin(text, find_free(text), line, title);
	return 0;
}

static void set_track(struct draft *draft, const struct picket_phrase_track *track)
{
	struct picket_record *record = &draft->report.record;
	bool is_free = track->event == PICKET_PHRASE_FREED;
	struct picket_stack *stack = is_free ? &record->free_stack : &record->alloc_stack;

	if (is_free) {
		record->free_task = track->task;
		record->object.state = PICKET_OBJECT_FREED;
	} else {
		record->alloc_task = track->task;
		draft->ago_ns = track->ago_ns;
	}
	draft->stack = track->has_stack && !stack->count ? stack : NULL;
}

static void set_footer(struct draft *draft, const struct picket_phrase_footer *footer)
{
	struct picket_task *task = &draft->report.record.access_task;

	draft->has_footer = true;
	draft->stack = NULL;
	task->cpu = footer->cpu;
	task->tid = footer->tid;
	memcpy(task->name, footer->name, sizeof(task->name));
	memcpy(draft->release, footer->release, sizeof(draft->release));
}

static bool read_access(struct draft *draft, struct picket_scan line)
{
	if (draft->has_access || !picket_phrase_access(line, &draft->title, &draft->access))
		return false;
	draft->has_access = true;
	draft->report.record.fault_address = draft->access.address;
	draft->stack = &draft->report.record.access_stack;
	return true;
}

static bool read_object(struct draft *draft, struct picket_scan *line)
{
	if (draft->has_object || !picket_phrase_object(*line, &draft->object))
		return false;
	draft->has_object = true;
	draft->stack = NULL;
	*line = draft->object.rest;
	return true;
}

/* A line in the middle of a report; what is none of its own is left out. */
static void read_body(struct draft *draft, struct picket_scan line)
{
	struct picket_phrase_frame frame;
	struct picket_phrase_track track;
	struct picket_phrase_footer footer;

	if (line.at == line.end)
		draft->stack = NULL;
	else if (draft->has_footer || read_access(draft, line))
		return;
	else if (draft->stack && picket_phrase_frame(line, &frame))
		add_frame(draft, draft->stack, &frame);
	else if (picket_phrase_footer(line, &footer))
		set_footer(draft, &footer);
	else if ((read_object(draft, &line) || draft->has_object) &&
		 picket_phrase_track(line, &track))
		set_track(draft, &track);
}

static int read_line(struct picket_kernel_text *text, const struct picket_kernel_line *line)
{
	bool below_ruler = text->below_ruler;
	struct draft *draft = find(text, line->caller);
	struct picket_phrase_title title;

	text->below_ruler = picket_phrase_is_ruler(line->text);
	if (text->below_ruler)
		return draft ? finish(text, draft) : 0;
	if (picket_phrase_title(line->text, below_ruler, &title))
		return read_title(text, line, &title);
	if (!draft)
		return 0;
	if (draft->lines++ == LINES_MAX)
		return finish(text, draft);
	read_body(draft, line->text);
	return 0;
}

int picket_kernel_text_line(struct picket_kernel_text *text, const char *line, size_t length)
{
	struct picket_kernel_line read;

	picket_kernel_line_read(line, length, &read);
	do {
		if (text->ended)
			return text->ended;
		read_line(text, &read);
	} while (picket_kernel_line_next(&read));
	return text->ended;
}

bool picket_kernel_text_is_open(const struct picket_kernel_text *text)
{
	for (u32 i = 0; i < DRAFTS; i++)
		if (text->drafts[i].open)
			return true;
	return false;
}

int picket_kernel_text_end(struct picket_kernel_text *text)
{
	struct draft *draft;

	while (!text->ended && (draft = find_oldest(text)) != NULL)
		finish(text, draft);
	return text->ended;
}
