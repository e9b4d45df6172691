/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The store, in one piece of memory:
 *
 *	| struct picket_stacks | buckets: handles | entries, one behind the other ... |
 *
 * An entry is written where nobody else looks, and then put at the head of its bucket's chain by
 * compare-and-swap; after that it never changes. Who loses that race looks at what has come in
 * meanwhile, so at worst an entry of the same stack is left behind unused.
 *
 * Stacks are kept packed: about 4 bytes a frame instead of 8, for some 40 instructions a frame of
 * a put, which is little beside the walk of that stack. A port that takes one stack over and over
 * keeps its handle.
 *
 * A handle is the entry's place in units of 8 bytes. What it names is believed only if its check
 * fits the place, so a handle of corrupt memory names nothing.
 */
#include "../atomic.h"
#include "../report/report.h"
#include "stacks.h"

#define UNIT_BYTES 8
#define FRAME_BYTES_MAX 10 /* of one packed frame */
#define PACKED_BYTES_MAX (PICKET_STACK_FRAMES * FRAME_BYTES_MAX)
#define BUCKETS_MIN 16u
#define BYTES_PER_BUCKET 128

struct entry {
	u32 next; /* handle; 0: the last of its chain */
	u32 hash;
	u32 check;
	u32 bytes; /* of packed[] */
	u8 packed[];
};

#define ENTRY_BYTES_MAX (sizeof(struct entry) + PACKED_BYTES_MAX)

struct picket_stacks {
	u64 bytes;
	u64 start; /* of the entries */
	u64 used;  /* up to here */
	u64 stacks;
	u64 refused;
	u32 bucket_mask;
	u32 reserved[5];
	u32 buckets[];
};

PICKET_STATIC_ASSERT(sizeof(struct picket_stacks) == 64, "entries are aligned");

static u64 mix(u64 value)
{
	value = (value ^ (value >> 32)) * 0x9e3779b97f4a7c15ull;
	return value ^ (value >> 29);
}

static u32 hash_of(const u64 *pc, u32 count)
{
	u64 hash = count;

	for (u32 i = 0; i < count; i++)
		hash = mix(hash ^ pc[i]);
	return (u32)(hash >> 16);
}

static u32 check_of(u32 handle, u32 hash, u32 bytes)
{
	return (u32)(mix(((u64)handle << 32 | hash) + bytes) >> 20);
}

static struct entry *entry_at(const struct picket_stacks *stacks, u32 handle)
{
	return (struct entry *)((uptr)stacks + (uptr)handle * UNIT_BYTES);
}

/* Return: NULL if the handle names nothing. */
static const struct entry *entry_of(const struct picket_stacks *stacks, u32 handle)
{
	u64 at = (u64)handle * UNIT_BYTES;
	u64 used = picket_load_acquire(&stacks->used);
	const struct entry *entry = entry_at(stacks, handle);

	if (at < stacks->start || at + sizeof(*entry) > used)
		return NULL;
	if (entry->bytes > PACKED_BYTES_MAX || at + sizeof(*entry) + entry->bytes > used)
		return NULL;
	return entry->check == check_of(handle, entry->hash, entry->bytes) ? entry : NULL;
}

static bool is_same(const struct entry *entry, u32 hash, const u8 *packed, u32 bytes)
{
	return entry->hash == hash && entry->bytes == bytes &&
	       !memcmp(entry->packed, packed, bytes);
}

/* From one handle of a chain up to, not including, another. */
static u32 find(const struct picket_stacks *stacks, u32 handle, u32 end, u32 hash, const u8 *packed,
		u32 bytes)
{
	while (handle && handle != end) {
		const struct entry *entry = entry_at(stacks, handle);

		if (is_same(entry, hash, packed, bytes))
			return handle;
		handle = entry->next;
	}
	return 0;
}

/* Return: the handle of a piece of memory that nobody else has; 0: the store is full. */
static u32 entry_take(struct picket_stacks *stacks, u32 bytes)
{
	u64 need = (sizeof(struct entry) + bytes + UNIT_BYTES - 1) & ~(u64)(UNIT_BYTES - 1);
	u64 at = picket_load(&stacks->used);

	do {
		if (need > stacks->bytes - at)
			return 0;
	} while (!picket_cas(&stacks->used, &at, at + need));
	return (u32)(at / UNIT_BYTES);
}

static u32 entry_make(struct picket_stacks *stacks, u32 hash, const u8 *packed, u32 bytes)
{
	u32 handle = entry_take(stacks, bytes);
	struct entry *entry = entry_at(stacks, handle);

	if (!handle)
		return 0;
	entry->hash = hash;
	entry->bytes = bytes;
	memcpy(entry->packed, packed, bytes);
	entry->check = check_of(handle, hash, bytes);
	return handle;
}

/* Return: the handle by which the stack is known now: this one, or that of who was faster. */
static u32 publish(struct picket_stacks *stacks, u32 *bucket, u32 seen, u32 handle)
{
	struct entry *entry = entry_at(stacks, handle);
	u32 head = seen;

	for (;;) {
		u32 other;

		entry->next = head;
		if (picket_cas(bucket, &head, handle))
			break;
		other = find(stacks, head, seen, entry->hash, entry->packed, entry->bytes);
		if (other)
			return other;
		seen = head;
	}
	picket_add(&stacks->stacks, 1ull);
	return handle;
}

uptr picket_stacks_bytes_min(void)
{
	return sizeof(struct picket_stacks) + BUCKETS_MIN * sizeof(u32) + ENTRY_BYTES_MAX;
}

static u32 buckets_for(uptr bytes)
{
	u32 buckets = BUCKETS_MIN;

	while (buckets < 1u << 24 && buckets <= bytes / BYTES_PER_BUCKET / 2)
		buckets *= 2;
	return buckets;
}

struct picket_stacks *picket_stacks_create(void *memory, uptr bytes)
{
	struct picket_stacks *stacks = memory;
	u64 handles_end = (u64)UNIT_BYTES << 32;
	u32 buckets = buckets_for(bytes);

	if (bytes < picket_stacks_bytes_min())
		return NULL;
	stacks->bytes = bytes < handles_end ? bytes : handles_end;
	stacks->bucket_mask = buckets - 1;
	stacks->start = sizeof(*stacks) + buckets * sizeof(u32);
	picket_store_release(&stacks->used, stacks->start);
	return stacks;
}

u32 picket_stacks_put(struct picket_stacks *stacks, const u64 *pc, u32 count)
{
	u8 packed[PACKED_BYTES_MAX];
	u32 hash, bytes, head, handle;
	u32 *bucket;

	if (count > PICKET_STACK_FRAMES)
		count = PICKET_STACK_FRAMES;
	if (!count)
		return 0;
	bytes = picket_stack_pack(pc, count, packed, sizeof(packed), &count);
	hash = hash_of(pc, count);
	bucket = &stacks->buckets[hash & stacks->bucket_mask];
	head = picket_load_acquire(bucket);
	handle = find(stacks, head, 0, hash, packed, bytes);
	if (handle)
		return handle;
	handle = entry_make(stacks, hash, packed, bytes);
	if (!handle) {
		picket_add(&stacks->refused, 1ull);
		return 0;
	}
	return publish(stacks, bucket, head, handle);
}

u32 picket_stacks_get(const struct picket_stacks *stacks, u32 handle, u64 *pc, u32 max)
{
	const struct entry *entry = entry_of(stacks, handle);

	return entry ? picket_stack_unpack(entry->packed, entry->bytes, pc, max) : 0;
}

void picket_stacks_stats(const struct picket_stacks *stacks, struct picket_stacks_stats *stats)
{
	stats->stacks = picket_load(&stacks->stacks);
	stats->bytes_used = picket_load(&stacks->used);
	stats->bytes = stacks->bytes;
	stats->refused = picket_load(&stacks->refused);
}
