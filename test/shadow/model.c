/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Objects against an oracle that keeps a byte for each byte of the heap: model [--seed=N]
 *
 * Calls of the port fail at random. Whatever fails, no byte of a live object may be closed; and
 * what the detector has of the rest must be closed. In the memory stands what earlier rounds left.
 */
#include "../tap.h"
#include "port.h"
#include "seed.h"

#define ROUNDS 12
#define ROUND_STEPS 4000
#define SLABS 6
#define SLOTS_MAX (PORT_SLAB_BYTES / 64)
#define HEAP_BYTES (SLABS * PORT_SLAB_BYTES)

enum fate { UNUSED, LIVE, RETAINED, FREE };

struct model_slot {
	enum fate fate;
	bool ours; /* the detector knows its object */
	uptr size_bytes;
};

static struct model_slot slots[SLABS][SLOTS_MAX];
static u8 closed[HEAP_BYTES]; /* by the detector, as far as the oracle knows */
static uptr queue[SLABS * SLOTS_MAX * 4];
static u32 queue_start, queue_end; /* what is retained, oldest first */
static uptr queue_bytes, limit;
static u64 live, reports;
static bool wrong;

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition) && !wrong) {                                                      \
			wrong = true;                                                              \
			printf("# line %d: %s\n", __LINE__, #condition);                           \
		}                                                                                  \
	} while (0)

static struct model_slot *model_of(uptr start, struct picket_shadow_slot *slot)
{
	u32 slab = (u32)((start - port_arena) / PORT_SLAB_BYTES);
	u32 index = (u32)((start - port_arena) % PORT_SLAB_BYTES / port.slot_bytes[slab]);

	*slot = port_slot(slab, index);
	return &slots[slab][index];
}

static struct model_slot *pick(struct picket_shadow_slot *slot)
{
	u32 slab = (u32)port_random(SLABS);
	uptr count = PORT_SLAB_BYTES / port.slot_bytes[slab];

	*slot = port_slot(slab, (u32)port_random(count < 24 ? count : 24));
	return model_of(slot->start, slot);
}

static void paint(uptr start, uptr bytes, bool is_closed)
{
	memset(closed + (start - port_arena), is_closed, bytes);
}

/* The allocator got back what the oracle says it should, in that order. */
static void expect_released(u32 from)
{
	for (u32 i = from; i < port.released_count; i++) {
		struct picket_shadow_slot slot;
		struct model_slot *model = model_of(port.released[i], &slot);

		EXPECT(queue_start < queue_end && queue[queue_start] == slot.start);
		EXPECT(model->fate == RETAINED);
		model->fate = FREE;
		queue_start++;
		queue_bytes -= slot.bytes;
	}
	EXPECT(queue_bytes <= limit);
}

static void step_alloc(void)
{
	struct picket_shadow_slot slot;
	struct model_slot *model = pick(&slot);
	u64 failures = port.back_failures;

	if (model->fate == LIVE || model->fate == RETAINED)
		return;
	model->size_bytes = port_random(slot.bytes - 48 + 1);
	picket_shadow_alloc(&slot, model->size_bytes);
	model->fate = LIVE;
	model->ours = port.back_failures == failures;
	live += model->ours;
	paint(slot.start, slot.bytes, model->ours);
	paint(slot.start, model->size_bytes, false);
}

static void expect_freed(const struct picket_shadow_slot *slot, struct model_slot *model,
			 enum picket_free verdict)
{
	bool by_rcu = slot->flags & PICKET_SLOT_BY_RCU;

	live--;
	model->fate = verdict == PICKET_FREE_RETAINED ? RETAINED : FREE;
	EXPECT(verdict == PICKET_FREE_RETAINED || verdict == PICKET_FREE_RELEASE);
	EXPECT(verdict == PICKET_FREE_RELEASE || (!by_rcu && slot->bytes <= limit));
	EXPECT(verdict == PICKET_FREE_RETAINED || by_rcu || slot->bytes > limit ||
	       port.fail_lock_percent || slot->bytes > 8192);
	if (!by_rcu)
		paint(slot->start, slot->bytes, true);
	if (verdict == PICKET_FREE_RETAINED) {
		queue[queue_end++] = slot->start;
		queue_bytes += slot->bytes;
	}
}

static void step_free(void)
{
	struct picket_shadow_slot slot;
	struct model_slot *model = pick(&slot);
	u32 released = port.released_count;
	enum picket_free verdict = picket_shadow_free(slot.start);

	if (model->fate == UNUSED || !model->ours) {
		EXPECT(verdict == PICKET_FREE_FOREIGN || verdict == PICKET_FREE_DROPPED);
		EXPECT((verdict == PICKET_FREE_DROPPED) == closed[slot.start - port_arena]);
		reports += verdict == PICKET_FREE_DROPPED;
		if (model->fate == LIVE)
			model->fate = FREE;
	} else if (model->fate != LIVE) {
		EXPECT(verdict == PICKET_FREE_DROPPED);
		EXPECT(port.record.bug == PICKET_BUG_DOUBLE_FREE);
		reports++;
	} else {
		/* What goes to make room goes before what comes. */
		expect_released(released);
		expect_freed(&slot, model, verdict);
	}
	EXPECT(port.reports == reports);
	EXPECT(queue_bytes <= limit);
}

static void step_free_inside(void)
{
	struct picket_shadow_slot slot;
	struct model_slot *model = pick(&slot);
	uptr address = slot.start + 1 + port_random(slot.bytes - 1);
	enum picket_free verdict = picket_shadow_free(address);

	if (model->ours || closed[address - port_arena]) {
		EXPECT(verdict == PICKET_FREE_DROPPED);
		EXPECT(port.record.bug == PICKET_BUG_INVALID_FREE);
		reports++;
	} else {
		EXPECT(verdict == PICKET_FREE_FOREIGN);
	}
	EXPECT(port.reports == reports);
}

static void step_resize(void)
{
	struct picket_shadow_slot slot;
	struct model_slot *model = pick(&slot);
	uptr size = port_random(slot.bytes);
	uptr have;
	bool good = model->fate == LIVE && model->ours;

	EXPECT((picket_shadow_resize(slot.start, size) == 0) == (good && size <= slot.bytes - 48));
	if (!good)
		return;
	if (size <= slot.bytes - 48) {
		model->size_bytes = size;
		paint(slot.start, slot.bytes, true);
		paint(slot.start, size, false);
	}
	EXPECT(picket_shadow_size(slot.start, &have, 1) && have == model->size_bytes);
}

/* The host's allocator does something by itself. */
static void step_behind(void)
{
	struct picket_shadow_slot slot;
	struct model_slot *model = pick(&slot);
	bool live_ours = model->fate == LIVE && model->ours;

	if (model->fate == RETAINED)
		return;
	if (port_random(2)) {
		picket_shadow_freed(slot.start);
		if (live_ours && !(slot.flags & PICKET_SLOT_BY_RCU))
			paint(slot.start, slot.bytes, true);
		live -= live_ours;
		if (model->fate == LIVE)
			model->fate = FREE;
		return;
	}
	picket_shadow_disown(&slot);
	live -= live_ours;
	*model = (struct model_slot){ .fate = LIVE };
	paint(slot.start, slot.bytes, false);
}

static void step_limit(void)
{
	u32 released = port.released_count;

	limit = port_random(64) * 512;
	picket_shadow_set_quarantine(limit);
	expect_released(released);
}

static void step(void)
{
	u64 what = port_random(1000);

	port.released_count = 0;
	if (what < 450)
		step_alloc();
	else if (what < 800)
		step_free();
	else if (what < 850)
		step_free_inside();
	else if (what < 950)
		step_resize();
	else if (what < 995)
		step_behind();
	else
		step_limit();
}

/* The shadow says of every byte what the oracle says. */
static void expect_bytes(uptr from, uptr bytes)
{
	for (uptr i = from; i < from + bytes; i++)
		EXPECT(picket_shadow_is_open(port_arena + i, 1) == !closed[i]);
}

static void expect_counts(void)
{
	struct picket_shadow_stats stats;

	picket_shadow_stats(&stats);
	EXPECT(stats.objects_live == live);
	EXPECT(stats.objects_retained == queue_end - queue_start);
	EXPECT(stats.bytes_retained == queue_bytes);
	EXPECT(stats.not_backed == port.back_failures);
}

static void round_begin(u64 seed)
{
	static const u16 sizes[] = { 64, 96, 128, 192, 512, 1024, 4096, 16384 };

	memset(slots, 0, sizeof(slots));
	memset(closed, 0, sizeof(closed));
	queue_start = queue_end = 0;
	queue_bytes = live = reports = 0;
	port_start(0, 0, seed);
	limit = port_random(64) * 512;
	picket_shadow_set_quarantine(limit);
	port.fail_back_percent = port_random(2) ? 0 : (u32)port_random(60);
	port.fail_lock_percent = port_random(2) ? 0 : (u32)port_random(30);
	for (u32 slab = 0; slab < SLABS; slab++) {
		u64 failures = port.back_failures;

		port_slab(slab, sizes[port_random(8)], slab == 1 ? PICKET_SLOT_BY_RCU : 0);
		paint(port_arena + slab * PORT_SLAB_BYTES, PORT_SLAB_BYTES,
		      port.back_failures == failures);
	}
}

static void play(u64 seed)
{
	round_begin(seed);
	for (u32 i = 0; i < ROUND_STEPS && !wrong; i++) {
		step();
		expect_bytes(port_random(HEAP_BYTES - 2048), 2048);
		expect_counts();
		if (wrong)
			printf("# step %u\n", i);
	}
	expect_bytes(0, HEAP_BYTES);
	port.fail_lock_percent = 0;
	port.released_count = 0;
	picket_shadow_drain(NULL, NULL);
	expect_released(0);
	EXPECT(queue_start == queue_end && !queue_bytes);
	port_stop();
}

int main(int argc, char **argv)
{
	u64 seed = seed_from(argc, argv);

	for (u32 i = 0; i < ROUNDS; i++) {
		play(seed_next(&seed) >> 2);
		tap_ok(!wrong, "%u steps, %llu of %llu calls to back shadow failed", ROUND_STEPS,
		       port.back_failures, port.back_calls);
	}
	return tap_done();
}
