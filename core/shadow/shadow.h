/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shadow detector, as a port sees it: KASAN's generic mode, with byte precision.
 *
 * A byte of shadow says of 8 bytes of memory how many may be accessed (encoding.h). The compiler
 * checks every access of the code it instruments, or calls check.c to do so; allocators tell here
 * which memory may be accessed.
 *
 * An allocator calls, for an object of so many bytes,
 *	slot.bytes = ... at least picket_shadow_slot_bytes(size)
 *	picket_shadow_alloc(&slot, size)
 * and at free, before it touches the object,
 *	if (picket_shadow_free(address) == PICKET_FREE_RELEASE)
 *		its own free
 * so that a freed object is kept from reuse for a while. What is known of an object stands at the
 * end of its slot, under a seal, so a slot that is not the detector's is never taken for one.
 *
 * Memory that nobody told about is open. Nothing is poisoned behind an allocator's back: whoever
 * gives memory on to others (pages back to the system) calls picket_shadow_unpoison() first.
 *
 * Unless a function says otherwise it may be called in any context, by any number of CPUs, and
 * never waits.
 */
#ifndef PICKET_SHADOW_H
#define PICKET_SHADOW_H

#include "../stacks/stacks.h"
#include "platform.h"

struct picket_shadow_config {
	uptr quarantine_bytes; /* of slots that freed objects may retain in sum; 0: none */
	uptr stacks_bytes;     /* of the store of stacks; 0: no stacks are taken */
	bool multi_shot;       /* report every bad access; else only the first */
};

struct picket_shadow_stats {
	u64 reports;
	u64 reports_suppressed; /* found, but not the first, or within a report */
	u64 objects_live;
	u64 objects_retained;
	u64 bytes_retained;
	u64 not_backed; /* what should have been poisoned and stays open for want of memory */
	struct picket_stacks_stats stacks;
};

/**
 * picket_shadow_start() - begin to report. Until then all checks pass.
 *
 * Context: once, before any other function here; allocates through the port.
 * Return: 0; -22 (EINVAL) for a bad config; -12 (ENOMEM).
 */
int picket_shadow_start(struct picket_platform *platform,
			const struct picket_shadow_config *config);

/**
 * picket_shadow_stop() - give everything back: retained objects to their allocator, memory to the
 * port. Shadow is left as it is. No call may be running. After it, all checks pass.
 */
void picket_shadow_stop(void);

/**
 * picket_shadow_disable() - report nothing any more: shadow cannot be relied on. Says so once.
 * @why: static text.
 */
void picket_shadow_disable(const char *why);

/** picket_shadow_stats() - copy the counters. */
void picket_shadow_stats(struct picket_shadow_stats *stats);

/** picket_shadow_stacks() - the store of stacks; NULL: none are taken. */
struct picket_stacks *picket_shadow_stacks(void);

/**
 * picket_shadow_multi_shot() - report every bad access, or only one more, from now on.
 * Return: what it was before.
 */
bool picket_shadow_multi_shot(bool on);

/**
 * picket_shadow_poison() - no byte may be accessed.
 * @address: of a granule; @bytes is rounded up to granules.
 *
 * Return: 0; a negative error when there is no memory for that shadow: nothing has changed.
 */
int picket_shadow_poison(uptr address, uptr bytes, enum picket_shade shade);

/**
 * picket_shadow_unpoison() - exactly these bytes may be accessed, of the last granule none behind.
 * @address: of a granule.
 *
 * Return: 0; a negative error as above: then all of the last granule is open.
 */
int picket_shadow_unpoison(uptr address, uptr bytes);

/**
 * picket_shadow_open() - whole granules are open, whatever they were; no memory is needed for it.
 * For memory that goes back to the system.
 */
void picket_shadow_open(uptr address, uptr bytes);

/**
 * picket_shadow_check() - an access, checked by hand. Reports what is bad.
 * @pc: where it comes from, 0: from the caller.
 * Return: true if every byte may be accessed.
 */
bool picket_shadow_check(uptr address, uptr bytes, enum picket_access access, uptr pc);

/** picket_shadow_is_open() - the same question, without a report. */
bool picket_shadow_is_open(uptr address, uptr bytes);

/*
 * Heap.
 */

enum picket_free {
	PICKET_FREE_RELEASE,  /* the allocator frees it now */
	PICKET_FREE_RETAINED, /* the detector keeps it: picket_plat_slot_release() comes later */
	PICKET_FREE_DROPPED,  /* a bug, and reported: nothing is to be done */
	PICKET_FREE_FOREIGN,  /* no object of the detector: the allocator does as ever */
};

/** picket_shadow_slot_bytes() - how many a slot needs at least for an object of that size. */
uptr picket_shadow_slot_bytes(uptr size_bytes);

/** picket_shadow_slab() - new memory of an allocator, with no object in it yet: all poisoned. */
int picket_shadow_slab(uptr start, uptr bytes);

/**
 * picket_shadow_alloc() - an object was made in this slot. If the shadow cannot be backed the slot
 * stays open, and is not the detector's.
 */
void picket_shadow_alloc(const struct picket_shadow_slot *slot, uptr size_bytes);

/**
 * picket_shadow_free() - an object is to be freed.
 * @address: as the host gave it. Not an object's start, or free already: reported.
 */
enum picket_free picket_shadow_free(uptr address);

/**
 * picket_shadow_freed() - the host's own allocator has freed or is freeing this object by itself:
 * it is poisoned, never retained. Where no live object of the detector starts, nothing happens.
 */
void picket_shadow_freed(uptr address);

/**
 * picket_shadow_disown() - the slot is used by somebody whom the detector does not see: all of it
 * is open, and the detector knows nothing of it.
 */
void picket_shadow_disown(const struct picket_shadow_slot *slot);

/**
 * picket_shadow_size() - how large is the live object that starts there, as it was asked for?
 * Return: false if there is none of the detector's. A freed one is reported (@access_pc as in
 * picket_shadow_check()).
 */
bool picket_shadow_size(uptr address, uptr *size_bytes, uptr access_pc);

/**
 * picket_shadow_resize() - the live object that starts there has another size now, in its slot.
 * Return: 0; -22 (EINVAL): there is none, or the slot is too small; nothing has changed.
 */
int picket_shadow_resize(uptr address, uptr size_bytes);

/**
 * picket_shadow_drain() - let go of retained objects.
 * @wants: of which slots; NULL: of all. Called under a lock.
 *
 * Calls of picket_shadow_free() on other CPUs may still be about to release one: who needs that
 * none is left waits for the end of those calls afterwards.
 *
 * Context: any that may free.
 */
void picket_shadow_drain(bool (*wants)(void *context, uptr object), void *context);

/** picket_shadow_set_quarantine() - another limit from now on, in bytes. */
void picket_shadow_set_quarantine(uptr bytes);

/*
 * Mapped areas (vmalloc). One page of shadow stands for many pages, so neighbours share it: it is
 * backed when the first of them needs it, and given back when none does.
 */

/**
 * picket_shadow_map() - an area was mapped.
 * @start: page aligned; @size_bytes may be accessed, and the rest of @span_bytes not.
 *
 * Return: 0; a negative error: the area stays open.
 */
int picket_shadow_map(uptr start, uptr size_bytes, uptr span_bytes);

/** picket_shadow_unmap() - the area was freed; its addresses are not used again yet. */
void picket_shadow_unmap(uptr start, uptr span_bytes);

/**
 * picket_shadow_purge() - these addresses may be used again, by anybody: they are open, and shadow
 * that belongs to no other area is given back.
 * @free_start, @free_end: the free region around them, in which no area is.
 *
 * Context: may sleep.
 */
void picket_shadow_purge(uptr start, uptr span_bytes, uptr free_start, uptr free_end);

/*
 * Stacks and globals.
 */

/** picket_shadow_stack_clean() - nothing of that part of a stack is poisoned any more. */
void picket_shadow_stack_clean(uptr low, uptr high);

/**
 * picket_shadow_globals_forget() - the code in this range goes away: its globals are unknown from
 * now on. Their memory must be opened by whoever frees it.
 */
void picket_shadow_globals_forget(uptr start, uptr bytes);

#endif
