/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is known of an object of the heap, and where:
 *
 *	| object | redzone, at least 8 bytes | struct picket_shadow_object |
 *	^ start of the slot                           end of the slot ^
 *
 * An allocator's slot is the detector's if
 *	1. the shadow of its last granule is that of a redzone, so nobody else keeps data there;
 *	2. the seal fits the slot and the size that stands beside it;
 *	3. the shadow of its first granule is not that of new memory (SLAB_REDZONE): what an
 *	   earlier owner of these pages sealed is of no account. An object of no bytes has
 *	   LARGE_REDZONE there.
 *
 * The seal holds the state, and is changed by compare-and-swap. Who changed it does the rest:
 *
 *	             -> LIVE      alloc
 *	LIVE         -> LIVE      resize
 *	LIVE         -> RETAINED  free
 *	LIVE         -> RELEASED  free by the host's allocator itself
 *	RETAINED     -> RELEASED  the quarantine lets go, or does not take it
 */
#ifndef PICKET_SHADOW_OBJECT_H
#define PICKET_SHADOW_OBJECT_H

#include "state.h"

/* The smallest page that any port has. Shadow of one such page is backed as a whole, or not. */
#define PICKET_SHADOW_PAGE_BYTES 4096u

/* That may be lost when code that is not checked writes a little too far. */
#define PICKET_REDZONE_BYTES 8u

enum picket_shadow_object_state {
	PICKET_SHADOW_OBJECT_NONE,
	PICKET_SHADOW_OBJECT_LIVE,
	PICKET_SHADOW_OBJECT_RETAINED,
	PICKET_SHADOW_OBJECT_RELEASED,
};

struct picket_shadow_object {
	/*
	 * The quarantine's: how large the slot is, and the next object, disguised. They come first
	 * because an allocator may keep a link of its own in the middle of a free slot, which is
	 * here in one of 64 bytes.
	 */
	u64 slot_bytes;
	u64 next;
	u64 seal; /* size in bytes: 32 bits, hash: 30, state: 2 */
	u32 alloc_stack;
	s32 alloc_pid;
	u32 free_stack;
	s32 free_pid;
};

PICKET_STATIC_ASSERT(sizeof(struct picket_shadow_object) == 40, "metadata at the end of slots");

static inline enum picket_shadow_object_state picket_seal_state(u64 seal)
{
	return (enum picket_shadow_object_state)(seal & 3);
}

static inline u32 picket_seal_size(u64 seal)
{
	return (u32)(seal >> 32);
}

/* The seal of the same object in another state. */
static inline u64 picket_seal_with(u64 seal, enum picket_shadow_object_state state)
{
	return (seal & ~3ull) | state;
}

/*
 * Of a seal: it ties the size to the slot's start, so that a copy of it elsewhere is none. The
 * highest bits of a product depend on all bits of its factors.
 */
static inline u32 picket_seal_hash(uptr start, u32 size_bytes)
{
	u64 key = start ^ picket_shadow_state.secret ^ (u64)size_bytes << 32;

	return (u32)(key * 0x9e3779b97f4a7c15ull >> 32);
}

/* The seal of a live object. */
static inline u64 picket_seal_for(uptr start, u32 size_bytes)
{
	return (u64)size_bytes << 32 | (picket_seal_hash(start, size_bytes) & ~3u) |
	       PICKET_SHADOW_OBJECT_LIVE;
}

/* Is that the seal of a slot that starts there, whatever the object's state? */
static inline bool picket_seal_is_good(u64 seal, uptr start)
{
	return ((u32)seal ^ picket_seal_hash(start, picket_seal_size(seal))) <= 3;
}

/* Where what is known of the object in a slot stands, if anything is. */
static inline struct picket_shadow_object *
picket_shadow_object_at(const struct picket_shadow_slot *slot)
{
	return (struct picket_shadow_object *)(slot->start + slot->bytes -
					       sizeof(struct picket_shadow_object));
}

static inline u8 picket_shade_of(uptr address)
{
	return picket_load(picket_shadow_of(address));
}

/**
 * picket_shade_afresh() - the shade, from shadow that another CPU may have backed a moment ago. Any
 * context.
 */
u8 picket_shade_afresh(uptr address);

/* A shade for good: of zeros alone it is not sure that they are there. */
static inline u8 picket_shade_surely(uptr address)
{
	u8 shade = picket_shade_of(address);

	return shade ? shade : picket_shade_afresh(address);
}

static inline bool picket_is_redzone(u8 shade)
{
	return shade == PICKET_SHADE_SLAB_REDZONE || shade == PICKET_SHADE_LARGE_REDZONE;
}

/**
 * picket_shadow_objects_start() - the first of all calls about objects; once, when the secret is
 * known.
 */
void picket_shadow_objects_start(void);

/**
 * picket_shadow_find_object() - the object that an address belongs to, beside it or in it: that of
 * the slot it lies in; where there was none yet, that of the next slot.
 *
 * Fills of the record: object, position, the distances, region, alloc_task and free_task (pid),
 * alloc_stack, free_stack.
 * Return: false if there is none; the record is as it was.
 */
bool picket_shadow_find_object(uptr address, struct picket_record *record);

/*
 * quarantine.c
 */

/**
 * picket_quarantine_push() - keep the object of a slot, which is RETAINED. Lets go of the
 * oldest to make room.
 * Return: false if there is none to be had, or no lock: the object stays the caller's.
 */
bool picket_quarantine_push(const struct picket_shadow_slot *slot);

/** picket_quarantine_start() - before anything else of it. */
void picket_quarantine_start(void);

#endif
