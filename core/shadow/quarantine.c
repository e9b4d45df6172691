/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The quarantine: freed objects that their allocator does not get back yet, oldest first. Never
 * more bytes of slots than the limit.
 *
 * Objects are linked through what is known of them, which lies in the host's memory. So a link is
 * disguised under the secret, and believed only if it leads to an object that is RETAINED, by its
 * seal: that holds the start of the slot, so it holds the size of the slot too. Where a link leads
 * elsewhere, the host has written there; what comes behind is lost then: it stays poisoned and is
 * never used again, which harms nobody.
 *
 * The lock is held for a few objects at a time, but for a drain, which looks at all. Objects are
 * taken off under the lock and released outside.
 */
#include "object.h"

#define BATCH 8		 /* objects taken off at once */
#define BATCH_BYTES 512	 /* so many of an object's bytes are worth a batch, ... */
#define BATCHES_MAX 31	 /* ... beside the first, and never more */
#define LOCK_TRIES 10000 /* where giving up means more than one object released early */

/* What is done at each free is made of small parts, and costs no calls. */
#define ALWAYS_INLINE static inline __attribute__((__always_inline__))

struct chain {
	uptr head; /* what is known of the first object is here */
	struct picket_shadow_object *tail;
	uptr bytes;
	uptr objects;
};

/* An object that was found in a chain, and may be on it no more. */
struct place {
	struct picket_shadow_object *object;
	uptr start;
	uptr bytes;
	u64 seal;
};

/* Objects that are nobody's until the port has them. */
struct batch {
	u32 count;
	uptr starts[BATCH];
};

static struct {
	struct picket_lock lock;
	uptr limit_bytes;
	struct chain kept;
} quarantine;

static u64 disguise(const struct picket_shadow_object *object, u64 next)
{
	return next ^ picket_shadow_state.secret ^ (uptr)object;
}

static bool lock_surely(void)
{
	for (u32 i = 0; i < LOCK_TRIES; i++)
		if (picket_lock_try(&quarantine.lock))
			return true;
	return false;
}

static void unlock(void)
{
	picket_store(&picket_shadow_state.objects_retained, (u64)quarantine.kept.objects);
	picket_store(&picket_shadow_state.bytes_retained, (u64)quarantine.kept.bytes);
	picket_lock_release(&quarantine.lock);
}

/* Return: false: that is no object of a chain. */
ALWAYS_INLINE bool look(uptr at, struct place *place)
{
	struct picket_shadow_object *object = (struct picket_shadow_object *)at;

	if (at & (PICKET_GRANULE_BYTES - 1) || !picket_has_shadow(at) ||
	    !picket_is_redzone(picket_shade_surely(at)))
		return false;
	place->object = object;
	place->bytes = picket_load(&object->slot_bytes);
	place->start = at + sizeof(*object) - place->bytes;
	place->seal = picket_load(&object->seal);
	return picket_seal_state(place->seal) == PICKET_SHADOW_OBJECT_RETAINED &&
	       picket_seal_is_good(place->seal, place->start) &&
	       picket_shade_surely(place->start) == PICKET_SHADE_SLAB_FREED;
}

/* May the link of the last object be written, or is that memory somebody else's by now? */
static inline bool is_tail_ours(const struct chain *chain)
{
	return picket_shade_surely((uptr)chain->tail) &&
	       picket_seal_state(picket_load(&chain->tail->seal)) == PICKET_SHADOW_OBJECT_RETAINED;
}

ALWAYS_INLINE void append(struct chain *chain, struct picket_shadow_object *object, uptr bytes)
{
	if (chain->objects && is_tail_ours(chain))
		chain->tail->next = disguise(chain->tail, (uptr)object);
	else
		*chain = (struct chain){ .head = (uptr)object };
	object->slot_bytes = bytes;
	chain->tail = object;
	chain->bytes += bytes;
	chain->objects++;
}

/* Take the first one off. Return: false if there is none, or all is lost. */
ALWAYS_INLINE bool take_first(struct chain *chain, struct place *place)
{
	if (!chain->objects || !look(chain->head, place)) {
		*chain = (struct chain){ 0 };
		return false;
	}
	chain->head = (uptr)disguise(place->object, place->object->next);
	chain->bytes -= place->bytes;
	chain->objects--;
	return true;
}

/* False: somebody has changed it meanwhile, then it is not ours to free. */
static inline bool let_go(struct place *place)
{
	return picket_cas(&place->object->seal, &place->seal,
			  picket_seal_with(place->seal, PICKET_SHADOW_OBJECT_RELEASED));
}

/* Take off the oldest, until there is room for so many bytes, or a batch is full. */
ALWAYS_INLINE bool make_room(struct batch *batch, uptr bytes)
{
	uptr limit = picket_load(&quarantine.limit_bytes);
	struct place place;

	batch->count = 0;
	while (quarantine.kept.bytes + bytes > limit && batch->count < BATCH &&
	       take_first(&quarantine.kept, &place))
		if (let_go(&place))
			batch->starts[batch->count++] = place.start;
	return quarantine.kept.bytes + bytes <= limit;
}

static inline void release_batch(const struct batch *batch)
{
	for (u32 i = 0; i < batch->count; i++)
		picket_plat_slot_release(picket_shadow_state.platform, batch->starts[i]);
}

static void release_chain(struct chain *chain)
{
	struct place place;

	while (take_first(chain, &place))
		if (let_go(&place))
			picket_plat_slot_release(picket_shadow_state.platform, place.start);
}

/* Return: how many were released to make room, of a batch. */
ALWAYS_INLINE u32 try_to_push(const struct picket_shadow_slot *slot, bool *pushed)
{
	struct batch batch;

	*pushed = false;
	if (slot->bytes > picket_load(&quarantine.limit_bytes) ||
	    !picket_lock_try(&quarantine.lock))
		return 0;
	*pushed = make_room(&batch, slot->bytes);
	if (*pushed)
		append(&quarantine.kept, picket_shadow_object_at(slot), slot->bytes);
	unlock();
	release_batch(&batch);
	return batch.count;
}

__attribute__((__noinline__)) static bool push_large(const struct picket_shadow_slot *slot)
{
	uptr batches = slot->bytes / BATCH_BYTES;
	bool pushed = false;

	for (uptr i = 0; i < batches && i < BATCHES_MAX && !pushed; i++)
		if (!try_to_push(slot, &pushed))
			break;
	return pushed;
}

bool picket_quarantine_push(const struct picket_shadow_slot *slot)
{
	bool pushed;

	return !try_to_push(slot, &pushed) || pushed ? pushed : push_large(slot);
}

/* Under the lock: two chains of one. */
static void split(struct chain *wanted, bool (*wants)(void *context, uptr object), void *context)
{
	struct chain rest = quarantine.kept;
	struct place place;

	memset(&quarantine.kept, 0, sizeof(quarantine.kept));
	while (take_first(&rest, &place))
		append(wants(context, place.start) ? wanted : &quarantine.kept, place.object,
		       place.bytes);
}

void picket_shadow_drain(bool (*wants)(void *context, uptr object), void *context)
{
	struct chain wanted = { 0 };

	if (!lock_surely())
		return;
	if (wants) {
		split(&wanted, wants, context);
	} else {
		wanted = quarantine.kept;
		memset(&quarantine.kept, 0, sizeof(quarantine.kept));
	}
	unlock();
	release_chain(&wanted);
}

void picket_shadow_set_quarantine(uptr bytes)
{
	struct batch batch;

	picket_store(&quarantine.limit_bytes, bytes);
	do {
		if (!lock_surely())
			return;
		make_room(&batch, 0);
		unlock();
		release_batch(&batch);
	} while (batch.count);
}

void picket_quarantine_start(void)
{
	memset(&quarantine, 0, sizeof(quarantine));
	picket_lock_init(&quarantine.lock);
}
