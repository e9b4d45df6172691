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

/* params.c: all of them as the administrator gave them, checked. */
struct picket_params {
	unsigned long sample_interval; /* milliseconds; 0: off */
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

/* gate.c */
extern int picket_samples;
bool picket_gate_take(void);
void picket_gate_give_back(void);
void picket_gate_start(void);
void picket_gate_stop(void);

/* report.c */
void picket_report(const struct picket_record *record);
void picket_report_disabled(const char *why);
u64 picket_reports_unprinted(void);

/* panic.c */
void picket_panic_start(void);
void picket_panic_stop(void);

/* debugfs.c */
void picket_debugfs_start(void);
void picket_debugfs_stop(void);

#endif
