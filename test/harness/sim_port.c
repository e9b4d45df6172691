/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sim_port.h"
#include "say.h"

/* The host's own objects need no memory: the machine takes any access there. */
#define HOST_HEAP 0x10000000u
#define HOST_OBJECT_BYTES 0x100000u

static struct picket_platform sim;
static const struct sim_setup *setup;
static struct th_port the_port;
static uptr host_next;
static u64 failures;

static struct picket_guard *start(const struct picket_guard_config *config)
{
	sim_start(&sim, the_port.page_bytes, setup->seed, setup->defect);
	host_next = HOST_HEAP;
	sim_fail(&sim, setup->fail_mask, setup->fail_call, setup->fail_always);
	if (picket_guard_create(&sim, config, &sim.guard))
		return NULL;
	sim.interrupt = setup->interrupt;
	sim.interrupt_at = setup->interrupt_at;
	return sim.guard;
}

static const char *stop(void)
{
	sim.interrupt = NULL;
	failures = sim.failures;
	if (sim.guard)
		picket_guard_destroy(sim.guard);
	sim.guard = NULL;
	sim_stop(&sim);
	return setup->blind ? NULL : sim.violation;
}

u64 sim_port_failures(void)
{
	return failures;
}

static const char *audit(void)
{
	/* A page that cannot be shown to the host again is the one reason to give up. */
	if (sim.disabled && !sim.failures_of[SIM_SHOW])
		return sim.disabled;
	if (setup->blind)
		return picket_guard_check_all(sim.guard) ? "an invariant does not hold" : sim.crash;
	return sim_audit(&sim);
}

static void touch(uptr address, void *bytes, u32 size_bytes, bool write)
{
	if (write)
		sim_write(&sim, address, bytes, size_bytes);
	else
		sim_read(&sim, address, bytes, size_bytes);
}

static int read_nofault(uptr address)
{
	u8 byte;

	return sim_read_nofault(&sim, address, &byte, 1);
}

static uptr host_alloc(uptr size_bytes)
{
	(void)size_bytes;
	return host_next += HOST_OBJECT_BYTES;
}

static void host_free(uptr address)
{
	(void)address;
}

static u32 record_count(void)
{
	return sim.record_count;
}

static const struct picket_record *record(u32 index)
{
	return &sim.records[index % SIM_RECORDS_MAX];
}

static void advance_ms(u32 time_ms)
{
	sim.time_ns += time_ms * 1000000ull;
}

static void at_site(u32 site, void (*function)(void *), void *argument)
{
	sim.site = 2 + site;
	function(argument);
	sim.site = 1;
}

static void fail(enum th_failure what, bool always)
{
	static const enum sim_call calls[TH_FAIL_COUNT] = {
		[TH_FAIL_SHOW] = SIM_SHOW,
		[TH_FAIL_HIDE] = SIM_HIDE,
		[TH_FAIL_STACK] = SIM_STACK,
		[TH_FAIL_LOCK] = SIM_LOCK,
	};

	if (!setup->fail_mask)
		sim_fail(&sim, 1u << calls[what], 1, always);
}

static void fail_end(void)
{
	if (!setup->fail_mask)
		sim_fail(&sim, 0, 0, false);
}

const struct th_port *sim_port(u32 page_bytes, const struct sim_setup *new_setup)
{
	setup = new_setup;
	the_port = (struct th_port){
		.name = "sim",
		.page_bytes = page_bytes,
		.offers = TH_NEEDS_CLOCK | TH_NEEDS_FAILURES | TH_NEEDS_NOFAULT,
		.say = say,
		.start = start,
		.stop = stop,
		.audit = audit,
		.touch = touch,
		.read_nofault = read_nofault,
		.host_alloc = host_alloc,
		.host_free = host_free,
		.record_count = record_count,
		.record = record,
		.advance_ms = advance_ms,
		.at_site = at_site,
		.fail = fail,
		.fail_end = fail_end,
	};
	return &the_port;
}
