/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The phrases of a report in a kernel log: KFENCE's, of every release that has it. Each function
 * takes one line and stores what it says, or says that the line is another one.
 */
#ifndef PICKET_TOOL_KERNEL_PHRASE_H
#define PICKET_TOOL_KERNEL_PHRASE_H

#include "core/report/report.h"
#include "tool/scan.h"

#define PICKET_SYMBOL_BYTES 512 /* the kernel's longest */
#define PICKET_MODULE_BYTES 64

/* A line of a stack. */
struct picket_phrase_frame {
	u64 pc; /* only if no function is known */
	u64 function_offset;
	u64 function_size;
	char function[PICKET_SYMBOL_BYTES]; /* "": not known */
	char module[PICKET_MODULE_BYTES];   /* "vmlinux" for what is no module */
};

/* What a title says. */
struct picket_phrase_title {
	u32 bug;	  /* enum picket_bug; all wrong frees are PICKET_BUG_INVALID_FREE */
	u32 access;	  /* enum picket_access */
	const char *line; /* how the line goes on that tells the access */
	bool is_kfence;	  /* "BUG: KFENCE: " */
	struct picket_phrase_frame frame;
	bool has_frame;
};

/* The line after the title. */
struct picket_phrase_access {
	u64 address;	   /* 0: not shown */
	u32 position;	   /* enum picket_position, of PICKET_BUG_OUT_OF_BOUNDS */
	u64 distance;	   /* KFENCE's: to the right it counts from the start */
	u32 bytes_count;   /* of PICKET_BUG_CORRUPTION */
	u32 bytes_changed; /* bit i: byte i is */
	bool bytes_hidden;
	u8 bytes[PICKET_CORRUPT_BYTES]; /* those that are right are 0 */
};

struct picket_phrase_object {
	u64 slot;
	u64 start; /* 0: not shown */
	u64 end;   /* its last byte */
	u64 size;
	char cache[PICKET_ALLOCATOR_NAME_BYTES]; /* "": the cache is gone */
	struct picket_scan rest; /* the first releases go on with who allocated it */
};

enum picket_phrase_event {
	PICKET_PHRASE_ALLOCATED,
	PICKET_PHRASE_FREED,
};

/* Who did that. What the line does not say is as in a record. */
struct picket_phrase_track {
	enum picket_phrase_event event;
	struct picket_task task;
	u64 ago_ns; /* 0: not said */
	bool has_stack;
};

/* "CPU: 0 UID: 0 PID: 138 Comm: sh Tainted: G    B   6.12.117 #1 ..." */
struct picket_phrase_footer {
	s32 cpu;
	s32 tid;
	char name[PICKET_TASK_NAME_BYTES];
	char release[65]; /* of the kernel; "": not said */
};

/** picket_phrase_is_ruler() - the line above and below a report. */
bool picket_phrase_is_ruler(struct picket_scan line);

/**
 * picket_phrase_title() - "BUG: KFENCE: use-after-free read in function+0x1/0x2 [module]".
 * @below_ruler: then any prefix will do in place of "BUG: ...".
 */
bool picket_phrase_title(struct picket_scan line, bool below_ruler,
			 struct picket_phrase_title *title);

/** picket_phrase_access() - the line that goes with a title. */
bool picket_phrase_access(struct picket_scan line, const struct picket_phrase_title *title,
			  struct picket_phrase_access *access);

bool picket_phrase_frame(struct picket_scan line, struct picket_phrase_frame *frame);
bool picket_phrase_object(struct picket_scan line, struct picket_phrase_object *object);
bool picket_phrase_track(struct picket_scan line, struct picket_phrase_track *track);
bool picket_phrase_footer(struct picket_scan line, struct picket_phrase_footer *footer);

#endif
