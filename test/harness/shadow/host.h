/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The hosted port of the shadow suite: a process with an allocator of its own. */
#ifndef PICKET_TEST_SHADOW_HOST_H
#define PICKET_TEST_SHADOW_HOST_H

#include "../../../core/shadow/shadow.h"
#include "../../suite/shadow/runner.h"

#define HOST_PAGE_BYTES 4096ul
#define HOST_QUARANTINE_BYTES (1ul << 20)

/* Ways in which a port can be wrong; each must fail a case. */
enum host_defect {
	HOST_SOUND,
	HOST_DROPS_POISON,
	HOST_SIZE_TOO_LARGE,
	HOST_SILENT_FREE,
	HOST_NEVER_OPENS,
	HOST_NO_SLOTS,
	HOST_NO_STACKS,
	HOST_NO_STACK_BOUNDS,
	HOST_LOSES_REPORTS,
	HOST_REPORTS_TWICE,
	HOST_SILENT_UNMAP,
	HOST_KEEPS_SHADOW,
	HOST_DEFECT_COUNT
};

extern enum host_defect host_defect;
extern const struct sh_variant host_variant; /* compiled with the cases */
extern const char *host_areas_wrong;	     /* NULL: nothing is */

/* Where things are in the arena. */
struct host_arena {
	uptr start;
	uptr heap;
	uptr pages;
	uptr areas;
	uptr end;
};

extern struct host_arena host_arena;

/** host_start() - map the arena and its shadow, start the detector. */
void host_start(void);

/** host_heap_start() - the allocator. */
void host_heap_start(void);

/** host_slot() - see picket_plat_slot(). */
bool host_slot(uptr address, struct picket_shadow_slot *slot);

/** host_slot_push() - this slot is free. */
void host_slot_push(uptr object);

/** host_poisoned() - something was poisoned; a defect may undo it. */
void host_poisoned(uptr start, uptr bytes);

/** host_shadow_backed() - bytes behind the shadow of that part of the arena. */
uptr host_shadow_backed(uptr start, uptr end);

/** host_on_stack() - call it on a stack whose bounds are known. */
void host_on_stack(void (*function)(void));

/** host_records(), host_last() - what was reported. */
u32 host_records(void);
const struct picket_record *host_last(void);
const char *host_audit(void);

#endif
