/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the files of the guard-page detector share: the pool, its slots and their states.
 *
 * The pool, lowest address first; every slot lies between two guards:
 *
 *	| guard | slot 0 | guard | slot 1 | ... | guard | slot n-1 | guard |
 *
 * Slots are numbered in order of address. Classes follow each other, small slots first.
 *
 * Invariants, verified by picket_guard_check_all() when nothing runs:
 *	1. The geometry tiles the range: classes are adjacent, slots do not overlap, and there are
 *	   guard_pages between any two.
 *	2. A slot at rest is UNUSED, LIVE or FREED.
 *	3. A slot is on the free list of its class, or in the inbox, exactly if it is UNUSED or
 *	   FREED; on one of them, and once.
 *	4. A live object lies inside its slot, aligned as asked, and at its side: it starts the
 *	   slot, or ends less than its alignment before the slot's end.
 *	5. live counts the LIVE slots.
 *	6. guarded - freed == live.
 *	7. The coverage counters are the sum over live objects and recent sites.
 *	8. Sequence counts are even: nobody is writing.
 *	9. No page of an UNUSED slot or of a guard is visible but those in `opened`.
 *	   (picket_guard_page_visible() is the rule; a test port holds its pages against it.)
 *
 * A slot's state is changed by compare-and-swap, and who changed it owns the slot until the next
 * change:
 *
 *	UNUSED, FREED -> TAKEN        alloc, which took it off its list under the lock
 *	TAKEN         -> LIVE         alloc is done
 *	TAKEN         -> FREED/UNUSED alloc could not show the pages
 *	LIVE          -> CHECKING     a sweep looks at the canaries
 *	CHECKING      -> LIVE         it is done
 *	CHECKING      -> FREE_ASKED   free came meanwhile, and does all but hide the pages
 *	FREE_ASKED    -> FREEING      the sweep is done first: free hides them
 *	FREE_ASKED    -> FREE_READY   free is done first: the sweep hides them
 *	LIVE          -> FREEING      free
 *	FREEING, FREE_READY -> FREED  pages hidden; then the slot goes into the inbox
 *
 * Nobody ever waits for another: not free (it runs in signal handlers that interrupted a sweep),
 * not the fault path (it runs anywhere).
 */
#ifndef PICKET_POOL_H
#define PICKET_POOL_H

#include "../atomic.h"
#include "guard.h"
#include "../site.h"

#define PICKET_NONE 0xffffffffu
#define PICKET_TRACK_STACK_BYTES 184
#define PICKET_SIDE_BITS 1024
#define PICKET_RECENT_SITES 32
#define PICKET_RECORD_BUFFERS 16
#define PICKET_RATE_MAX (1ull << 30)
#define PICKET_STATE_MAGIC 0x5049434b45543031ull /* "PICKET01" */

enum picket_slot_state {
	PICKET_SLOT_UNUSED,
	PICKET_SLOT_TAKEN,
	PICKET_SLOT_LIVE,
	PICKET_SLOT_CHECKING,
	PICKET_SLOT_FREE_ASKED,
	PICKET_SLOT_FREE_READY,
	PICKET_SLOT_FREEING,
	PICKET_SLOT_FREED,
};

/* Who allocated or freed, with a packed stack. */
struct picket_track {
	struct picket_task task;
	u32 stack_bytes;
	u32 stack_flags;
	u8 stack[PICKET_TRACK_STACK_BYTES];
};

#define PICKET_LIFE_REPORTED_LEFT 0x1u /* a changed canary was reported */
#define PICKET_LIFE_REPORTED_RIGHT 0x2u

/* One object's time in a slot. */
struct picket_life {
	u64 address; /* 0: there was none yet */
	u64 size_bytes;
	u64 align_bytes;
	u64 site;
	u64 checked_ns; /* the canaries were right then */
	u16 side;
	u16 family;
	u32 flags;
	char allocator[PICKET_ALLOCATOR_NAME_BYTES];
	struct picket_track alloc;
	struct picket_track free; /* task.time_ns 0: not freed */
};

/*
 * Two slots share the guard between them. The one whose object was overrun answers for the guard
 * and hides it again at its free; not its neighbour, under whose eyes the host may still be about
 * to touch it.
 */
#define PICKET_GUARD_LEFT 0x1u
#define PICKET_GUARD_RIGHT 0x2u

struct picket_slot {
	u32 state;    /* enum picket_slot_state */
	u32 sequence; /* odd: life[] is being written */
	u32 next;     /* slot index on the list it is on */
	u32 listed;   /* on its class's free list; under the lock */
	u32 newest; /* index of the present (or last) object's life; the other is the one before */
	u32 order;  /* scratch of the shuffle at the start */
	u32 retained; /* pages of a freed object that count against retain_pages */
	u32 opened;   /* guards left visible by reports on this slot's account: PICKET_GUARD_... */
	struct picket_life life[2];
};

struct picket_class {
	uptr start; /* of the guard before its first slot */
	uptr stride_bytes;
	uptr slot_bytes;
	u32 first_slot;
	u32 slots;
};

/* Where everything is: constant after creation. With the slots it is all a diagnosis needs. */
struct picket_geometry {
	u64 magic;
	uptr start;
	uptr size_bytes;
	uptr guard_bytes;
	u32 page_bytes;
	u32 slot_count;
	u32 class_count;
	u32 slot_size_bytes; /* sizeof(struct picket_slot), for readers from outside */
	struct picket_class classes[PICKET_CLASSES_MAX];
};

struct picket_list {
	u32 head;
	u32 tail;
};

struct picket_coverage {
	u32 *counters;
	u32 mask;
	u32 recent_at;
	u64 recent[PICKET_RECENT_SITES];
};

struct picket_record_buffer {
	u32 busy;
	struct picket_record record;
};

/* Atomic, each by itself. */
struct picket_governor {
	s64 credit_ns; /* that may be spent on samples */
	u64 spent_ns;  /* since the last look */
	u32 held_back; /* was a sample, since the last look? */
	u32 reserved;
};

struct picket_guard {
	struct picket_geometry geometry;
	struct picket_slot *slots;
	u32 *opened; /* a bit per page: visible, though no live object is there */
	struct picket_platform *platform;
	struct picket_guard_config config;
	uptr metadata_bytes;
	u64 created_ns;
	u64 interval_ns;
	u32 align_default;
	u32 disabled;

	struct picket_lock lock; /* free lists, coverage.recent */
	struct picket_list lists[PICKET_CLASSES_MAX];
	u32 inbox; /* freed slots, newest first, not yet on a list */
	u32 sweep_at;
	u32 retained_pages;
	u32 gates; /* how many gates have started, to seed each differently */
	u32 epoch;
	u32 policy;
	u64 policy_param;
	u64 seed;
	u64 next_tick_ns;
	u64 sequence; /* of the last record */
	struct picket_coverage coverage;
	struct picket_governor governor;
	u32 side_bits[PICKET_SIDE_BITS / 32];
	struct picket_stats stats;
	struct picket_record_buffer buffers[PICKET_RECORD_BUFFERS];
};

/* An address seen from the pool. */
struct picket_place {
	u32 slot; /* the slot it is in, or PICKET_NONE in a guard */
	u32 left; /* nearest slots below and above, or PICKET_NONE */
	u32 right;
};

/* The little that a diagnosis compares, read consistently. */
struct picket_bounds {
	u32 state;
	u32 newest;
	bool torn;    /* it was being written: the rest may not fit together */
	uptr address; /* of the present or last object; 0: none yet */
	uptr size_bytes;
	uptr previous_address;
	uptr previous_size_bytes;
};

/* pool.c: geometry and lists */
struct picket_place picket_place_of(const struct picket_geometry *geometry, uptr address);
uptr picket_slot_start(const struct picket_geometry *geometry, u32 slot_index);
const struct picket_class *picket_class_of(const struct picket_geometry *geometry, u32 slot_index);
void picket_list_append(struct picket_guard *guard, u32 slot_index);
u32 picket_list_take(struct picket_guard *guard, u32 class_index);
void picket_inbox_push(struct picket_guard *guard, u32 slot_index);
void picket_inbox_drain(struct picket_guard *guard);

/* slot.c: lives, and the pages they make visible */
void picket_slot_write_begin(struct picket_slot *slot);
void picket_slot_write_end(struct picket_slot *slot);
void picket_slot_bounds(const struct picket_slot *slot, struct picket_bounds *bounds);
struct picket_life *picket_slot_life(struct picket_slot *slot);
bool picket_state_is_live(u32 state);
void picket_track_fill(struct picket_guard *guard, struct picket_track *track, const u64 *pc,
		       u32 count);
bool picket_slot_to_record(const struct picket_slot *slot, u32 slot_index, u32 life_index,
			   struct picket_record *record);
uptr picket_span_start(const struct picket_geometry *geometry, uptr address);
uptr picket_span_end(const struct picket_geometry *geometry, uptr address, uptr size_bytes);
void picket_opened_set(struct picket_guard *guard, uptr start, uptr end);
void picket_opened_close(struct picket_guard *guard, uptr start, uptr end, bool hide);
bool picket_opened_clear(struct picket_guard *guard, uptr address);
bool picket_opened_test(const struct picket_guard *guard, uptr address);

/* fault.c */
void picket_answer_for(struct picket_guard *guard, uptr address, u32 owner);

/* canary.c */
void picket_canary_fill(uptr start, uptr end);
uptr picket_canary_check(uptr start, uptr end);
u8 picket_canary_byte(uptr address);
u32 picket_canary_verify(struct picket_guard *guard, u32 slot_index, enum picket_found found);

/* coverage.c */
void picket_coverage_add(struct picket_coverage *coverage, u64 site);
void picket_coverage_remove(struct picket_coverage *coverage, u64 site);
bool picket_coverage_has(const struct picket_coverage *coverage, u64 site);

/* gate.c */
void picket_gate_refused(struct picket_guard *guard, struct picket_gate *gate,
			 enum picket_skip reason);

/* governor.c */
void picket_governor_init(struct picket_guard *guard);
bool picket_governor_allows(struct picket_guard *guard);
u32 picket_governor_slowdown(const struct picket_guard *guard);

/* diagnose.c: pure functions of geometry, slots and an address */
bool picket_diagnose_fault(const struct picket_geometry *geometry, const struct picket_slot *slots,
			   uptr address, struct picket_record *record);
void picket_diagnose_free(const struct picket_geometry *geometry, const struct picket_slot *slots,
			  uptr address, struct picket_record *record);
void picket_position(uptr address, uptr object, uptr size_bytes, struct picket_record *record);

/* record.c: from finding to delivery */
struct picket_record *picket_record_open(struct picket_guard *guard, enum picket_found found);
void picket_record_send(struct picket_guard *guard, struct picket_record *record,
			const struct picket_context *context);
void picket_record_drop(struct picket_record *record);

/* free.c */
void picket_slot_retire(struct picket_guard *guard, u32 slot_index);

#endif
