/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The allocator of the hosted port: regions of slots of one size, so an address tells its slot. */
#include "host.h"
#include "region.h"
#include <stdlib.h>

#define CLASS_LEAST 64
#define CLASS_LARGEST 8192
#define CLASS_COUNT 8
#define CLASS_BYTES 0x400000ul
#define LARGE_SLOT_BYTES 0x8000ul
#define REGIONS_MAX 64

static struct region regions[REGIONS_MAX];
static u32 region_count;
static uptr heap_used;

/* The first slot is never given out: what is left of an object is poisoned always. */
static void region_clear(struct region *region)
{
	region->fresh = 1;
	region->free_count = 0;
	if (picket_shadow_slab(region->start, region->bytes))
		abort();
}

struct region *region_create(const char *name, uptr bytes, uptr slot_bytes, u32 flags)
{
	struct region *region = &regions[region_count];

	if (region_count == REGIONS_MAX || host_arena.heap + heap_used + bytes > host_arena.pages)
		return NULL;
	region->start = host_arena.heap + heap_used;
	region->bytes = bytes;
	region->slot_bytes = slot_bytes;
	region->name = name;
	region->flags = flags;
	region->free = malloc(bytes / slot_bytes * sizeof(*region->free));
	if (!region->free)
		return NULL;
	heap_used += bytes;
	region_count++;
	region_clear(region);
	return region;
}

void region_use(struct region *region, const char *name, uptr slot_bytes, u32 flags)
{
	region->name = name;
	region->slot_bytes = slot_bytes;
	region->flags = flags;
	free(region->free);
	region->free = malloc(region->bytes / slot_bytes * sizeof(*region->free));
	region_clear(region);
}

void host_heap_start(void)
{
	static const char *const names[CLASS_COUNT] = { "host-64",   "host-128",  "host-256",
							"host-512",  "host-1024", "host-2048",
							"host-4096", "host-8192" };

	for (u32 i = 0; i < CLASS_COUNT; i++) {
		if (!region_create(names[i], CLASS_BYTES, (uptr)CLASS_LEAST << i, 0))
			abort();
	}
	if (!region_create("host-large", 2 * CLASS_BYTES, LARGE_SLOT_BYTES, PICKET_SLOT_LARGE))
		abort();
}

static struct region *region_of(uptr address)
{
	for (u32 i = 0; i < region_count; i++) {
		if (address - regions[i].start < regions[i].bytes)
			return &regions[i];
	}
	return NULL;
}

bool host_slot(uptr address, struct picket_shadow_slot *slot)
{
	struct region *region = region_of(address);
	uptr index;

	if (!region)
		return false;
	index = (address - region->start) / region->slot_bytes;
	if ((index + 1) * region->slot_bytes > region->bytes)
		return false;
	slot->start = region->start + index * region->slot_bytes;
	slot->bytes = region->slot_bytes;
	slot->allocator = region->name;
	slot->flags = region->flags;
	return true;
}

void host_slot_push(uptr object)
{
	struct region *region = region_of(object);

	region->free[region->free_count++] = (u32)((object - region->start) / region->slot_bytes);
}

static uptr slot_pop(struct region *region)
{
	if (region->free_count)
		return region->start + region->free[--region->free_count] * region->slot_bytes;
	if ((region->fresh + 1) * region->slot_bytes > region->bytes)
		return 0;
	return region->start + region->fresh++ * region->slot_bytes;
}

void *region_alloc(struct region *region, uptr bytes)
{
	uptr object = region ? slot_pop(region) : 0;
	struct picket_shadow_slot slot;

	if (!object)
		return NULL;
	host_slot(object, &slot);
	if (host_defect != HOST_NEVER_OPENS)
		picket_shadow_alloc(&slot, bytes + (host_defect == HOST_SIZE_TOO_LARGE));
	host_poisoned(object + (bytes + 7) / 8 * 8, slot.bytes - (bytes + 7) / 8 * 8 - 32);
	return (void *)object;
}

void sh_kfree(const void *object)
{
	struct picket_shadow_slot slot;

	if (!object)
		return;
	if (host_defect == HOST_SILENT_FREE)
		return;
	if (picket_shadow_free((uptr)object) == PICKET_FREE_RELEASE)
		host_slot_push((uptr)object);
	else if (host_slot((uptr)object, &slot))
		host_poisoned(slot.start, slot.bytes - 32);
}

uptr sh_slab_max(void)
{
	uptr bytes = CLASS_LARGEST;

	while (picket_shadow_slot_bytes(bytes) > CLASS_LARGEST)
		bytes--;
	return bytes;
}

void *sh_kmalloc(uptr bytes)
{
	u32 class = 0;

	while (class < CLASS_COUNT && regions[class].slot_bytes < picket_shadow_slot_bytes(bytes))
		class ++;
	return region_alloc(&regions[class], bytes);
}

void *sh_kzalloc(uptr bytes)
{
	void *object = sh_kmalloc(bytes);

	return object ? memset(object, 0, bytes) : NULL;
}

void *sh_kmalloc_node(uptr bytes)
{
	return sh_kmalloc(bytes);
}

void *sh_kmalloc_track_caller(uptr bytes)
{
	return sh_kmalloc(bytes);
}

uptr sh_ksize(const void *object)
{
	uptr bytes = 0;

	picket_shadow_size((uptr)object, &bytes, (uptr)__builtin_return_address(0));
	return bytes;
}

void *sh_krealloc(void *object, uptr bytes)
{
	uptr old_bytes;
	void *other;

	if (!object)
		return sh_kmalloc(bytes);
	if (!picket_shadow_size((uptr)object, &old_bytes, (uptr)__builtin_return_address(0)))
		return NULL;
	if (!picket_shadow_resize((uptr)object, bytes))
		return object;
	other = sh_kmalloc(bytes);
	if (!other)
		return NULL;
	memcpy(other, object, old_bytes < bytes ? old_bytes : bytes);
	sh_kfree(object);
	return other;
}

void sh_kfree_sensitive(const void *object)
{
	uptr bytes = sh_ksize(object);

	if (!bytes)
		return;
	memset((void *)object, 0, bytes);
	sh_kfree(object);
}

void *sh_via_page(void *object)
{
	return object;
}

void *sh_via_phys(void *object)
{
	return object;
}
