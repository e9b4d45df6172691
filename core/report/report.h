/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From a record to text and to JSON, and the packed form of stacks.
 *
 * Nothing here knows where the output goes or where symbols come from: the caller supplies both.
 * The functions keep no state, allocate nothing and take no lock, so they may run in a fault
 * handler. doc/report-format.md describes both formats.
 */
#ifndef PICKET_REPORT_H
#define PICKET_REPORT_H

#include "../types.h"
#include <picket/record.h>

#define PICKET_BUILD_ID_BYTES_MAX 32
#define PICKET_INLINE_MAX 8 /* so that an array of frames fits in a stack frame of 1 KiB */

/* One line of a stack. Strings are NULL where unknown and live until the next call of frames(). */
struct picket_frame {
	u64 pc;
	bool pc_unknown;    /* pc is no address, and only tells the frames of a report apart */
	u64 module_offset;  /* pc as the module's own (link-time) address; 0 without module */
	const char *module; /* path of the file, "vmlinux", or a kernel module's name */
	const u8 *build_id;
	u32 build_id_bytes;
	u32 line;	      /* 0: unknown */
	const char *function; /* demangled if it was mangled */
	u64 function_offset;
	u64 function_size; /* 0: unknown */
	const char *file;  /* source file */
	bool inlined;	   /* this call was inlined into the frame that follows */
};

/*
 * Where symbols come from. frames() turns one pc into frames, innermost inlined call first; it
 * fills at least one (pc alone, if nothing is known) and at most PICKET_INLINE_MAX.
 * @exact: the pc is the instruction itself; else it is a return address and the call is before it.
 */
struct picket_symbols {
	u32 (*frames)(void *context, u64 pc, bool exact, struct picket_frame *out);
	void *context;
};

/* Where output goes: called with pieces of any length, in order. */
struct picket_output {
	void (*write)(void *context, const char *bytes, uptr count);
	void *context;
};

/* What the port knows beside the record; every string may be NULL. */
struct picket_origin {
	const char *domain;	   /* "user" or "kernel" */
	const char *detector_name; /* NULL: "picket" */
	const char *detector_version;
	const char *host_name;
	const char *os_version; /* kernel release */
	const char *arch;	/* "amd64", "arm64", ... */
	const char *boot_id;
	const char *executable; /* path */
	const u8 *executable_build_id;
	u32 executable_build_id_bytes;
	/* Addresses of data are hashes: equal ones are the same, and nothing more can be told. */
	bool addresses_hashed;
};

/* How a text differs from port to port. */
struct picket_text_style {
	/* Of the title: "BUG: PICKET: ", or "BUG: KFENCE: ". The shadow detector has its own. */
	const char *prefix;
	/* KFENCE's layout to the letter: its distances, its class names, no line it has not. */
	bool kfence;
	bool hide_addresses;   /* print changed bytes as '!', as KFENCE does for the unprivileged */
	bool addresses_hashed; /* of Picket's own layout: as struct picket_origin has it */

	/* Of KFENCE's and KASAN's layouts only; each may be NULL. */
	void *context;
	/* The digits of an address, without "0x"; they live until the next call. */
	const char *(*address)(void *context, u64 address);
	/*
	 * Called before each message of a log: a line, or one with an empty line behind it. Those
	 * that are no headings are details: a log may show them to fewer people.
	 */
	void (*message)(void *context, bool heading);
	/* Writes, by itself, what the machine has to say, in place of the line of CPU and task. */
	void (*footer)(void *context);
};

/**
 * picket_render_text() - one report for people: a title, the access, what is known of the object
 * and up to three stacks, between two rulers of 66 '='.
 *
 * What the shadow detector found is in KASAN's layout, whatever the style says.
 */
void picket_render_text(const struct picket_record *record, const struct picket_text_style *style,
			const struct picket_symbols *symbols, const struct picket_output *output);

/**
 * picket_render_object() - what is known of the record's object, in KFENCE's layout: the part of a
 * report between the access and the last line.
 */
void picket_render_object(const struct picket_record *record, const struct picket_text_style *style,
			  const struct picket_symbols *symbols, const struct picket_output *output);

/**
 * picket_render_json() - one report for programs: a single line of JSON, ended by a newline.
 * Bytes of the host that are not UTF-8 are replaced by U+FFFD.
 */
void picket_render_json(const struct picket_record *record, const struct picket_origin *origin,
			const struct picket_symbols *symbols, const struct picket_output *output);

/* Names as they stand in JSON; NULL for a value that is not of the enum. */
const char *picket_bug_name(u32 bug); /* "USE_AFTER_FREE", ... */
const char *picket_detector_name(u32 detector);
const char *picket_region_name(u32 region); /* "heap", "stack", ... */
const char *picket_access_name(u32 access); /* "READ", "WRITE", "UNKNOWN" */
const char *picket_found_name(u32 found);   /* "fault", "free", ... */
const char *picket_position_name(u32 position);
const char *picket_side_name(u32 side);
const char *picket_family_name(u32 family); /* "malloc", "new", "new[]", ... */
const char *picket_policy_name(u32 policy);
const char *picket_object_state_name(u32 state);
const char *picket_confidence_name(u32 confidence);

/**
 * picket_stack_pack() - store a stack in few bytes: differences of neighbours, zigzag, base 128.
 *
 * As many frames as fit are stored, innermost first.
 * Return: bytes used, at most @size_bytes. *@packed: how many frames that holds.
 */
u32 picket_stack_pack(const u64 *pc, u32 count, u8 *buffer, u32 size_bytes, u32 *packed);

/**
 * picket_stack_unpack() - the inverse.
 *
 * Safe on any bytes: what does not decode ends the stack.
 * Return: frames stored in @pc, at most @max.
 */
u32 picket_stack_unpack(const u8 *buffer, u32 size_bytes, u64 *pc, u32 max);

#endif
