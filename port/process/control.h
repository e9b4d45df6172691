/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What `picket ctl` finds in a watched process, by reading and writing its memory through
 * /proc/PID/mem. The process does nothing for it but keep this block up to date, and look for a
 * request in its slow path (see look.h).
 *
 * The command may be of another version than the library in the process, so the layout only grows
 * at its end; a change of what is there needs a new PICKET_CONTROL_VERSION. Both sides trust
 * nothing that they find here.
 */
#ifndef PICKET_CONTROL_H
#define PICKET_CONTROL_H

#include "policy.h"

#define PICKET_CONTROL_MAGIC "PICKET CONTROL\r\n" /* 16 bytes, without the NUL */
#define PICKET_CONTROL_MAGIC_BYTES 16
#define PICKET_CONTROL_ALIGN 64
#define PICKET_CONTROL_VERSION 1
#define PICKET_CONTROL_TEXT_BYTES (128 * 1024)

enum picket_control_state {
	PICKET_CONTROL_OFF, /* Picket has not started, or could not */
	PICKET_CONTROL_READY,
};

enum picket_control_command {
	PICKET_CONTROL_NONE,
	PICKET_CONTROL_ON,
	PICKET_CONTROL_STOP,
	PICKET_CONTROL_RATE,  /* argument: as the option */
	PICKET_CONTROL_SWEEP, /* result: objects with changed canaries */
	PICKET_CONTROL_DUMP,  /* argument: the slot to start with; result: that to go on with */
};

/* Any other result is not negative. */
enum picket_control_result {
	PICKET_CONTROL_UNKNOWN = -1, /* there is no such command, or not with this argument */
};

/* A counter of the statistics; it is *value, and *more if that is not NULL. */
struct picket_control_counter {
	const char *name;
	const picket_u64 *value;
	const picket_u64 *more;
};

/* Written by the command: first all but number, then number. */
struct picket_control_request {
	picket_u64 copy; /* of number, so that halves of two requests are not taken for one */
	picket_u32 command;
	picket_s32 pid; /* whom it is for, by its own count: not for a copy that fork made */
	picket_u64 argument;
	picket_u64 number; /* random; 0: none */
};

/* Written by the process, number last. */
struct picket_control_answer {
	picket_u64 number; /* of the request that is done */
	picket_s64 result;
	const char *text; /* lines of JSON: live objects, as in a report */
	picket_u64 text_bytes;
};

struct picket_control {
	char magic[PICKET_CONTROL_MAGIC_BYTES];
	const struct picket_control *self; /* a copy that lies elsewhere is none */
	picket_u32 version;
	picket_u32 state;
	const char *picket_version;
	const struct picket_policy_state *policy;
	const struct picket_control_counter *counters;
	picket_u64 counter_count;
	struct picket_control_request request;
	struct picket_control_answer answer;
};

/** picket_control_start() - the detector is there; from now on requests are carried out. */
void picket_control_start(void);

/** picket_control_answer() - carry out what is asked for, if anything is. Any context. */
void picket_control_answer(void);

/** picket_control_fork_child() - what was asked of the parent is not asked of the child. */
void picket_control_fork_child(void);

/**
 * picket_dump_objects() - live guarded objects as lines of JSON, from a slot on.
 * @slot_index: where to start; receives where to go on, 0: that was all.
 * @text:       receives where they stand, until the next call.
 *
 * Not by two threads at once.
 * Return: bytes of text.
 */
size_t picket_dump_objects(picket_u64 *slot_index, const char **text);

#endif
