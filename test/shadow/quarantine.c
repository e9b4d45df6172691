/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The quarantine, case by case: order, bounds, and a host that writes where it must not. */
#include "../tap.h"
#include "port.h"

#define SLOT 128u
#define OBJECTS 32u
#define LIMIT (OBJECTS * SLOT)
#define LARGE_SLAB 8u

static void begin(uptr quarantine_bytes)
{
	port_start(quarantine_bytes, 0, 1);
	port_slab(0, SLOT, 0);
}

static enum picket_free churn(u32 index)
{
	struct picket_shadow_slot slot = port_slot(0, index);

	picket_shadow_alloc(&slot, 40);
	return picket_shadow_free(slot.start);
}

static u64 bytes_retained(void)
{
	struct picket_shadow_stats stats;

	picket_shadow_stats(&stats);
	return stats.bytes_retained;
}

static u64 objects_retained(void)
{
	struct picket_shadow_stats stats;

	picket_shadow_stats(&stats);
	return stats.objects_retained;
}

/* Were just these released, in this order: index, index + step, ...? */
static bool released(u32 index, u32 step, u32 count)
{
	bool good = port.released_count == count;

	for (u32 i = 0; i < port.released_count && good; i++)
		good = port.released[i] == port_slot(0, index + i * step).start;
	port.released_count = 0;
	return good;
}

static void test_order(void)
{
	bool retained = true, bounded = true;

	begin(LIMIT);
	for (u32 i = 0; i < OBJECTS; i++)
		retained &= churn(i) == PICKET_FREE_RETAINED;
	tap_ok(retained && released(0, 1, 0) && bytes_retained() == LIMIT, "what fits is retained");
	for (u32 i = OBJECTS; i < 3 * OBJECTS; i++) {
		retained &= churn(i) == PICKET_FREE_RETAINED;
		bounded &= bytes_retained() <= LIMIT && objects_retained() == OBJECTS;
	}
	tap_ok(retained && bounded, "so is what comes then, and the limit holds");
	tap_ok(released(0, 1, 2 * OBJECTS), "the first that came goes first");
	tap_ok(!picket_shadow_is_open(port_slot(0, 0).start, 1), "and stays closed");
	port_stop();
	tap_ok(released(2 * OBJECTS, 1, OBJECTS), "the rest goes when the detector stops");
}

static void test_limits(void)
{
	begin(0);
	tap_ok(churn(0) == PICKET_FREE_RELEASE && !objects_retained(),
	       "a limit of 0 retains nothing");
	picket_shadow_set_quarantine(LIMIT);
	for (u32 i = 0; i < OBJECTS; i++)
		churn(i);
	tap_ok(objects_retained() == OBJECTS && released(0, 1, 0), "it can be raised");
	picket_shadow_set_quarantine(LIMIT / 2 + 1);
	tap_ok(objects_retained() == OBJECTS / 2 && released(0, 1, OBJECTS / 2),
	       "lowered, and the oldest go at once");
	picket_shadow_set_quarantine(0);
	tap_ok(!bytes_retained() && released(OBJECTS / 2, 1, OBJECTS / 2), "to nothing");
	port_stop();
}

static void test_large(void)
{
	struct picket_shadow_slot large;
	u32 tries = 0;

	begin(64 * LIMIT);
	for (u32 slab = 1; slab < 5; slab++)
		port_slab(slab, SLOT, 0);
	for (u32 i = 0; i < 64 * OBJECTS; i++) {
		struct picket_shadow_slot slot = port_slot(i / 512, i % 512);

		picket_shadow_alloc(&slot, 1);
		picket_shadow_free(slot.start);
	}
	port_slab(LARGE_SLAB, PORT_SLAB_BYTES, PICKET_SLOT_LARGE);
	large = port_slot(LARGE_SLAB, 0);
	for (enum picket_free verdict = PICKET_FREE_RELEASE; verdict == PICKET_FREE_RELEASE;
	     tries++) {
		u32 before = port.released_count;

		picket_shadow_alloc(&large, 40000);
		verdict = picket_shadow_free(large.start);
		if (port.released_count - before > 256)
			break;
	}
	tap_ok(tries > 1 && tries < 5 && bytes_retained() <= 64 * LIMIT,
	       "room for a large object is made in steps: %u", tries);
	picket_shadow_set_quarantine(PORT_SLAB_BYTES - 1);
	picket_shadow_alloc(&large, 40000);
	tap_ok(picket_shadow_free(large.start) == PICKET_FREE_RELEASE,
	       "one that is larger than the limit is not retained");
	port_stop();
}

static bool is_odd(void *context, uptr object)
{
	++*(u32 *)context;
	return (object - port_arena) / SLOT & 1;
}

static void test_drain(void)
{
	u32 asked = 0;

	begin(LIMIT);
	for (u32 i = 0; i < OBJECTS; i++)
		churn(i);
	picket_shadow_drain(is_odd, &asked);
	tap_ok(asked == OBJECTS && released(1, 2, OBJECTS / 2),
	       "a drain lets go of what is wanted");
	tap_ok(objects_retained() == OBJECTS / 2 && bytes_retained() == LIMIT / 2,
	       "and of no more");
	picket_shadow_set_quarantine(0);
	tap_ok(released(0, 2, OBJECTS / 2), "the rest keeps its order");
	picket_shadow_set_quarantine(LIMIT);
	churn(0);
	churn(1);
	picket_shadow_drain(NULL, NULL);
	picket_shadow_drain(NULL, NULL);
	tap_ok(released(0, 1, 2) && !bytes_retained(), "a drain of all");
	port_stop();
}

static void test_busy(void)
{
	struct picket_shadow_slot slot;

	begin(LIMIT);
	slot = port_slot(0, 0);
	port.fail_lock_percent = 100;
	tap_ok(churn(0) == PICKET_FREE_RELEASE && !objects_retained() &&
		       picket_seal_state(picket_shadow_object_at(&slot)->seal) ==
			       PICKET_SHADOW_OBJECT_RELEASED,
	       "while another holds the lock objects are released at once");
	port.fail_lock_percent = 0;
	tap_ok(churn(0) == PICKET_FREE_RETAINED && !port.reports, "and may come back");
	port_stop();
}

/* Was each of the slots released once at most, and nothing else ever? */
static bool released_once(u32 slots)
{
	u32 times[PORT_SLAB_BYTES / SLOT] = { 0 };
	bool good = true;

	for (u32 i = 0; i < port.released_count; i++) {
		uptr offset = port.released[i] - port_arena;

		good &= offset % SLOT == 0 && offset / SLOT < slots && !times[offset / SLOT]++;
	}
	return good;
}

/* The host changes a byte of what is known of a retained object: its size, link, or seal. */
static bool survives(u32 at)
{
	struct picket_shadow_slot slot;
	bool good = true;

	begin(LIMIT);
	for (u32 i = 0; i < OBJECTS; i++)
		churn(i);
	slot = port_slot(0, OBJECTS / 2);
	((u8 *)picket_shadow_object_at(&slot))[at] ^= 0x55;
	for (u32 i = OBJECTS; i < 4 * OBJECTS; i++)
		good &= churn(i) == PICKET_FREE_RETAINED && bytes_retained() <= LIMIT;
	good &= released_once(4 * OBJECTS) && port.released_count >= 2 * OBJECTS;
	port_stop();
	return good;
}

static void test_overwritten(void)
{
	bool sane = true;

	for (u32 at = 0; at < 24; at++)
		sane &= survives(at);
	tap_ok(sane, "a host that writes over a link harms nobody");
	begin(LIMIT);
	for (u32 i = 0; i < 3; i++)
		churn(i);
	picket_shadow_open(port_slot(0, 2).start, SLOT);
	memset((void *)port_slot(0, 2).start, 0x5a, SLOT);
	churn(3);
	for (u32 i = 0; i < SLOT; i++)
		sane &= ((u8 *)port_slot(0, 2).start)[i] == 0x5a;
	tap_ok(sane, "what went to others is not written");
	port_stop();
}

static void test_taken_away(void)
{
	struct picket_shadow_slot slot;

	begin(LIMIT);
	for (u32 i = 0; i < 4; i++)
		churn(i);
	slot = port_slot(0, 0);
	picket_shadow_disown(&slot);
	picket_shadow_set_quarantine(0);
	for (u32 i = 0; i < port.released_count; i++)
		if (port.released[i] == slot.start)
			port.reports++;
	tap_ok(!port.reports && !bytes_retained(), "a slot that was disowned is not released");
	port_stop();
}

static void test_stale(void)
{
	begin(LIMIT);
	for (u32 i = 0; i < 2 * OBJECTS; i++) {
		port_stale();
		churn(i);
	}
	tap_ok(objects_retained() == OBJECTS && released(0, 1, OBJECTS),
	       "nothing is lost where another CPU backed the shadow");
	port_stale();
	picket_shadow_set_quarantine(LIMIT / 2);
	port_stale();
	picket_shadow_drain(NULL, NULL);
	tap_ok(released(OBJECTS, 1, OBJECTS), "and all of it goes");
	port_stop();
}

int main(void)
{
	test_order();
	test_limits();
	test_large();
	test_drain();
	test_busy();
	test_overwritten();
	test_taken_away();
	test_stale();
	return tap_done();
}
