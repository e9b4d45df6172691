/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The machine itself and what a host does on it. The contract is in platform.c. */
#include "machine.h"
#include <stdlib.h>

#define CLOCK_START_NS 5000000000ull
#define FAULTS_MAX 100 /* tries of one access: other threads may hide the page again */

/* The machine whose locks may look busy; locks do not know to which machine they belong. */
static struct picket_platform *busy_machine;

static const char *const defect_names[SIM_DEFECT_COUNT] = {
	[SIM_SOUND] = "sound",
	[SIM_HIDES_NOTHING] = "hides nothing",
	[SIM_HIDES_LESS] = "hides all but the last page",
	[SIM_SHOWS_MORE] = "shows one page too many",
	[SIM_SHOWS_NOTHING] = "shows nothing",
	[SIM_LOSES_CONTENT] = "loses the content of hidden pages",
	[SIM_DROPS_REPORTS] = "drops reports",
	[SIM_REPEATS_REPORTS] = "repeats reports",
	[SIM_CLOCK_BACKWARDS] = "has a clock that goes backwards",
	[SIM_CLOCK_STOPPED] = "has a clock that stands still",
	[SIM_ONE_STACK] = "gives the same stack everywhere",
	[SIM_RANDOM_IDS] = "gives code a new id each time",
	[SIM_READS_AS_WRITES] = "takes reads for writes",
};

const char *sim_defect_name(enum sim_defect defect)
{
	return defect_names[defect];
}

void sim_start(struct picket_platform *sim, u32 page_bytes, u64 seed, enum sim_defect defect)
{
	memset(sim, 0, sizeof(*sim));
	sim->page_bytes = page_bytes;
	sim->defect = defect;
	sim->random = seed;
	sim->time_ns = CLOCK_START_NS;
	sim->site = 1;
	sim->depth = 6;
	sim->task = (struct picket_task){ .pid = 100, .tid = 101, .cpu = 2, .name = "sim" };
	sim->records = calloc(SIM_RECORDS_MAX, sizeof(*sim->records));
	if (!sim->records)
		abort();
	pthread_mutex_init(&sim->lock, NULL);
}

void sim_stop(struct picket_platform *sim)
{
	sim_fail(sim, 0, 0, false);
	if (sim->outstanding)
		sim_violation(sim, "memory was not given back");
	free(sim->records);
	sim->records = NULL;
	pthread_mutex_destroy(&sim->lock);
}

void sim_violation(struct picket_platform *sim, const char *text)
{
	if (!sim->violation)
		sim->violation = text;
}

void sim_fail(struct picket_platform *sim, u32 mask, u64 call, bool always)
{
	sim->calls = 0;
	sim->failures = 0;
	sim->fail_at = call;
	sim->fail_always = always;
	sim->fail_mask = mask;
	if (mask & 1u << SIM_LOCK)
		busy_machine = sim;
	else if (busy_machine == sim)
		busy_machine = NULL;
}

bool sim_fails(struct picket_platform *sim, enum sim_call call)
{
	if (!(sim->fail_mask & 1u << call) || !sim->fail_at)
		return false;
	sim->calls++;
	if (sim->calls != sim->fail_at && !(sim->fail_always && sim->calls > sim->fail_at))
		return false;
	sim->failures++;
	sim->failures_of[call]++;
	return true;
}

bool sim_lock_busy(void)
{
	return busy_machine && sim_fails(busy_machine, SIM_LOCK);
}

/* splitmix64: any seed is good, and the sequence is the same on every machine. */
u64 sim_random(struct picket_platform *sim)
{
	u64 z = (sim->random += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

bool sim_gate(struct picket_platform *sim, struct picket_gate *gate)
{
	return --gate->countdown < 0 && picket_gate_pass(sim->guard, gate);
}

static bool in_pool(const struct picket_platform *sim, uptr address)
{
	return sim->pool && address - (uptr)sim->pool < sim->pool_bytes;
}

bool sim_visible(const struct picket_platform *sim, uptr address)
{
	return !__atomic_load_n(&sim->hidden[(address - (uptr)sim->pool) / sim->page_bytes],
				__ATOMIC_ACQUIRE);
}

/* The first byte of the access that cannot be touched now; 0: it can go on. */
static uptr first_hidden(const struct picket_platform *sim, uptr address, u32 size_bytes)
{
	for (uptr at = address; at < address + size_bytes; at++) {
		if (in_pool(sim, at) && !sim_visible(sim, at))
			return at;
	}
	return 0;
}

static void crash(struct picket_platform *sim, const char *text)
{
	pthread_mutex_lock(&sim->lock);
	if (!sim->crash)
		sim->crash = text;
	pthread_mutex_unlock(&sim->lock);
}

static bool make_touchable(struct picket_platform *sim, uptr address, u32 size_bytes,
			   enum picket_access access)
{
	struct picket_context context = { .pc = sim_pc(sim, 0) + 4 };
	u64 show_failures = sim->failures_of[SIM_SHOW];
	struct picket_fault fault = {
		.access = sim->defect == SIM_READS_AS_WRITES ? PICKET_ACCESS_WRITE : access,
		.access_size_bytes = size_bytes,
		.context = &context,
	};
	uptr last = address + size_bytes - 1;
	u32 tries = FAULTS_MAX * (u32)(last / sim->page_bytes - address / sim->page_bytes + 1);

	while (tries--) {
		fault.address = first_hidden(sim, address, size_bytes);
		if (!fault.address)
			return true;
		if (picket_guard_fault(sim->guard, &fault) == PICKET_FAULT_NOT_OURS)
			break;
	}
	/* A machine that cannot show pages any more leaves the core no way to save the host. */
	if (sim->failures_of[SIM_SHOW] == show_failures)
		crash(sim, "the host touched a page and nobody helped");
	return false;
}

/*
 * Bytes of the host, moved one by one and unseen by ThreadSanitizer: races of the host's own
 * accesses are the host's.
 */
__attribute__((no_sanitize("thread"))) static void
move_bytes(struct picket_platform *sim, uptr address, u8 *bytes, u32 size_bytes, bool write)
{
	for (u32 i = 0; i < size_bytes; i++) {
		volatile u8 *byte = (volatile u8 *)(address + i);

		if (!in_pool(sim, address + i)) {
			if (!write)
				bytes[i] = 0;
		} else if (write) {
			*byte = bytes[i];
		} else {
			bytes[i] = *byte;
		}
	}
}

void sim_read(struct picket_platform *sim, uptr address, void *bytes, u32 size_bytes)
{
	memset(bytes, 0, size_bytes);
	if (make_touchable(sim, address, size_bytes, PICKET_ACCESS_READ))
		move_bytes(sim, address, bytes, size_bytes, false);
}

void sim_write(struct picket_platform *sim, uptr address, const void *bytes, u32 size_bytes)
{
	if (make_touchable(sim, address, size_bytes, PICKET_ACCESS_WRITE))
		move_bytes(sim, address, (u8 *)bytes, size_bytes, true);
}

int sim_read_nofault(struct picket_platform *sim, uptr address, void *bytes, u32 size_bytes)
{
	if (first_hidden(sim, address, size_bytes))
		return -14;
	move_bytes(sim, address, bytes, size_bytes, false);
	return 0;
}

static const char *compare_pages(struct picket_platform *sim)
{
	for (uptr offset = 0; offset < sim->pool_bytes; offset += sim->page_bytes) {
		uptr page = (uptr)sim->pool + offset;

		if (sim_visible(sim, page) != picket_guard_page_visible(sim->guard, page))
			return sim_visible(sim, page) ? "a page is visible and should not be" :
							"a page is hidden and should not be";
		if (!sim_visible(sim, page) && !sim_untouched(sim, (u8 *)page))
			return "somebody wrote to a hidden page";
	}
	return NULL;
}

const char *sim_audit(struct picket_platform *sim)
{
	static char text[64];
	const char *wrong;
	u32 invariant;

	if (sim->violation)
		return sim->violation;
	if (sim->crash)
		return sim->crash;
	if (!sim->guard)
		return NULL;
	invariant = picket_guard_check_all(sim->guard);
	if (invariant) {
		snprintf(text, sizeof(text), "invariant %u does not hold", invariant);
		return text;
	}
	wrong = compare_pages(sim);
	return wrong ? wrong : sim->violation;
}
