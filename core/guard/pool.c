/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The pool: its geometry, its free lists, its making and its end. */
#include "pool.h"

#define EINVAL_ERROR (-22)
#define ENOMEM_ERROR (-12)
#define INTERVAL_MAX_MS 3600000ull
#define METADATA_ALIGN 64u

static bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

static bool policy_is_valid(u32 policy, u64 param)
{
	switch (policy) {
	case PICKET_POLICY_OFF:
		return true;
	case PICKET_POLICY_INTERVAL:
		return param >= 1 && param <= INTERVAL_MAX_MS;
	case PICKET_POLICY_INTERVAL_US:
		return param >= 1 && param <= INTERVAL_MAX_MS * 1000;
	case PICKET_POLICY_COUNT:
		return param >= 1 && param <= PICKET_RATE_MAX;
	default:
		return false;
	}
}

static bool classes_are_valid(const struct picket_guard_config *config)
{
	u32 slots = 0;
	u32 pages_before = 0;

	if (config->class_count < 1 || config->class_count > PICKET_CLASSES_MAX)
		return false;
	for (u32 i = 0; i < config->class_count; i++) {
		const struct picket_class_config *class = &config->classes[i];

		if (class->slot_pages <= pages_before ||
		    class->slot_pages > config->caps.slot_pages_max ||
		    class->slots > PICKET_SLOTS_MAX - slots)
			return false;
		pages_before = class->slot_pages;
		slots += class->slots;
	}
	return slots > 0;
}

static bool config_is_valid(const struct picket_guard_config *config)
{
	u32 page_bytes = config->caps.page_bytes;

	return is_power_of_two(page_bytes) && page_bytes >= 256 && config->guard_pages >= 1 &&
	       config->guard_pages <= 65536 && is_power_of_two(config->align_default) &&
	       config->align_default <= page_bytes &&
	       (!config->align_right || is_power_of_two(config->align_right)) &&
	       config->align_right <= page_bytes && config->covered_percent <= 100 &&
	       config->first_side <= PICKET_SIDE_RIGHT && config->jitter < 65536 &&
	       config->budget_permille <= 1000 &&
	       policy_is_valid(config->policy, config->policy_param) && classes_are_valid(config);
}

static void geometry_init(struct picket_geometry *geometry,
			  const struct picket_guard_config *config)
{
	uptr at = 0;

	geometry->magic = PICKET_STATE_MAGIC;
	geometry->page_bytes = config->caps.page_bytes;
	geometry->guard_bytes = (uptr)config->guard_pages * config->caps.page_bytes;
	geometry->slot_size_bytes = sizeof(struct picket_slot);
	for (u32 i = 0; i < config->class_count; i++) {
		struct picket_class *class = &geometry->classes[geometry->class_count];

		if (!config->classes[i].slots)
			continue;
		class->start = at;
		class->slot_bytes = (uptr)config->classes[i].slot_pages * geometry->page_bytes;
		class->stride_bytes = geometry->guard_bytes + class->slot_bytes;
		class->first_slot = geometry->slot_count;
		class->slots = config->classes[i].slots;
		at += class->slots * class->stride_bytes;
		geometry->slot_count += class->slots;
		geometry->class_count++;
	}
	geometry->size_bytes = at + geometry->guard_bytes;
}

static void geometry_place(struct picket_geometry *geometry, uptr start)
{
	geometry->start = start;
	for (u32 i = 0; i < geometry->class_count; i++)
		geometry->classes[i].start += start;
}

static const struct picket_class *class_at(const struct picket_geometry *geometry, uptr address)
{
	u32 i = geometry->class_count - 1;

	while (i && address < geometry->classes[i].start)
		i--;
	return &geometry->classes[i];
}

struct picket_place picket_place_of(const struct picket_geometry *geometry, uptr address)
{
	const struct picket_class *class = class_at(geometry, address);
	uptr offset = address - class->start;
	u32 at = class->first_slot + (u32)(offset / class->stride_bytes);
	struct picket_place place = { PICKET_NONE, PICKET_NONE, PICKET_NONE };

	if (at > 0)
		place.left = at - 1;
	/* The guard that ends a class starts the next one; only the pool's last has none above. */
	if (at >= geometry->slot_count)
		return place;
	if (offset % class->stride_bytes < geometry->guard_bytes) {
		place.right = at;
		return place;
	}
	place.slot = at;
	if (at + 1 < geometry->slot_count)
		place.right = at + 1;
	return place;
}

const struct picket_class *picket_class_of(const struct picket_geometry *geometry, u32 slot_index)
{
	u32 i = geometry->class_count - 1;

	while (slot_index < geometry->classes[i].first_slot)
		i--;
	return &geometry->classes[i];
}

uptr picket_slot_start(const struct picket_geometry *geometry, u32 slot_index)
{
	const struct picket_class *class = picket_class_of(geometry, slot_index);

	return class->start + (slot_index - class->first_slot) * class->stride_bytes +
	       geometry->guard_bytes;
}

void picket_list_append(struct picket_guard *guard, u32 slot_index)
{
	const struct picket_class *class = picket_class_of(&guard->geometry, slot_index);
	struct picket_list *list = &guard->lists[class - guard->geometry.classes];

	guard->slots[slot_index].next = PICKET_NONE;
	guard->slots[slot_index].listed = 1;
	if (list->tail == PICKET_NONE)
		picket_store(&list->head, slot_index);
	else
		guard->slots[list->tail].next = slot_index;
	list->tail = slot_index;
}

/* The oldest of the list: the longer a page stays hidden, the more late uses are caught. */
u32 picket_list_take(struct picket_guard *guard, u32 class_index)
{
	struct picket_list *list = &guard->lists[class_index];
	u32 slot_index = list->head;

	if (slot_index == PICKET_NONE)
		return PICKET_NONE;
	picket_store(&list->head, guard->slots[slot_index].next);
	if (list->head == PICKET_NONE)
		list->tail = PICKET_NONE;
	guard->slots[slot_index].listed = 0;
	return slot_index;
}

/*
 * Free must not wait for the lock (its thread may hold it, interrupted), so freed slots go to a
 * stack that needs none. Only whole-stack removal happens, so a reused head does no harm.
 */
void picket_inbox_push(struct picket_guard *guard, u32 slot_index)
{
	u32 head = picket_load(&guard->inbox);

	do {
		guard->slots[slot_index].next = head;
	} while (!picket_cas(&guard->inbox, &head, slot_index));
}

/* Under the lock: move the inbox to the lists, in the order in which the slots were freed. */
void picket_inbox_drain(struct picket_guard *guard)
{
	u32 newest_first = picket_exchange(&guard->inbox, PICKET_NONE);
	u32 oldest_first = PICKET_NONE;

	while (newest_first != PICKET_NONE) {
		u32 next = guard->slots[newest_first].next;

		guard->slots[newest_first].next = oldest_first;
		oldest_first = newest_first;
		newest_first = next;
	}
	while (oldest_first != PICKET_NONE) {
		u32 next = guard->slots[oldest_first].next;

		picket_list_append(guard, oldest_first);
		oldest_first = next;
	}
}

/* All slots in random order, so that where an object will lie cannot be predicted. */
static void lists_fill(struct picket_guard *guard, u64 random)
{
	u32 count = guard->geometry.slot_count;

	for (u32 i = 0; i < PICKET_CLASSES_MAX; i++)
		guard->lists[i] = (struct picket_list){ PICKET_NONE, PICKET_NONE };
	for (u32 i = 0; i < count; i++)
		guard->slots[i].order = i;
	for (u32 i = count - 1; i > 0; i--) {
		u32 other = (u32)(picket_mix(random + i) % (i + 1));
		u32 index = guard->slots[i].order;

		guard->slots[i].order = guard->slots[other].order;
		guard->slots[other].order = index;
	}
	for (u32 i = 0; i < count; i++)
		picket_list_append(guard, guard->slots[i].order);
}

static u32 coverage_size(u32 slot_count)
{
	u32 size = 64;

	while (size < slot_count * 4)
		size *= 2;
	return size;
}

static uptr aligned(uptr bytes)
{
	return (bytes + METADATA_ALIGN - 1) & ~(uptr)(METADATA_ALIGN - 1);
}

static uptr opened_bytes(const struct picket_geometry *geometry)
{
	return (geometry->size_bytes / geometry->page_bytes + 31) / 32 * sizeof(u32);
}

static uptr metadata_bytes(const struct picket_geometry *geometry)
{
	return aligned(sizeof(struct picket_guard)) +
	       aligned(geometry->slot_count * sizeof(struct picket_slot)) +
	       aligned(coverage_size(geometry->slot_count) * sizeof(u32)) +
	       aligned(opened_bytes(geometry));
}

/* Cut the metadata into its parts; it is zero, and zero is right for all but what follows. */
static struct picket_guard *metadata_layout(u8 *memory, const struct picket_geometry *geometry)
{
	struct picket_guard *guard = (struct picket_guard *)(void *)memory;

	memory += aligned(sizeof(*guard));
	guard->slots = (struct picket_slot *)(void *)memory;
	memory += aligned(geometry->slot_count * sizeof(struct picket_slot));
	guard->coverage.counters = (u32 *)(void *)memory;
	guard->coverage.mask = coverage_size(geometry->slot_count) - 1;
	memory += aligned(coverage_size(geometry->slot_count) * sizeof(u32));
	guard->opened = (u32 *)(void *)memory;
	guard->geometry = *geometry;
	return guard;
}

static u64 interval_ns(enum picket_policy policy, u64 param)
{
	switch (policy) {
	case PICKET_POLICY_INTERVAL:
		return param * 1000000ull;
	case PICKET_POLICY_INTERVAL_US:
		return param * 1000ull;
	default:
		return 0;
	}
}

static void guard_init(struct picket_guard *guard, struct picket_platform *platform,
		       const struct picket_guard_config *config)
{
	guard->platform = platform;
	guard->config = *config;
	guard->config.allocator[PICKET_ALLOCATOR_NAME_BYTES - 1] = 0;
	guard->metadata_bytes = metadata_bytes(&guard->geometry);
	guard->created_ns = picket_plat_time_ns(platform);
	guard->seed = config->seed ? config->seed : picket_plat_random(platform);
	guard->inbox = PICKET_NONE;
	guard->epoch = 1;
	guard->stats.slots = guard->geometry.slot_count;
	picket_lock_init(&guard->lock);
	picket_governor_init(guard);
	lists_fill(guard, picket_mix(guard->seed));
	picket_guard_set_policy(guard, config->policy, config->policy_param);
	/* A random phase: else no process that ends within one interval would ever be sampled. */
	if (guard->interval_ns)
		guard->next_tick_ns = guard->created_ns + config->first_delay_ms * 1000000ull +
				      picket_mix(guard->seed + 1) % guard->interval_ns;
}

int picket_guard_create(struct picket_platform *platform, const struct picket_guard_config *config,
			struct picket_guard **out)
{
	struct picket_geometry geometry = { 0 };
	struct picket_guard *guard;
	void *memory, *pool;

	if (!config_is_valid(config))
		return EINVAL_ERROR;
	geometry_init(&geometry, config);
	memory = picket_plat_metadata(platform, metadata_bytes(&geometry));
	if (!memory)
		return ENOMEM_ERROR;
	pool = picket_plat_reserve(platform, geometry.size_bytes);
	if (!pool) {
		picket_plat_metadata_free(platform, memory, metadata_bytes(&geometry));
		return ENOMEM_ERROR;
	}
	geometry_place(&geometry, (uptr)pool);
	guard = metadata_layout(memory, &geometry);
	guard_init(guard, platform, config);
	*out = guard;
	return 0;
}

void picket_guard_destroy(struct picket_guard *guard)
{
	struct picket_platform *platform = guard->platform;

	picket_plat_release(platform, (void *)guard->geometry.start, guard->geometry.size_bytes);
	picket_plat_metadata_free(platform, guard, guard->metadata_bytes);
}

void picket_guard_range(const struct picket_guard *guard, uptr *start, uptr *size_bytes)
{
	*start = guard->geometry.start;
	*size_bytes = guard->geometry.size_bytes;
}

bool picket_guard_owns(const struct picket_guard *guard, uptr address)
{
	return address - guard->geometry.start < guard->geometry.size_bytes;
}

int picket_guard_set_policy(struct picket_guard *guard, enum picket_policy policy, u64 param)
{
	if (!policy_is_valid(policy, param))
		return EINVAL_ERROR;
	picket_store(&guard->policy, PICKET_POLICY_OFF);
	picket_store(&guard->policy_param, param);
	picket_store(&guard->interval_ns, interval_ns(policy, param));
	picket_store_release(&guard->policy, policy);
	return 0;
}

int picket_guard_set_covered(struct picket_guard *guard, u32 percent)
{
	if (percent > 100)
		return EINVAL_ERROR;
	picket_store(&guard->config.covered_percent, percent);
	return 0;
}

bool picket_guard_crowded(const struct picket_guard *guard)
{
	u32 percent = picket_load(&guard->config.covered_percent);

	return percent < 100 &&
	       picket_load(&guard->stats.live) * 100 > (u64)guard->geometry.slot_count * percent;
}

/*
 * Our own inconsistency: from now on nothing is sampled, nothing reported, every page shown on
 * its first fault. Objects stay where they are.
 */
void picket_guard_disable(struct picket_guard *guard, const char *why)
{
	if (!picket_exchange(&guard->disabled, 1))
		picket_plat_disabled(guard->platform, why);
}

const struct picket_stats *picket_guard_counters(const struct picket_guard *guard)
{
	return &guard->stats;
}

void picket_guard_stats(const struct picket_guard *guard, struct picket_stats *stats)
{
	const u64 *from = (const u64 *)(const void *)&guard->stats;
	u64 *to = (u64 *)(void *)stats;

	for (uptr i = 0; i < sizeof(*stats) / sizeof(u64); i++)
		to[i] = picket_load(&from[i]);
	stats->enabled = !picket_load(&guard->disabled);
}
