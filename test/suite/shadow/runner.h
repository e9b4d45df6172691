/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a harness gives to the runner of the shadow suite, and gets from it. */
#ifndef PICKET_TEST_SHADOW_RUNNER_H
#define PICKET_TEST_SHADOW_RUNNER_H

#include "harness.h"

/* How the cases were compiled. */
struct sh_variant {
	const char *compiler; /* "gcc", "clang" */
	const char *mode;     /* "inline", "outline" */
	const char *level;    /* "0", "1", "2", "3", "s" */
};

/* A report that this kind of code cannot make. */
struct sh_miss {
	const char *compiler; /* NULL: any, as below */
	const char *mode;
	const char *level;
	const char *name; /* of the case */
	const char *why;
};

extern const struct sh_miss sh_misses[]; /* ended by one without name */

enum sh_outcome { SH_PASSED, SH_FAILED, SH_SKIPPED, SH_MISSED, SH_OUTCOMES };

/* All texts are static. */
struct sh_result {
	enum sh_outcome outcome;
	const char *why;
	const char *note;
	const char *file; /* NULL: at no line */
	int line;
};

struct sh_port {
	struct sh_variant variant;
	picket_u32 offers; /* SH_NEEDS_ bits */

	/** say() - put out one line of the results, given without its end. */
	void (*say)(const char *format, ...) __attribute__((format(printf, 1, 2)));
	/** isolate() - run a case where it can do no harm; NULL: just call sh_run(). */
	struct sh_result (*isolate)(const struct sh_case *test);
	/** record_count() - how many there were since the start of all. */
	picket_u32 (*record_count)(void);
	/** record_last() - the last one; NULL: it is not known. */
	const struct picket_record *(*record_last)(void);
	/** audit() - after a case. Return: NULL, or what is wrong (static). */
	const char *(*audit)(void);
};

/** sh_run() - run one case. */
struct sh_result sh_run(const struct sh_port *port, const struct sh_case *test);

/** sh_run_isolated() - the same, as the port wants it run. */
struct sh_result sh_run_isolated(const struct sh_port *port, const struct sh_case *test);

/**
 * sh_run_all() - run every case whose name contains @filter (NULL: all), say TAP.
 * Return: how many failed.
 */
picket_u32 sh_run_all(const struct sh_port *port, const char *filter);

#endif
