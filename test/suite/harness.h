/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The behaviour suite's view of a port. Cases are written once, against the functions below, and
 * run on every port: test/harness/ has one file per port, runner.c does what is common.
 *
 * A case starts with an empty pool of its own. When it ends, every record must have been asked
 * for, no invariant may be broken, and every page must be visible or hidden as the detector says.
 * Objects that a case leaves alive are freed for it.
 */
#ifndef PICKET_TEST_HARNESS_H
#define PICKET_TEST_HARNESS_H

#include "../../core/guard/guard.h"

/* What a case needs of its port. A port that does not offer it skips the case, with the reason. */
#define TH_NEEDS_CLOCK 0x1u    /* th_advance_ms() may move the clock by hours */
#define TH_NEEDS_FAILURES 0x2u /* th_fail() */
#define TH_NEEDS_NOFAULT 0x4u  /* th_read_nofault() */
#define TH_IS_LONG 0x100u      /* takes thousands of steps: loops over all cases leave it out */

enum th_failure { TH_FAIL_SHOW, TH_FAIL_HIDE, TH_FAIL_STACK, TH_FAIL_LOCK, TH_FAIL_COUNT };

struct th_case {
	const char *name;
	void (*run)(void);
	void (*configure)(
		struct picket_guard_config *config); /* changes the default; may be NULL */
	const char *cache; /* allocator of the case's objects; NULL: the default's */
	u32 needs;
};

extern const struct th_case *const th_suite[]; /* tables, each ended by a case without name */

/** th_page() - the port's page size in bytes. */
uptr th_page(void);

/** th_guard() - the detector of this case, for counters and settings. */
struct picket_guard *th_guard(void);

/** th_alloc() - a guarded object at a side; the case fails if it cannot be had. */
uptr th_alloc(uptr size_bytes, uptr align_bytes, enum picket_side side);

/** th_request() - ask for a guarded object; 0: it was refused. */
uptr th_request(const struct picket_request *request);

/** th_malloc() - allocate as a host does, through the gate: guarded or the host's own. */
uptr th_malloc(uptr size_bytes);

/** th_guarded() - is this address in the pool? */
bool th_guarded(uptr address);

/** th_free() - free as a host does. Return: of picket_guard_free(), 0 for the host's own. */
int th_free(uptr address);
int th_free_as(uptr address, const struct picket_free_request *request);

/** th_sampled() - allocate and free so often. Return: how many of the objects were guarded. */
u32 th_sampled(u32 allocations);

/** th_realloc() - as a host's realloc, with a guarded object as the new place. */
uptr th_realloc(uptr address, uptr size_bytes);

/** th_read(), th_write() - touch memory, little-endian. What a touch is, the port decides. */
u64 th_read(uptr address, u32 size_bytes);
void th_write(uptr address, u32 size_bytes, u64 value);

/** th_read_nofault() - a read that may be refused without harm. Return: 0, or -14. */
int th_read_nofault(uptr address);

/** th_fill(), th_holds() - the same byte all over, and is it still there? */
void th_fill(uptr address, uptr size_bytes, u8 byte);
bool th_holds(uptr address, uptr size_bytes, u8 byte);

/**
 * th_expect() - the next record must be this one.
 * @object: start of the object it must name, 0: none.
 * Return: the record, for further checks; all zero if there is none.
 */
const struct picket_record *th_expect(enum picket_bug bug, enum picket_access access, uptr address,
				      uptr object);

/** th_no_report() - nothing was reported that was not expected. */
void th_no_report(void);

/** th_advance_ms() - let time pass. */
void th_advance_ms(u32 time_ms);

/** th_site() - from now on allocations come from this code (0 ... 63). */
void th_site(u32 site);

/** th_fail() - the next call of that kind fails; @always: and all after it, until th_fail_end(). */
void th_fail(enum th_failure what, bool always);
void th_fail_end(void);

/** th_check() - fail the case unless the condition holds. Return: whether it holds. */
#define th_check(condition) th_check_at((condition), #condition, __FILE__, __LINE__)
bool th_check_at(bool good, const char *text, const char *file, int line);

/** th_skip() - this case cannot be run here. */
void th_skip(const char *reason);

#endif
