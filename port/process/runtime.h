/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The one detector of this process: how it starts, forks and ends. */
#ifndef PICKET_RUNTIME_H
#define PICKET_RUNTIME_H

#include "../../core/guard/guard.h"
#include "options.h"
#include "pages.h"
#include "thread.h"

#include <sys/types.h>

/* What platform.c needs to know; a test makes as many as it likes. */
struct picket_platform {
	int clock; /* clockid_t of picket_plat_time_ns() */
	/* Where records go. Any context, possibly several threads at once. */
	void (*deliver)(const struct picket_record *record);
	void (*say_disabled)(const char *why);
	struct picket_pages pages; /* filled in by picket_plat_reserve() */
};

/* Filled in by the constructor and read-only from then on, but for what is marked. */
struct picket_runtime {
	struct picket_guard *guard; /* NULL: not yet, or off */
	bool started;		    /* the constructor has run */
	bool guard_all;		    /* atomic: rate=1, objects never leave the pool */
	bool abort_on_report;
	/* A page the kernel clears in a forked child: 0 there means that nobody told us. */
	picket_u32 *alive;
	pid_t pid;	     /* the process that the counters below are of; set anew by fork */
	picket_u32 reported; /* atomic: records delivered in this process */
	picket_u64 lost;     /* atomic: of these, how many nobody could be given */
	picket_u32 finished; /* atomic: the last check was made */
	struct picket_platform platform;
	struct picket_options options;
};

extern struct picket_runtime picket_runtime;

#define PICKET_BEGIN_IDLE 1u	   /* also with nothing to sample: the program picks objects */
#define PICKET_BEGIN_NO_HANDLER 2u /* SIGSEGV stays the program's */

/**
 * picket_runtime_begin() - start the detector. Once; the calling thread may not be in Picket.
 * @options: as in PICKET_OPTIONS; NULL: Picket stays off.
 * @how:     PICKET_BEGIN_ flags.
 *
 * Return: 0; -ECANCELED: it is to stay off; -EINVAL for a bad option or -ENOMEM: it stays off,
 * which one line on standard error has said.
 */
int picket_runtime_begin(const char *options, unsigned int how);

/**
 * picket_runtime_finish() - check all canaries and print the statistics, once; async-signal-safe.
 * @status: that the process wants to end with.
 * @caller: where it does.
 *
 * Return: the status that it shall end with.
 */
int picket_runtime_finish(int status, const void *caller);

/** picket_runtime_exit() - end the process here and now. Async-signal-safe. */
__attribute__((noreturn)) void picket_runtime_exit(int status);

/**
 * picket_runtime_ready() - may this thread sample now? Brings up the thread if it is new.
 *
 * While Picket is off, sets the countdown so far away that it does not come again.
 */
bool picket_runtime_ready(void);

/**
 * picket_runtime_is_vfork_child() - is this another process in the memory of the watched one?
 */
bool picket_runtime_is_vfork_child(void);

/** picket_runtime_check_fork() - notice a fork that pthread_atfork() was not told of. */
void picket_runtime_check_fork(void);

#endif
