/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Objects of the heap, case by case. */
#include "../tap.h"
#include "port.h"
#include <pthread.h>
#include <sched.h>

#define SLOT 256u
#define QUARANTINE (1u << 20)
#define RACES_PER_SLAB (PORT_SLAB_BYTES / SLOT)
#define RACES (100u * RACES_PER_SLAB)

/* What an object's slot should be like: open so far, and no further. */
static bool is_open_to(const struct picket_shadow_slot *slot, uptr size_bytes)
{
	for (uptr i = 0; i < slot->bytes; i++)
		if (picket_shadow_is_open(slot->start + i, 1) != (i < size_bytes))
			return false;
	return true;
}

static u8 shade_at(uptr address)
{
	return *picket_shadow_of(address);
}

/* Since the last call. */
static u64 new_reports(void)
{
	static u64 seen;
	u64 now = port.reports;
	u64 count = now < seen ? now : now - seen;

	seen = now;
	return count;
}

static bool reported(enum picket_bug bug, uptr address)
{
	return new_reports() == 1 && port.record.bug == bug && port.record.fault_address == address;
}

static void begin(uptr quarantine_bytes)
{
	port_start(quarantine_bytes, 0, 1);
	new_reports();
	port_slab(0, SLOT, 0);
}

static struct picket_shadow_slot make(u32 index, uptr size_bytes)
{
	struct picket_shadow_slot slot = port_slot(0, index);

	picket_shadow_alloc(&slot, size_bytes);
	return slot;
}

static void test_slot_bytes(void)
{
	bool good = true;

	for (uptr size = 0; size < 5000; size++) {
		uptr bytes = picket_shadow_slot_bytes(size);

		good &= bytes % 8 == 0 && bytes >= size + 16 + 32 && bytes < size + 16 + 32 + 8;
	}
	tap_ok(good, "a slot has room for redzone and metadata");
	tap_ok(picket_shadow_slot_bytes(~(uptr)0) > ~(uptr)0 - 8,
	       "no slot is large enough for that");
}

static void test_shades(void)
{
	struct picket_shadow_slot slot;
	bool good = true;

	begin(QUARANTINE);
	for (uptr size = 0; size <= SLOT - 48; size++) {
		slot = make(3, size);
		good &= is_open_to(&slot, size);
	}
	tap_ok(good, "an object is open to its last byte, and no further");
	make(2, 100);
	make(4, 100);
	tap_ok(is_open_to(&slot, SLOT - 48), "its neighbours do not touch it");
	slot = make(3, 100);
	tap_ok(shade_at(slot.start + 104) == PICKET_SHADE_SLAB_REDZONE, "with a redzone behind");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RETAINED && is_open_to(&slot, 0),
	       "a freed object is closed");
	tap_ok(shade_at(slot.start) == PICKET_SHADE_SLAB_FREED &&
		       shade_at(slot.start + 8) == PICKET_SHADE_SLAB_FREE &&
		       shade_at(slot.start + 96) == PICKET_SHADE_SLAB_FREE &&
		       shade_at(slot.start + 104) == PICKET_SHADE_SLAB_REDZONE,
	       "and looks freed");
	tap_ok(!new_reports(), "nothing was reported");
	port_stop();
}

static void test_bad_frees(void)
{
	struct picket_shadow_slot slot, other;
	static u8 foreign[64];

	begin(QUARANTINE);
	slot = make(0, 100);
	tap_ok(picket_shadow_free(slot.start + 1) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_INVALID_FREE, slot.start + 1),
	       "free inside of an object");
	tap_ok(picket_shadow_free(slot.start + 120) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_INVALID_FREE, slot.start + 120),
	       "free in a redzone");
	tap_ok(is_open_to(&slot, 100), "the object lives");
	other = port_slot(0, 1);
	tap_ok(picket_shadow_free(other.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_INVALID_FREE, other.start),
	       "free where there was no object yet");
	picket_shadow_free(slot.start);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "free of a retained object");
	picket_shadow_drain(NULL, NULL);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "free of a released object");
	memset((void *)slot.start, 0, slot.bytes);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "the same when the allocator has cleared it");
	port.slot_bytes[5] = SLOT;
	tap_ok(picket_shadow_free(port_slot(5, 2).start) == PICKET_FREE_FOREIGN &&
		       picket_shadow_free((uptr)foreign) == PICKET_FREE_FOREIGN && !new_reports(),
	       "what is open is another allocator's");
	port_stop();
}

static void test_by_rcu(void)
{
	struct picket_shadow_slot slot;

	begin(QUARANTINE);
	port_slab(1, SLOT, PICKET_SLOT_BY_RCU);
	slot = port_slot(1, 7);
	picket_shadow_alloc(&slot, 99);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RELEASE && is_open_to(&slot, 99),
	       "by RCU: a freed object stays open");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "but is not freed twice");
	picket_shadow_alloc(&slot, 99);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RELEASE && !new_reports(),
	       "and comes back");
	port_stop();
}

static void test_behind_the_back(void)
{
	struct picket_shadow_slot slot;
	struct picket_shadow_stats stats;

	begin(QUARANTINE);
	slot = make(0, 100);
	picket_shadow_freed(slot.start + 8);
	tap_ok(is_open_to(&slot, 100), "the host's allocator frees something else");
	picket_shadow_freed(slot.start);
	picket_shadow_freed(slot.start);
	picket_shadow_stats(&stats);
	tap_ok(is_open_to(&slot, 0) && !stats.objects_retained && !stats.objects_live,
	       "the host's allocator frees an object itself: closed, not retained");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "free after that");
	picket_shadow_disown(&slot);
	tap_ok(is_open_to(&slot, slot.bytes) &&
		       picket_shadow_free(slot.start) == PICKET_FREE_FOREIGN && !new_reports(),
	       "a slot that was disowned is open, and foreign");
	picket_shadow_alloc(&slot, 8);
	tap_ok(is_open_to(&slot, 8), "and can come back");
	picket_shadow_disown(&slot);
	picket_shadow_stats(&stats);
	tap_ok(!stats.objects_live, "nothing is counted that is not there");
	port_stop();
}

static void test_size(void)
{
	struct picket_shadow_slot slot;
	uptr size = 0;

	begin(QUARANTINE);
	slot = make(0, 100);
	tap_ok(picket_shadow_size(slot.start, &size, 1) && size == 100, "the size of an object");
	tap_ok(!picket_shadow_size(slot.start + 8, &size, 1) &&
		       !picket_shadow_size(port_arena + PORT_HEAP_BYTES, &size, 1) &&
		       !new_reports(),
	       "not of what is none");
	tap_ok(!picket_shadow_resize(slot.start, 201) && is_open_to(&slot, 201) &&
		       picket_shadow_size(slot.start, &size, 1) && size == 201,
	       "it grows");
	tap_ok(!picket_shadow_resize(slot.start, 7) && is_open_to(&slot, 7), "it shrinks");
	tap_ok(!picket_shadow_resize(slot.start, 0) && is_open_to(&slot, 0) &&
		       !picket_shadow_resize(slot.start, 7) && is_open_to(&slot, 7),
	       "to nothing and back");
	tap_ok(picket_shadow_resize(slot.start, SLOT - 47) == -22 &&
		       picket_shadow_resize(slot.start + 8, 1) == -22 && is_open_to(&slot, 7),
	       "not beyond its slot");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RETAINED && !new_reports(),
	       "its free is good");
	tap_ok(picket_shadow_resize(slot.start, 8) == -22 && is_open_to(&slot, 0),
	       "a freed one is not resized");
	tap_ok(!picket_shadow_size(slot.start, &size, 1) &&
		       reported(PICKET_BUG_USE_AFTER_FREE, slot.start),
	       "the size of a freed one is asked for");
	port_stop();
}

static void test_large(void)
{
	struct picket_shadow_slot slot;

	begin(QUARANTINE);
	port_slab(1, PORT_SLAB_BYTES, PICKET_SLOT_LARGE);
	slot = port_slot(1, 0);
	picket_shadow_alloc(&slot, 40001);
	tap_ok(is_open_to(&slot, 40001), "a large object");
	tap_ok(shade_at(slot.start + 40008) == PICKET_SHADE_LARGE_REDZONE &&
		       shade_at(slot.start + slot.bytes - 1) == PICKET_SHADE_LARGE_REDZONE,
	       "has a redzone of its own kind");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RETAINED && is_open_to(&slot, 0),
	       "and is freed as others");
	port_stop();
}

static bool finds(uptr address, uptr object, enum picket_position position, uptr distance)
{
	struct picket_record record = { 0 };

	return picket_shadow_find_object(address, &record) && record.object.address == object &&
	       record.position == position && record.distance_bytes == distance &&
	       !strcmp(record.object.allocator, "arena");
}

static void test_find(void)
{
	struct picket_shadow_slot left, right;
	struct picket_record record = { 0 };

	begin(QUARANTINE);
	right = make(5, 100);
	tap_ok(finds(right.start + 9, right.start, PICKET_POSITION_INSIDE, 9) &&
		       finds(right.start + 100, right.start, PICKET_POSITION_RIGHT, 1) &&
		       finds(right.start + 255, right.start, PICKET_POSITION_RIGHT, 156),
	       "an address in a slot belongs to its object");
	tap_ok(finds(right.start - 1, right.start, PICKET_POSITION_LEFT, 1),
	       "in the slot before, where nothing was yet, to the next one");
	left = make(4, 50);
	tap_ok(finds(right.start - 1, left.start, PICKET_POSITION_RIGHT, 206),
	       "else to the one before");
	picket_shadow_free(left.start);
	tap_ok(finds(left.start + 1, left.start, PICKET_POSITION_INSIDE, 1) &&
		       picket_shadow_find_object(left.start, &record) &&
		       record.object.state == PICKET_OBJECT_FREED && record.object.size_bytes == 50,
	       "a freed one is found");
	tap_ok(!picket_shadow_find_object(left.start - 2 * SLOT, &record) &&
		       !picket_shadow_find_object(port_arena + PORT_HEAP_BYTES, &record),
	       "where there is none, none");
	port_stop();
}

static void test_tracks(void)
{
	static const u64 made[] = { 0x1000, 0x2000 }, freed[] = { 0x3000 };
	struct picket_shadow_slot slot;
	struct picket_record record = { 0 };

	port_start(QUARANTINE, 1u << 16, 1);
	port_slab(0, SLOT, 0);
	port.stack = picket_stacks_put(picket_shadow_stacks(), made, 2);
	slot = make(0, 100);
	port.stack = picket_stacks_put(picket_shadow_stacks(), freed, 1);
	port.pid = 9;
	picket_shadow_free(slot.start);
	tap_ok(picket_shadow_find_object(slot.start, &record), "an object with stacks");
	tap_ok(record.alloc_task.pid == 7 && record.free_task.pid == 9,
	       "who made it, who freed it");
	tap_ok(record.alloc_stack.count == 2 && record.alloc_stack.pc[1] == 0x2000 &&
		       record.free_stack.count == 1 && record.free_stack.pc[0] == 0x3000,
	       "and where");
	port_stop();
}

static void test_seals(void)
{
	struct picket_shadow_slot slot, other;

	begin(QUARANTINE);
	slot = make(0, 100);
	other = make(1, 100);
	*picket_shadow_object_at(&other) = *picket_shadow_object_at(&slot);
	tap_ok(picket_shadow_free(other.start) == PICKET_FREE_FOREIGN && !new_reports(),
	       "a seal is good in its slot only");
	port_slab(0, SLOT, 0);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_INVALID_FREE, slot.start),
	       "and not after the slab was told anew");
	picket_shadow_open(port_arena, PORT_SLAB_BYTES);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_FOREIGN && !new_reports(),
	       "nor when its memory went to others");
	port_stop();
}

static void test_no_memory(void)
{
	struct picket_shadow_slot slot;
	struct picket_shadow_stats stats;

	port_start(QUARANTINE, 0, 1);
	new_reports();
	port.fail_back_percent = 100;
	port_slab(0, SLOT, 0);
	slot = make(0, 100);
	picket_shadow_stats(&stats);
	tap_ok(is_open_to(&slot, slot.bytes) && stats.not_backed == 2 && !stats.objects_live,
	       "without memory for shadow a slot stays open, and that is counted");
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_FOREIGN && !new_reports(),
	       "and it is not the detector's");
	port.fail_back_percent = 0;
	slot = make(0, SLOT - 47);
	tap_ok(is_open_to(&slot, slot.bytes), "so it does when the slot is too small");
	port_stop();
	slot = make(0, 100);
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_FOREIGN && is_open_to(&slot, SLOT),
	       "and after the detector was stopped");
}

/* Two threads that free the same objects, neither ahead of the other by more than one. */
struct racer {
	u32 done;
	const struct racer *other;
	bool dropped[RACES];
};

static struct racer racers[2];

static void *race(void *argument)
{
	struct racer *racer = argument;

	for (u32 i = 0; i < RACES; i++) {
		for (u32 spins = 0; picket_load(&racer->other->done) < i; spins++)
			if (spins > 1000)
				sched_yield();
		racer->dropped[i] =
			picket_shadow_free(
				port_slot(i / RACES_PER_SLAB, i % RACES_PER_SLAB).start) ==
			PICKET_FREE_DROPPED;
		picket_store(&racer->done, i + 1);
	}
	return NULL;
}

static void test_race(void)
{
	pthread_t thread;
	u32 wrong = 0;

	begin(QUARANTINE);
	for (u32 i = 0; i < RACES; i++) {
		struct picket_shadow_slot slot;

		if (i % RACES_PER_SLAB == 0)
			port_slab(i / RACES_PER_SLAB, SLOT, 0);
		slot = port_slot(i / RACES_PER_SLAB, i % RACES_PER_SLAB);
		picket_shadow_alloc(&slot, 100);
	}
	racers[0].other = &racers[1];
	racers[1].other = &racers[0];
	pthread_create(&thread, NULL, race, &racers[0]);
	race(&racers[1]);
	pthread_join(thread, NULL);
	for (u32 i = 0; i < RACES; i++)
		wrong += racers[0].dropped[i] == racers[1].dropped[i];
	tap_ok(!wrong, "of two frees at once exactly one is a double free: %u wrong", wrong);
	port_stop();
}

/* Shadow that another CPU backed reads as zeros here at first. */
static void test_stale(void)
{
	struct picket_shadow_slot slot;
	uptr size_bytes = 0;

	begin(QUARANTINE);
	slot = make(3, 40);
	port_stale();
	tap_ok(picket_shadow_size(slot.start, &size_bytes, 0) && size_bytes == 40,
	       "the size of an object that another CPU has made");
	port_stale();
	tap_ok(!picket_shadow_resize(slot.start, 60) && is_open_to(&slot, 60), "it is resized");
	port_stale();
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_RETAINED, "and freed");
	port_stale();
	tap_ok(picket_shadow_free(slot.start) == PICKET_FREE_DROPPED &&
		       reported(PICKET_BUG_DOUBLE_FREE, slot.start),
	       "but not twice");
	port_stop();
}

int main(void)
{
	test_slot_bytes();
	test_shades();
	test_bad_frees();
	test_by_rcu();
	test_behind_the_back();
	test_size();
	test_large();
	test_find();
	test_tracks();
	test_seals();
	test_no_memory();
	test_stale();
	test_race();
	return tap_done();
}
