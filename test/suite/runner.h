/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a harness gives to the runner of the suite, and gets from it. */
#ifndef PICKET_TEST_RUNNER_H
#define PICKET_TEST_RUNNER_H

#include "harness.h"

enum th_outcome { TH_PASSED, TH_FAILED, TH_SKIPPED };

struct th_result {
	enum th_outcome outcome;
	char why[160];
};

struct th_port {
	const char *name;
	u32 page_bytes;
	u32 offers;	      /* TH_NEEDS_ bits */
	const char *lacks[3]; /* the reason, for each bit it does not offer */

	/** say() - put out one line of the results, given without its end. */
	void (*say)(const char *line);
	/** isolate() - run a case where it can do no harm; NULL: just call th_run(). */
	struct th_result (*isolate)(const struct th_case *test);
	/** start() - a detector for one case. Return: NULL if there is none to be had. */
	struct picket_guard *(*start)(const struct picket_guard_config *config);
	/** stop() - destroy it. Return: NULL, or what was wrong at the end. */
	const char *(*stop)(void);
	/** audit() - after a step. Return: NULL, or what is wrong. */
	const char *(*audit)(void);
	void (*touch)(uptr address, void *bytes, u32 size_bytes, bool write);
	int (*read_nofault)(uptr address);
	/** host_alloc(), host_free() - the allocator below. */
	uptr (*host_alloc)(uptr size_bytes);
	void (*host_free)(uptr address);
	u32 (*record_count)(void);
	const struct picket_record *(*record)(u32 index);
	void (*advance_ms)(u32 time_ms);
	void (*at_site)(u32 site, void (*function)(void *), void *argument);
	void (*fail)(enum th_failure what, bool always);
	void (*fail_end)(void);
};

/**
 * th_run() - run one case.
 * @tolerant: calls are made to fail from outside: what the case expects may not happen, only the
 *            audits count.
 */
struct th_result th_run(const struct th_port *port, const struct th_case *test, bool tolerant);

/**
 * th_run_all() - run every case whose name contains @filter (NULL: all), print TAP.
 * Return: how many failed.
 */
u32 th_run_all(const struct th_port *port, const char *filter);

#endif
