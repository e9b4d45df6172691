/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The report record: one bug, as plain data.
 *
 * The detector decides and fills a record; text, JSON, symbols, signals and panics are made from
 * it by others (core/report/, the port, the picket command). The layout is versioned and pinned
 * by the assertions at the end: a new field needs a new PICKET_RECORD_VERSION.
 *
 * Times are nanoseconds of the port's monotonic clock; wall_offset_ns added to one gives
 * nanoseconds since 1970-01-01 UTC. A field that is not known is 0 (cpu: -1).
 */
#ifndef PICKET_RECORD_H
#define PICKET_RECORD_H

#include <picket/types.h>

#define PICKET_RECORD_VERSION 3
#define PICKET_STACK_FRAMES 64 /* KFENCE's depth */
#define PICKET_TASK_NAME_BYTES 16
#define PICKET_ALLOCATOR_NAME_BYTES 32
#define PICKET_CORRUPT_BYTES 16
#define PICKET_SHADOW_ROWS 5
#define PICKET_SHADOW_ROW_BYTES 16
#define PICKET_FRAME_OBJECTS 8
#define PICKET_VARIABLE_NAME_BYTES 64
#define PICKET_CALL_NAME_BYTES 24

/* Which detector found it. */
enum picket_detector {
	PICKET_DETECTOR_GUARD,	/* a guard page, or a canary */
	PICKET_DETECTOR_SHADOW, /* a check of shadow memory */
	PICKET_DETECTOR_COUNT
};

/* What kind of bug of the host it is. */
enum picket_bug {
	PICKET_BUG_NONE,
	PICKET_BUG_OUT_OF_BOUNDS,   /* access beside a live object */
	PICKET_BUG_USE_AFTER_FREE,  /* access to a freed object */
	PICKET_BUG_CORRUPTION,	    /* bytes beside an object were changed, seen afterwards */
	PICKET_BUG_INVALID_ACCESS,  /* access to the pool where no object explains it */
	PICKET_BUG_INVALID_FREE,    /* free of an address that is no object's start */
	PICKET_BUG_DOUBLE_FREE,	    /* free or realloc of a freed object */
	PICKET_BUG_MISMATCH,	    /* freed by another family, size or alignment than allocated */
	PICKET_BUG_USE_AFTER_SCOPE, /* access to a variable of a block that has ended */
	PICKET_BUG_COUNT
};

/* What kind of memory it happened in. */
enum picket_region {
	PICKET_REGION_UNKNOWN,
	PICKET_REGION_HEAP,
	PICKET_REGION_PAGES, /* heap objects with pages of their own, and pages */
	PICKET_REGION_STACK,
	PICKET_REGION_ALLOCA,
	PICKET_REGION_GLOBAL,
	PICKET_REGION_VMALLOC,
	PICKET_REGION_NULL, /* near address 0 */
	PICKET_REGION_USER, /* the kernel used an address of user space */
	PICKET_REGION_WILD, /* no memory has such an address */
	PICKET_REGION_COUNT
};

enum picket_access {
	PICKET_ACCESS_UNKNOWN,
	PICKET_ACCESS_READ,
	PICKET_ACCESS_WRITE,
};

/* At which event the bug was found. */
enum picket_found {
	PICKET_FOUND_FAULT,   /* the bad access itself faulted */
	PICKET_FOUND_FREE,    /* in free, or in checks that free makes */
	PICKET_FOUND_REALLOC, /* in realloc */
	PICKET_FOUND_SWEEP,   /* by the slow check of live objects */
	PICKET_FOUND_EXIT,    /* by the check when the host ends */
	PICKET_FOUND_PANIC,   /* by the check when the host dies */
	PICKET_FOUND_CHECK,   /* by the check before the access */
	PICKET_FOUND_CALL,    /* a system call made the bad access */
	PICKET_FOUND_COUNT
};

/* Where an address lies as seen from the object. */
enum picket_position {
	PICKET_POSITION_NONE, /* no object is involved */
	PICKET_POSITION_LEFT,
	PICKET_POSITION_INSIDE,
	PICKET_POSITION_RIGHT,
};

/* At which end of its pages an object stands, so which end is next to a guard. */
enum picket_side {
	PICKET_SIDE_AUTO, /* as a request: let the detector alternate per site */
	PICKET_SIDE_LEFT,
	PICKET_SIDE_RIGHT,
};

/* Which allocation functions made (and may free) an object. */
enum picket_family {
	PICKET_FAMILY_ANY, /* never a mismatch */
	PICKET_FAMILY_MALLOC,
	PICKET_FAMILY_NEW,
	PICKET_FAMILY_NEW_ARRAY,
	PICKET_FAMILY_NEW_ALIGNED,
	PICKET_FAMILY_NEW_ARRAY_ALIGNED,
	PICKET_FAMILY_COUNT
};

enum picket_object_state {
	PICKET_OBJECT_NONE, /* the record names no object */
	PICKET_OBJECT_LIVE,
	PICKET_OBJECT_FREED,
};

enum picket_confidence {
	PICKET_CONFIDENCE_LOW, /* the object named is the nearest guess */
	PICKET_CONFIDENCE_HIGH,
};

enum picket_policy {
	PICKET_POLICY_OFF,
	PICKET_POLICY_INTERVAL,	   /* policy_param: milliseconds */
	PICKET_POLICY_COUNT,	   /* policy_param: one of so many allocations */
	PICKET_POLICY_INTERVAL_US, /* policy_param: microseconds */
	PICKET_POLICY_UNKNOWN,	   /* nor is anything else of struct picket_sampling known */
};

#define PICKET_STACK_TRUNCATED 0x1u /* the host's stack was deeper */
#define PICKET_STACK_EXACT_PC 0x2u  /* pc[0] is the faulting instruction, not a return address */

/* Program counters, innermost first; return addresses but for PICKET_STACK_EXACT_PC. */
struct picket_stack {
	picket_u32 count;
	picket_u32 flags;
	picket_u64 pc[PICKET_STACK_FRAMES];
};

/* Who did something, and when. */
struct picket_task {
	picket_u64 time_ns;
	picket_s32 pid;
	picket_s32 tid;
	picket_s32 cpu;
	picket_u32 reserved;
	char name[PICKET_TASK_NAME_BYTES]; /* NUL-terminated, untrusted bytes of the host */
};

struct picket_object {
	picket_u64 address;
	picket_u64 size_bytes; /* as the host asked */
	picket_u64 align_bytes;
	picket_u64 site; /* id of the allocation stack: equal in every process, boot and machine */
	picket_u32 slot_index;
	picket_u16 state;    /* enum picket_object_state */
	picket_u16 side;     /* enum picket_side */
	picket_u16 family;   /* enum picket_family */
	picket_u16 previous; /* 1: the object before the one that is in the slot now */
	picket_u32 reserved;
	char allocator[PICKET_ALLOCATOR_NAME_BYTES]; /* or the kernel's cache; NUL-terminated */
};

/* Only PICKET_BUG_CORRUPTION: what changed, and in which time. */
struct picket_corruption {
	picket_u64 since_ns; /* the bytes were still right then */
	picket_u64 until_ns; /* and wrong now */
	picket_u32 count;    /* bytes shown below, from fault_address on; 0: they are not known */
	picket_u32 changed;  /* bit i: bytes[i] differs from what Picket wrote */
	picket_u8 bytes[PICKET_CORRUPT_BYTES];
};

/* Only PICKET_BUG_MISMATCH: what the free claimed; the object has what was true. */
struct picket_mismatch {
	picket_u64 size_bytes;	/* 0: not claimed */
	picket_u64 align_bytes; /* 0: not claimed */
	picket_u32 family;	/* enum picket_family */
	picket_u32 reserved;
};

/* Only PICKET_FOUND_CALL: which system call made the access, for which of its arguments. */
struct picket_call {
	picket_u32 argument; /* from 1; 0: not known */
	picket_u32 reserved;
	char name[PICKET_CALL_NAME_BYTES]; /* NUL-terminated */
};

/* How likely it was to see this: what a fleet needs to compute rates. */
struct picket_sampling {
	picket_u64 policy_param;
	picket_u64 allocations_seen; /* 0: not counted */
	picket_u64 allocations_guarded;
	picket_u64 uptime_ns;
	picket_u32 policy; /* enum picket_policy */
	picket_u32 slots;
	picket_u32 slots_live;
	picket_u32 reserved;
};

/* A variable of a stack frame. */
struct picket_frame_object {
	picket_u32 offset_bytes; /* from the frame's start */
	picket_u32 size_bytes;
	char name[PICKET_VARIABLE_NAME_BYTES]; /* NUL-terminated */
};

/* Only PICKET_DETECTOR_SHADOW. */
struct picket_memory {
	picket_u64 shadow_start; /* the address that shadow[0][0] stands for */
	picket_u32 shadow_rows;	 /* that are known; the bad address is in the middle one */
	picket_u32 frame_objects;
	picket_u8 shadow[PICKET_SHADOW_ROWS][PICKET_SHADOW_ROW_BYTES];
	/* Of an address in a stack frame or in a global: */
	picket_u64 frame_pc;	       /* start of the function; 0: no frame */
	picket_u64 frame_offset_bytes; /* of the bad address in the frame */
	picket_u64 variable_address;   /* of the nearest variable; 0: none is known */
	picket_u64 variable_bytes;
	char variable[PICKET_VARIABLE_NAME_BYTES]; /* NUL-terminated; "" if not known */
	struct picket_frame_object objects[PICKET_FRAME_OBJECTS];
};

struct picket_record {
	picket_u32 version;    /* PICKET_RECORD_VERSION */
	picket_u32 size_bytes; /* sizeof(struct picket_record) */
	picket_u64 sequence;   /* 1 for the first record of this detector, without gaps */
	picket_u64 wall_offset_ns;
	picket_u32 bug;	   /* enum picket_bug */
	picket_u32 access; /* enum picket_access */
	picket_u32 access_size_bytes;
	picket_u32 found;	  /* enum picket_found */
	picket_u32 position;	  /* enum picket_position */
	picket_u32 confidence;	  /* enum picket_confidence */
	picket_u32 detector;	  /* enum picket_detector */
	picket_u32 region;	  /* enum picket_region */
	picket_u64 fault_address; /* accessed, freed, or the first changed byte */
	/*
	 * Bytes from the nearest end of the object: 1 is the byte just beside it. INSIDE: the
	 * offset from its start.
	 */
	picket_u64 distance_bytes;
	/* KFENCE's figure: to the right it counts from the object's start. */
	picket_u64 kfence_distance_bytes;
	struct picket_object object;
	struct picket_corruption corruption;
	struct picket_mismatch mismatch;
	struct picket_call call;
	struct picket_sampling sampling;
	struct picket_memory memory;
	struct picket_task access_task;
	struct picket_task alloc_task;
	struct picket_task free_task;	  /* time_ns 0: not freed */
	struct picket_stack access_stack; /* of the access, the bad free, or the check */
	struct picket_stack alloc_stack;
	struct picket_stack free_stack;
};

PICKET_STATIC_ASSERT(sizeof(struct picket_stack) == 8 + 8 * PICKET_STACK_FRAMES, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_task) == 40, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_object) == 80, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_corruption) == 40, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_mismatch) == 24, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_call) == 32, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_sampling) == 48, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_memory) == 192 + 8 * 72, "record layout");
PICKET_STATIC_ASSERT(sizeof(struct picket_record) == 80 + 224 + 768 + 3 * 40 + 3 * 520,
		     "record layout");

#endif
