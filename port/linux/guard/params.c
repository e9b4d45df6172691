/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"

#include <linux/module.h>
#include <linux/mutex.h>

#define INTERVAL_MAX_MS 3600000
#define OBJECTS_MAX 65535
#define JITTER_MAX 65535

struct picket_params picket_params = {
	.sample_interval = 100,
	.num_objects = 255,
	.jitter = 7,
	.skip_covered_thresh = 75,
	.report_prefix = "BUG: KFENCE: ",
};

static bool live; /* the detector is there: the interval acts at once */
static DEFINE_MUTEX(change);

static int parse(const char *value, const char *name, unsigned long min, unsigned long max,
		 unsigned long *out)
{
	unsigned long number;

	if (!kstrtoul(value, 0, &number) && number >= min && number <= max) {
		*out = number;
		return 0;
	}
	pr_err("%s '%.*s' is not allowed: a number from %lu to %lu is\n", name,
	       (int)strcspn(value, "\n"), value, min, max);
	return -EINVAL;
}

static int set_interval(const char *value, const struct kernel_param *param)
{
	unsigned long number;
	int error = parse(value, param->name, 0, INTERVAL_MAX_MS, &number);

	if (error)
		return error;
	mutex_lock(&change);
	if (live)
		picket_gate_stop();
	picket_params.sample_interval = number;
	if (live) {
		if (number)
			picket_guard_set_policy(picket_linux.guard, PICKET_POLICY_INTERVAL, number);
		picket_gate_start();
	}
	mutex_unlock(&change);
	return 0;
}

void picket_params_running(bool running)
{
	mutex_lock(&change);
	live = running;
	if (running)
		picket_gate_start();
	else
		picket_gate_stop();
	mutex_unlock(&change);
}

/* A bounded number: its limits stand with it. */
struct bounded {
	unsigned int *value;
	unsigned int min;
	unsigned int max;
};

static int set_bounded(const char *value, const struct kernel_param *param)
{
	const struct bounded *bounded = param->arg;
	unsigned long number;
	int error = parse(value, param->name, bounded->min, bounded->max, &number);

	if (!error)
		WRITE_ONCE(*bounded->value, number);
	return error;
}

static int get_bounded(char *buffer, const struct kernel_param *param)
{
	const struct bounded *bounded = param->arg;

	return scnprintf(buffer, PAGE_SIZE, "%u\n", *bounded->value);
}

static const char *const actions[] = { "report", "oops", "panic" };

static int set_fault(const char *value, const struct kernel_param *param)
{
	int action = sysfs_match_string(actions, value);

	if (action < 0) {
		pr_err("fault '%.*s' is not allowed: report, oops and panic are\n",
		       (int)strcspn(value, "\n"), value);
		return -EINVAL;
	}
	picket_params.fault = action;
	return 0;
}

static int get_fault(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", actions[picket_params.fault]);
}

static const struct kernel_param_ops interval_ops = { .set = set_interval, .get = param_get_ulong };
static const struct kernel_param_ops bounded_ops = { .set = set_bounded, .get = get_bounded };
static const struct kernel_param_ops fault_ops = { .set = set_fault, .get = get_fault };

#define BOUNDED(name, minimum, maximum, mode)                                                      \
	static const struct bounded name##_bounded = { &picket_params.name, minimum, maximum };    \
	module_param_cb(name, &bounded_ops, (void *)&name##_bounded, mode)

module_param_cb(sample_interval, &interval_ops, &picket_params.sample_interval, 0600);
MODULE_PARM_DESC(sample_interval, "milliseconds between samples; 0: none (100)");
BOUNDED(num_objects, 1, OBJECTS_MAX, 0444);
MODULE_PARM_DESC(num_objects, "objects guarded at a time (255)");
BOUNDED(burst, 0, OBJECTS_MAX, 0644);
MODULE_PARM_DESC(burst, "more samples per interval (0)");
BOUNDED(jitter, 0, JITTER_MAX, 0644);
MODULE_PARM_DESC(jitter, "at most so many allocations pass before a sample (7)");
BOUNDED(skip_covered_thresh, 0, 100, 0444);
MODULE_PARM_DESC(skip_covered_thresh, "percent of slots above which known sites pass (75)");
BOUNDED(align, 0, PAGE_SIZE, 0444);
MODULE_PARM_DESC(align, "of objects at the right end; 0: what the allocator promises (0)");
module_param_named(deferrable, picket_params.deferrable, bool, 0444);
MODULE_PARM_DESC(deferrable, "do not wake idle CPUs to sample (N)");
module_param_named(check_on_panic, picket_params.check_on_panic, bool, 0444);
MODULE_PARM_DESC(check_on_panic, "check all objects when the kernel panics (N)");
module_param_cb(fault, &fault_ops, NULL, 0444);
MODULE_PARM_DESC(fault, "after a report: report (go on), oops or panic (report)");
module_param_named(report_prefix, picket_params.report_prefix, charp, 0444);
MODULE_PARM_DESC(report_prefix, "of a report's title (BUG: KFENCE: )");
