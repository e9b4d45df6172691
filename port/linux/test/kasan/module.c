/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Runs the suite while the module is loaded. Results are for the console, reports need not be. */
#include "conformance.h"

#include <linux/module.h>
#include <linux/sched.h>

#define LINE_BYTES 256

static char *filter;
static unsigned int failed;
module_param(filter, charp, 0444);
MODULE_PARM_DESC(filter, "run only cases whose names contain this");
module_param(failed, uint, 0444);
MODULE_PARM_DESC(failed, "how many cases failed (read only)");

static void say(const char *format, ...)
{
	char line[LINE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vscnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	printk(KERN_EMERG "%s\n", line);
	cond_resched();
}

static const struct sh_port port = {
	.variant = { "gcc", VARIANT_MODE, "2" },
	.offers = SH_NEEDS_MEMPOOL | SH_NEEDS_ROUND_TRIP | SH_NEEDS_JUMPS | SH_NEEDS_USER |
		  SH_NEEDS_TASKS,
	.say = say,
	.record_count = records_count,
	.record_last = records_last,
};

static int __init conformance_init(void)
{
	int error = user_start() ?: records_watch();

	if (error)
		return error;
	say("KTAP version 1");
	failed = sh_run_all(&port, filter);
	records_unwatch();
	return 0;
}

static void __exit conformance_exit(void)
{
}

module_init(conformance_init);
module_exit(conformance_exit);

MODULE_DESCRIPTION("The conformance suite of a shadow detector, instrumented");
MODULE_LICENSE("Dual MIT/GPL");
