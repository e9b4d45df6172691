/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the files of the kernel module share. */
#ifndef PICKET_LINUX_MODULE_H
#define PICKET_LINUX_MODULE_H

#include "../../../core/atomic.h"
#include "../../../core/guard/guard.h"

#include <linux/mm.h>
#include <linux/slab.h>

#undef pr_fmt
#define pr_fmt(fmt) "picket: " fmt

struct pt_regs;

/* The code that a fault interrupted. */
struct picket_context {
	struct pt_regs *regs;
};

/*
 * One detector in one kernel: all else is static in the file it belongs to. The calls are made in
 * the context of the bug, which may be any.
 */
struct picket_platform {
	struct picket_guard *guard;
	void (*deliver)(const struct picket_record *record);
	void (*say_disabled)(const char *why);
};

extern struct picket_platform picket_linux;

/* What happens after a report. */
enum picket_action {
	PICKET_ACTION_REPORT,
	PICKET_ACTION_OOPS,
	PICKET_ACTION_PANIC,
};

/* How we get to see allocations. */
enum picket_sample_by {
	PICKET_BY_TRAMPOLINE,
	PICKET_BY_PROBE,
};

/* params.c: as the administrator gave them, checked. Those of filter.c are there. */
struct picket_params {
	unsigned int interval_us; /* 0: no samples by time */
	unsigned int every;	  /* sample one of so many allocations; 0: by time */
	enum picket_sample_by sample_by;
	unsigned int num_objects;
	unsigned int burst;
	unsigned int jitter;
	unsigned int skip_covered_thresh;
	unsigned int align;
	bool deferrable;
	bool check_on_panic;
	enum picket_action fault;
	char *report_prefix;
};

extern struct picket_params picket_params;

/** picket_params_running() - from now on a changed interval takes effect at once. */
void picket_params_running(bool running);

/* Why an allocation was not even offered to the core. */
enum picket_decline {
	PICKET_DECLINE_SIZE,
	PICKET_DECLINE_ZONE,	/* DMA and the like */
	PICKET_DECLINE_RCU,	/* SLAB_TYPESAFE_BY_RCU */
	PICKET_DECLINE_DEBUG,	/* caches with debug flags */
	PICKET_DECLINE_ACCOUNT, /* charged to a memory cgroup */
	PICKET_DECLINE_BUCKET,	/* a private set of caches */
	PICKET_DECLINE_FILTER,	/* turned away by a filter */
	PICKET_DECLINE_COUNT
};

extern u64 picket_declined[PICKET_DECLINE_COUNT];

/* Objects that were alive when their cache was destroyed. */
extern u64 picket_zombies;

/* Registers that carry arguments, as the trampolines push them. */
struct picket_args {
	unsigned long r9;
	unsigned long r8;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
};

/* In the two result registers: what the hooked function returns, and if it was skipped. */
struct picket_result {
	unsigned long value;
	unsigned long handled;
};

/* pages.c; addresses are in the pool */
struct page *picket_pages_at(unsigned long address);
/** picket_pages_keep() - picket_plat_release() must leave this page to who uses it. */
void picket_pages_keep(unsigned long address);
/** picket_pages_show_all() - from now on no page is hidden any more. */
void picket_pages_show_all(void);

/* Why a sample that the clock said was due never came to an allocation. */
enum picket_loss {
	PICKET_LOSS_UNTAKEN, /* nothing that could take it was allocated in its interval */
	PICKET_LOSS_LATE,    /* the timer came more than an interval too late */
	PICKET_LOSS_COUNT
};

extern u64 picket_samples_lost[PICKET_LOSS_COUNT];

/* gate.c */
extern int picket_samples;
/** picket_gate_take() - may this allocation be a sample? In an RCU read-side critical section. */
bool picket_gate_take(void);
/** picket_gate_give_back() - it could not be guarded. In the same critical section. */
void picket_gate_give_back(void);
/** picket_gate_is_set() - do the parameters ask for samples at all? */
bool picket_gate_is_set(void);
/** picket_gate_start() - begin to take samples as the parameters say. May sleep. */
void picket_gate_start(void);
/** picket_gate_stop() - none is taken after this. May sleep. */
void picket_gate_stop(void);

/* free.c */
/** picket_free_settle() - once unhooked: wait for who sleeps in a handler. May sleep. */
void picket_free_settle(void);

/* report.c */
void picket_report(const struct picket_record *record);
void picket_report_disabled(const char *why);

/* panic.c */
void picket_panic_start(void);
void picket_panic_stop(void);

/* debugfs.c */
void picket_debugfs_start(void);
void picket_debugfs_stop(void);

#endif
