/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Loading runs the cases and puts KTAP into the kernel's log. */
#include "kfence.h"

#include <linux/module.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) fmt

enum outcome { PASSED, FAILED, SKIPPED, OUTCOMES };

static const struct kfence_case *const tables[] = { kfence_access_cases, kfence_free_cases,
						    kfence_cache_cases };
static const struct kfence_case *now;
static enum outcome outcome;
static const char *reason;
static unsigned int count[OUTCOMES];

static char *filter;
module_param(filter, charp, 0444);
MODULE_PARM_DESC(filter, "run the cases with this in their names (all)");

static char *without;
module_param(without, charp, 0444);
MODULE_PARM_DESC(without, "but not those with this in their names (none)");

module_param_named(failed, count[FAILED], uint, 0444);
MODULE_PARM_DESC(failed, "how many cases failed");

bool case_check_at(bool good, const char *text, const char *file, int line)
{
	if (good)
		return true;
	outcome = FAILED;
	pr_info("# %s:%d: %s\n", kbasename(file), line, text);
	return false;
}

void case_skip(const char *why)
{
	if (outcome == PASSED)
		outcome = SKIPPED;
	reason = why;
}

bool from_cache(void)
{
	return now->from_cache;
}

static bool is_wanted(const struct kfence_case *one)
{
	return (!filter || strstr(one->name, filter)) && (!without || !strstr(one->name, without));
}

static void for_each_case(void (*function)(const struct kfence_case *one))
{
	const struct kfence_case *one;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (one = tables[i]; one->name; one++)
			if (is_wanted(one))
				function(one);
}

static unsigned int plan;

static void add_to_plan(const struct kfence_case *one)
{
	plan++;
}

static void run(const struct kfence_case *one)
{
	static unsigned int number;

	now = one;
	outcome = PASSED;
	reports_forget();
	if (cache_open_if_wanted(OBJECT_BYTES, NULL))
		one->run();
	case_check(reports_none());
	cache_close();
	case_check(reports_none());
	count[outcome]++;
	pr_info("%sok %u - %s%s%s\n", outcome == FAILED ? "not " : "", ++number, one->name,
		outcome == SKIPPED ? " # SKIP " : "", outcome == SKIPPED ? reason : "");
}

static int __init kfence_init(void)
{
	const char *detector = detector_find();
	int error;

	if (!detector) {
		pr_err("picket-kfence: neither picket.ko nor KFENCE is there\n");
		return -ENODEV;
	}
	error = reports_watch();
	if (error) {
		pr_err("picket-kfence: what goes to the console cannot be read\n");
		return error;
	}
	pr_info("KTAP version 1\n");
	pr_info("# detector: %s\n", detector);
	for_each_case(add_to_plan);
	pr_info("1..%u\n", plan);
	for_each_case(run);
	pr_info("# %u passed, %u failed, %u skipped\n", count[PASSED], count[FAILED],
		count[SKIPPED]);
	reports_unwatch();
	return 0;
}

static void __exit kfence_exit(void)
{
}

module_init(kfence_init);
module_exit(kfence_exit);

MODULE_DESCRIPTION("The cases of KFENCE's own suite, against the detector that is there");
MODULE_LICENSE("Dual MIT/GPL");
