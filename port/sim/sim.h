/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A simulated machine: pages, a clock moved by hand, randomness from a seed, a stack and a task
 * the test sets, and failures on demand. For tests only; any number of machines in one program.
 *
 * The pool is real memory, because the core writes to it through pointers. Hiding a page saves its
 * content and leaves a pattern in its place; showing verifies the pattern and puts the content
 * back. So a core that reads a hidden page sees nonsense, and one that writes to it is found out.
 *
 * What the machine holds against the core (a write to a hidden page, a call against the contract)
 * is a violation; what happens to the host (a fault nobody handles) is a crash. The first of each
 * is kept as text.
 */
#ifndef PICKET_SIM_H
#define PICKET_SIM_H

#include "../../core/guard/guard.h"
#include <pthread.h>

#define SIM_RECORDS_MAX 128

/* Contract calls that can be made to fail. */
enum sim_call {
	SIM_RESERVE,
	SIM_METADATA,
	SIM_HIDE,
	SIM_SHOW,
	SIM_STACK, /* returns no frames */
	SIM_LOCK,  /* is held by another */
	SIM_CALL_COUNT
};

/* Ways in which a port can be wrong. The suite must notice each. */
enum sim_defect {
	SIM_SOUND,
	SIM_HIDES_NOTHING,
	SIM_HIDES_LESS, /* all but the last page */
	SIM_SHOWS_MORE, /* one page too many */
	SIM_SHOWS_NOTHING,
	SIM_LOSES_CONTENT, /* a page shown again reads as zeros */
	SIM_DROPS_REPORTS,
	SIM_REPEATS_REPORTS,
	SIM_CLOCK_BACKWARDS,
	SIM_CLOCK_STOPPED,
	SIM_ONE_STACK,	/* every call has the same one */
	SIM_RANDOM_IDS, /* of code, different at each question */
	SIM_READS_AS_WRITES,
	SIM_DEFECT_COUNT
};

struct picket_platform {
	u32 page_bytes;
	enum sim_defect defect;
	struct picket_guard *guard; /* who gets the faults */

	u8 *pool;
	u8 *saved; /* what the hidden pages hold */
	bool *hidden;
	uptr pool_bytes;
	void *mapping;
	uptr mapping_bytes;
	u32 outstanding; /* what was given to the core and is not back yet */

	u64 time_ns;
	u64 random;
	u64 site;  /* of the code that runs: makes the stack */
	u32 depth; /* frames of that stack */
	struct picket_task task;

	u64 calls; /* that could have failed, since sim_fail() */
	u64 fail_at;
	bool fail_always;
	u32 fail_mask;
	u64 failures;
	u64 failures_of[SIM_CALL_COUNT]; /* since sim_start() */

	/* Runs in the middle of the given call, as an interrupt or another thread would. */
	void (*interrupt)(struct picket_platform *sim);
	u64 interrupt_at;
	u64 entries; /* of contract functions, for interrupt_at */

	struct picket_record *records; /* the first SIM_RECORDS_MAX delivered */
	u32 record_count;
	u32 bug_count[PICKET_BUG_COUNT];
	const char *disabled; /* what the core gave as reason */
	const char *violation;
	const char *crash;
	pthread_mutex_t lock;
};

/** sim_defect_name() - for test output. */
const char *sim_defect_name(enum sim_defect defect);

/** sim_start() - a new machine, without a detector. */
void sim_start(struct picket_platform *sim, u32 page_bytes, u64 seed, enum sim_defect defect);

/** sim_stop() - the end of it; what the core has not given back is a violation. */
void sim_stop(struct picket_platform *sim);

/**
 * sim_fail() - make calls fail.
 * @mask:   bits of enum sim_call: those that count.
 * @call:   the how-manieth from now, starting at 1; 0: none.
 * @always: and every later one.
 */
void sim_fail(struct picket_platform *sim, u32 mask, u64 call, bool always);

/**
 * sim_read(), sim_write() - the host touches memory.
 *
 * What is hidden faults, as on hardware: the detector is asked, and the access is tried again.
 * Addresses outside the pool are the host's own: they read as zeros and take anything.
 */
void sim_read(struct picket_platform *sim, uptr address, void *bytes, u32 size_bytes);
void sim_write(struct picket_platform *sim, uptr address, const void *bytes, u32 size_bytes);

/**
 * sim_read_nofault() - a read that has a way out of its own, as copy_from_kernel_nofault().
 * Return: 0, or -14 (EFAULT), and then the detector was not asked.
 */
int sim_read_nofault(struct picket_platform *sim, uptr address, void *bytes, u32 size_bytes);

/** sim_visible() - can the host touch the page of this address of the pool? */
bool sim_visible(const struct picket_platform *sim, uptr address);

/**
 * sim_audit() - is everything as it should be after a step?
 *
 * Asks picket_guard_check_all(), compares every page with picket_guard_page_visible(), and looks
 * for violations and crashes.
 * Return: NULL, or what is wrong.
 */
const char *sim_audit(struct picket_platform *sim);

/** sim_random() - the machine's own random numbers, for tests too. */
u64 sim_random(struct picket_platform *sim);

/** sim_gate() - the host's fast path: does the gate let this allocation pass? */
bool sim_gate(struct picket_platform *sim, struct picket_gate *gate);

#endif
