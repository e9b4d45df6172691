/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a port must supply for the shadow detector, beside core/platform.h: of that, the detector
 * uses metadata, metadata_free, time_ns, wall_offset_ns, stack, code_id, task, report, disabled.
 *
 * The compiler's entry points have no argument for a machine, so there is one shadow in a program.
 *
 * A port has a header port_shadow.h, found by include path, with
 *   - PICKET_SHADOW_OFFSET, an expression of type uptr: the shadow of address A is the byte at
 *     (A >> PICKET_SHADOW_SCALE) + PICKET_SHADOW_OFFSET. A variable is fine; it is read by every
 *     check.
 *   - static inline bool picket_has_shadow(uptr address): false where that byte may not be read.
 *   - static inline void picket_shadow_pin(void), picket_shadow_unpin(void): in between, what the
 *     CPU reads of shadow is what is there, though it was backed by another CPU a moment ago. Any
 *     context; may nest. Where a CPU never reads a page of zeros that was replaced, they are empty.
 *   - PICKET_NO_CHECK, attributes of functions that the compiler must neither instrument nor
 *     trace (may be empty where the core is built without such flags).
 *
 * Shadow reads as 0 wherever the port has not said otherwise. It may be written after
 * picket_plat_shadow_back() only, but for what compilers write by themselves: shadow of stacks.
 *
 * "Any context" is as in core/platform.h.
 */
#ifndef PICKET_SHADOW_PLATFORM_H
#define PICKET_SHADOW_PLATFORM_H

#include "../platform.h"
#include "encoding.h"
#include "port_shadow.h"

/* Where an allocator keeps one object: its bytes from start to the next slot. */
struct picket_shadow_slot {
	uptr start;	       /* the object starts here; aligned to a granule */
	uptr bytes;	       /* a multiple of a granule */
	const char *allocator; /* or the cache's name; lives as long as the slot */
	u32 flags;	       /* PICKET_SLOT_ */
};

#define PICKET_SLOT_LARGE 0x1u	/* pages of its own: its redzone is told apart */
#define PICKET_SLOT_BY_RCU 0x2u /* may be touched after free: never poisoned then, never retained */

/**
 * picket_plat_shadow_back() - put real memory, all zero at first, behind this shadow.
 * @shadow: an address of shadow; pages that are backed already stay as they are.
 *
 * Any context; may fail.
 * Return: 0; a negative error: what was to be poisoned stays open, which is counted.
 */
int picket_plat_shadow_back(struct picket_platform *platform, uptr shadow, uptr bytes);

/**
 * picket_plat_shadow_unback() - these pages of shadow are all zero again, or do not matter any
 * more: they may read as 0 and their memory may go.
 * @shadow: the first; a multiple of the page size, as @bytes is.
 *
 * Context: may sleep. Nobody writes there meanwhile.
 */
void picket_plat_shadow_unback(struct picket_platform *platform, uptr shadow, uptr bytes);

/**
 * picket_plat_this_stack() - the bounds of the stack that the caller runs on.
 * Any context. Return: false if they are not known.
 */
bool picket_plat_this_stack(struct picket_platform *platform, uptr *low, uptr *high);

/**
 * picket_plat_stack_of() - the bounds of the stack, whosoever, that the address lies in.
 * Any context. Return: false if it is in none, as far as is known.
 */
bool picket_plat_stack_of(struct picket_platform *platform, uptr address, uptr *low, uptr *high);

/**
 * picket_plat_slot() - the slot that an address lies in, of an allocator that calls
 * picket_shadow_alloc().
 *
 * Any context. May give a slot that is another allocator's: the detector knows its own.
 * Return: false if there is none.
 */
bool picket_plat_slot(struct picket_platform *platform, uptr address,
		      struct picket_shadow_slot *slot);

/**
 * picket_plat_slot_release() - the allocator may use this slot again.
 * @object: its start. Its shadow stays poisoned until the allocator gives it out again.
 *
 * Called by whoever frees next, after the object was retained. Any context that may free.
 */
void picket_plat_slot_release(struct picket_platform *platform, uptr object);

/**
 * picket_plat_stack_handle() - the stack of the caller, as a handle of picket_shadow_stacks().
 *
 * Called at each allocation and free, so it must be fast. The frames as picket_plat_stack()'s.
 * Any context. Return: 0 if there is none.
 */
u32 picket_plat_stack_handle(struct picket_platform *platform);

/**
 * picket_plat_is_mapped_area() - is the address where picket_shadow_map() areas are (vmalloc)?
 * Any context.
 */
bool picket_plat_is_mapped_area(struct picket_platform *platform, uptr address);

#endif
