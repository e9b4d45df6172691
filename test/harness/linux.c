/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The suite in the kernel: loading picket_suite.ko runs it, and puts KTAP into the kernel's log.
 * Not beside picket.ko, which enters the same functions.
 *
 * Pages are the direct map's, touches are loads and stores, and faults come by way of the port's
 * hook in the kernel's fault handler.
 */
#include "../../port/linux/compat/ftrace.h"
#include "../../port/linux/guard/code.h"
#include "../../port/linux/guard/handlers.h"
#include "../../port/linux/guard/imports.h"
#include "../../port/linux/guard/layout.h"
#include "../../port/linux/guard/slab.h"
#include "../../port/linux/test/suite/seam.h"
#include "../suite/runner.h"
#include "sites.h"
#include "touch.h"

#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#undef pr_fmt
#define pr_fmt(fmt) "picket-suite: " fmt

#define RECORDS_MAX 128

static struct picket_record records[RECORDS_MAX];
static u32 records_delivered;
static const char *disabled;

static char *filter;
module_param(filter, charp, 0444);
MODULE_PARM_DESC(filter, "run the cases with this in their names (all)");

static unsigned int failed;
module_param(failed, uint, 0444);
MODULE_PARM_DESC(failed, "how many cases failed");

/* What the trampoline takes for the pool. */
extern unsigned long picket_pool_start;
extern unsigned long picket_pool_bytes;

static void deliver(const struct picket_record *record)
{
	if (records_delivered < RECORDS_MAX)
		records[records_delivered] = *record;
	records_delivered++;
}

static void say_disabled(const char *why)
{
	disabled = why;
}

struct picket_platform picket_linux = {
	.deliver = deliver,
	.say_disabled = say_disabled,
};

static struct picket_guard *start(const struct picket_guard_config *config)
{
	records_delivered = 0;
	disabled = NULL;
	if (picket_guard_create(&picket_linux, config, &picket_linux.guard))
		return NULL;
	picket_guard_range(picket_linux.guard, &picket_pool_start, &picket_pool_bytes);
	return picket_linux.guard;
}

static const char *stop(void)
{
	picket_pool_bytes = 0;
	if (picket_linux.guard)
		picket_guard_destroy(picket_linux.guard);
	picket_linux.guard = NULL;
	return disabled;
}

static int read_nofault(uptr address)
{
	u8 byte;

	return (int)copy_from_kernel_nofault(&byte, (const void *)address, 1);
}

static const char *audit(void)
{
	unsigned long end = picket_pool_start + picket_pool_bytes;
	unsigned long page;

	if (disabled)
		return disabled;
	if (irqs_disabled())
		return "interrupts were left off";
	if (picket_guard_check_all(picket_linux.guard))
		return "an invariant does not hold";
	for (page = picket_pool_start; page < end; page += PAGE_SIZE) {
		bool visible = read_nofault(page) == 0;

		if (visible != picket_guard_page_visible(picket_linux.guard, page))
			return visible ? "a page is visible and should not be" :
					 "a page is hidden and should not be";
	}
	return NULL;
}

static uptr host_alloc(uptr size_bytes)
{
	cond_resched();
	return (uptr)kmalloc(size_bytes, GFP_KERNEL);
}

static void host_free(uptr address)
{
	kfree((void *)address);
}

static u32 record_count(void)
{
	return records_delivered;
}

static const struct picket_record *record(u32 index)
{
	return &records[index % RECORDS_MAX];
}

static void say(const char *line)
{
	printk(KERN_INFO "%s\n", line);
}

static const struct th_port port = {
	.name = "linux",
	.page_bytes = PAGE_SIZE,
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
	.advance_ms = seam_advance,
	.at_site = at_site,
	.fail = seam_fail,
	.fail_end = seam_fail_end,
};

/* Other CPUs may see a hidden page for a while, so all touches must come from one. */
static int run(void)
{
	int error = set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));

	if (error)
		return error;
	say("KTAP version 1");
	failed = th_run_all(&port, filter);
	return 0;
}

static int run_hooked(void)
{
	static struct picket_direct fault = { .trampoline = (unsigned long)picket_enter_fault };
	int error;

	fault.function = picket_kernel.kallsyms_lookup_name("bad_area_nosemaphore");
	error = picket_direct_register(&fault);
	if (error) {
		pr_err("bad_area_nosemaphore cannot be hooked (error %d)\n", error);
		return error;
	}
	error = run();
	if (picket_direct_unregister(&fault))
		pr_err("the hook cannot be removed\n");
	synchronize_rcu_tasks();
	return error;
}

static int __init suite_init(void)
{
	int error = picket_imports_read() ?: picket_layout_read();

	if (error)
		return error;
	picket_code_find();
	error = picket_slab_check();
	if (error)
		return error;
	error = run_hooked();
	picket_slab_end();
	return error;
}

static void __exit suite_exit(void)
{
}

module_init(suite_init);
module_exit(suite_exit);

MODULE_DESCRIPTION("Picket's behaviour suite on the kernel it is loaded into");
MODULE_LICENSE("Dual MIT/GPL");
