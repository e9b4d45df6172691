/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "phrase.h"

#include <string.h>

#define RULER_BYTES 60 /* it has 66; some consoles lose the end of a line */

struct kind {
	const char *title;
	const char *line;
	u32 bug;
	u32 access;
};

static const struct kind kinds[] = {
	{ "out-of-bounds read in ", "Out-of-bounds read at ", PICKET_BUG_OUT_OF_BOUNDS,
	  PICKET_ACCESS_READ },
	{ "out-of-bounds write in ", "Out-of-bounds write at ", PICKET_BUG_OUT_OF_BOUNDS,
	  PICKET_ACCESS_WRITE },
	{ "use-after-free read in ", "Use-after-free read at ", PICKET_BUG_USE_AFTER_FREE,
	  PICKET_ACCESS_READ },
	{ "use-after-free write in ", "Use-after-free write at ", PICKET_BUG_USE_AFTER_FREE,
	  PICKET_ACCESS_WRITE },
	{ "memory corruption in ", "Corrupted memory at ", PICKET_BUG_CORRUPTION,
	  PICKET_ACCESS_WRITE },
	{ "invalid read in ", "Invalid read at ", PICKET_BUG_INVALID_ACCESS, PICKET_ACCESS_READ },
	{ "invalid write in ", "Invalid write at ", PICKET_BUG_INVALID_ACCESS,
	  PICKET_ACCESS_WRITE },
	{ "invalid free in ", "Invalid free of ", PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN },
};

bool picket_phrase_is_ruler(struct picket_scan line)
{
	const char *start;

	picket_scan_spaces(&line);
	start = line.at;
	while (line.at < line.end && *line.at == '=')
		line.at++;
	return line.at == line.end && line.at - start >= RULER_BYTES;
}

bool picket_phrase_title(struct picket_scan line, bool below_ruler,
			 struct picket_phrase_title *title)
{
	const char *bug = picket_scan_find(&line, "BUG: ");

	if (!bug && !below_ruler)
		return false;
	if (bug)
		line.at = bug;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *words = picket_scan_find(&line, kinds[i].title);
		struct picket_scan prefix = { line.at, words };
		struct picket_scan symbol;

		if (!words)
			continue;
		symbol = (struct picket_scan){ words + strlen(kinds[i].title), line.end };
		title->bug = kinds[i].bug;
		title->access = kinds[i].access;
		title->line = kinds[i].line;
		title->is_kfence = picket_scan_find(&prefix, "KFENCE") != NULL;
		title->has_frame = picket_phrase_frame(symbol, &title->frame);
		return title->has_frame || picket_scan_words(&symbol, "?");
	}
	return false;
}

/* Before the kernel has a key to hash addresses with, it shows "(____ptrval____)" instead. */
static bool scan_address(struct picket_scan *scan, u64 *address)
{
	struct picket_scan start = *scan;
	const char *end;

	*address = 0;
	if (picket_scan_hex(scan, address))
		return true;
	picket_scan_words(scan, "0x");
	end = picket_scan_find(scan, ")");
	if (end && picket_scan_words(scan, "(")) {
		scan->at = end + 1;
		return true;
	}
	*scan = start;
	return false;
}

/* "(32B right of kfence-#85):" */
static bool scan_distance(struct picket_scan *scan, struct picket_phrase_access *access)
{
	if (!picket_scan_words(scan, " (") || !picket_scan_number(scan, &access->distance))
		return false;
	if (picket_scan_words(scan, "B left of "))
		access->position = PICKET_POSITION_LEFT;
	else if (picket_scan_words(scan, "B right of "))
		access->position = PICKET_POSITION_RIGHT;
	return access->position != PICKET_POSITION_NONE;
}

/* One of " . ! 0xac" */
static bool scan_byte(struct picket_scan *scan, struct picket_phrase_access *access)
{
	u64 value = 0;

	if (access->bytes_count == PICKET_CORRUPT_BYTES || !picket_scan_spaces(scan))
		return false;
	if (!picket_scan_words(scan, ".")) {
		if (picket_scan_words(scan, "!"))
			access->bytes_hidden = true;
		else if (!picket_scan_hex(scan, &value) || value > 0xff)
			return false;
		access->bytes_changed |= 1u << access->bytes_count;
	}
	access->bytes[access->bytes_count++] = (u8)value;
	return true;
}

/* " [ ! . 0xac ]" */
static bool scan_bytes(struct picket_scan *scan, struct picket_phrase_access *access)
{
	struct picket_scan before;

	if (!picket_scan_words(scan, " ["))
		return false;
	do {
		before = *scan;
	} while (scan_byte(scan, access));
	*scan = before;
	return picket_scan_words(scan, " ]");
}

bool picket_phrase_access(struct picket_scan line, const struct picket_phrase_title *title,
			  struct picket_phrase_access *access)
{
	*access = (struct picket_phrase_access){ 0 };
	picket_scan_spaces(&line);
	if (!picket_scan_words(&line, title->line) || !scan_address(&line, &access->address))
		return false;
	switch (title->bug) {
	case PICKET_BUG_OUT_OF_BOUNDS:
		return scan_distance(&line, access);
	case PICKET_BUG_CORRUPTION:
		return scan_bytes(&line, access);
	default:
		return true;
	}
}

/* "function+0x1/0x2" */
static bool scan_symbol(struct picket_scan *scan, struct picket_phrase_frame *frame)
{
	const char *start = scan->at, *plus = picket_scan_find(scan, "+0x");
	struct picket_scan rest;

	if (!plus || plus == start || memchr(start, ' ', (size_t)(plus - start)))
		return false;
	rest = (struct picket_scan){ plus + 1, scan->end };
	if (!picket_scan_hex(&rest, &frame->function_offset) || !picket_scan_words(&rest, "/") ||
	    !picket_scan_hex(&rest, &frame->function_size))
		return false;
	picket_scan_copy(start, plus, frame->function, sizeof(frame->function));
	*scan = rest;
	return true;
}

/* "[module]"; behind a blank may stand a build-id, and in brackets why it taints the kernel. */
static bool scan_module(struct picket_scan *scan, struct picket_phrase_frame *frame)
{
	const char *end = picket_scan_find(scan, "]"), *start = scan->at + 1;
	size_t length;

	if (!end || !picket_scan_words(scan, "["))
		return false;
	for (length = 0; start + length < end && !strchr(" (", start[length]);)
		length++;
	picket_scan_copy(start, start + length, frame->module, sizeof(frame->module));
	scan->at = end + 1;
	return length > 0;
}

bool picket_phrase_frame(struct picket_scan line, struct picket_phrase_frame *frame)
{
	*frame = (struct picket_phrase_frame){ 0 };
	picket_scan_spaces(&line);
	if (!scan_symbol(&line, frame) && !picket_scan_hex(&line, &frame->pc))
		return false;
	if (picket_scan_spaces(&line) && !scan_module(&line, frame))
		return false;
	if (!frame->module[0] && frame->function[0])
		strcpy(frame->module, "vmlinux");
	return line.at == line.end;
}

/* ": START-END, size=S, cache=NAME", or in the first releases all that in brackets. */
bool picket_phrase_object(struct picket_scan line, struct picket_phrase_object *object)
{
	const char *end;
	bool brackets;

	*object = (struct picket_phrase_object){ 0 };
	picket_scan_spaces(&line);
	if (!picket_scan_words(&line, "kfence-#") || !picket_scan_number(&line, &object->slot))
		return false;
	brackets = picket_scan_words(&line, " [");
	if ((!brackets && !picket_scan_words(&line, ": ")) ||
	    !scan_address(&line, &object->start) || !picket_scan_words(&line, "-") ||
	    !scan_address(&line, &object->end) || !picket_scan_words(&line, ", size=") ||
	    !picket_scan_number(&line, &object->size) || !picket_scan_words(&line, ", cache="))
		return false;
	end = brackets ? picket_scan_find(&line, "]") : line.end;
	if (!end)
		return false;
	object->rest = (struct picket_scan){ end + (end < line.end), line.end };
	line.end = end;
	if (!picket_scan_words(&line, "<destroyed>"))
		picket_scan_copy(line.at, end, object->cache, sizeof(object->cache));
	return true;
}

static bool scan_event(struct picket_scan *scan, struct picket_phrase_track *track)
{
	track->event = PICKET_PHRASE_ALLOCATED;
	if (picket_scan_words(scan, "allocated by task "))
		return true;
	track->event = PICKET_PHRASE_FREED;
	return picket_scan_words(scan, "freed by task ") ||
	       picket_scan_words(scan, "rcu freeing by task ");
}

static bool read_no_stack(const struct picket_scan *line, struct picket_phrase_track *track)
{
	struct picket_scan scan = *line;

	track->has_stack = false;
	track->event = PICKET_PHRASE_ALLOCATED;
	if (picket_scan_words(&scan, "no allocation stack"))
		return true;
	track->event = PICKET_PHRASE_FREED;
	return picket_scan_words(&scan, "no deallocation stack");
}

bool picket_phrase_track(struct picket_scan line, struct picket_phrase_track *track)
{
	*track = (struct picket_phrase_track){ .task = { .cpu = -1 }, .has_stack = true };
	picket_scan_spaces(&line);
	if (!scan_event(&line, track))
		return read_no_stack(&line, track);
	if (!picket_scan_signed(&line, &track->task.tid))
		return false;
	if (picket_scan_words(&line, " on cpu ") && picket_scan_signed(&line, &track->task.cpu) &&
	    picket_scan_words(&line, " at ") && picket_scan_seconds(&line, &track->task.time_ns) &&
	    picket_scan_words(&line, "s ("))
		picket_scan_seconds(&line, &track->ago_ns);
	return true;
}

/* The word before the build number: "Not tainted 6.1.0-13-amd64 #1". */
static void read_release(const struct picket_scan *line, struct picket_phrase_footer *footer)
{
	const char *end = picket_scan_find(line, " #"), *start = end;

	if (!end)
		return;
	while (start > line->at && start[-1] != ' ')
		start--;
	picket_scan_copy(start, end, footer->release, sizeof(footer->release));
}

bool picket_phrase_footer(struct picket_scan line, struct picket_phrase_footer *footer)
{
	const char *name, *end;
	s32 user;

	*footer = (struct picket_phrase_footer){ 0 };
	picket_scan_spaces(&line);
	if (!picket_scan_words(&line, "CPU: ") || !picket_scan_signed(&line, &footer->cpu))
		return false;
	if (picket_scan_words(&line, " UID: "))
		picket_scan_signed(&line, &user);
	if (!picket_scan_words(&line, " PID: ") || !picket_scan_signed(&line, &footer->tid) ||
	    !picket_scan_words(&line, " Comm: "))
		return false;
	name = line.at;
	end = picket_scan_find(&line, " Not tainted ");
	if (!end)
		end = picket_scan_find(&line, " Tainted: ");
	if (end) {
		line.at = end;
		read_release(&line, footer);
	}
	picket_scan_copy(name, end ? end : line.end, footer->name, sizeof(footer->name));
	return true;
}
