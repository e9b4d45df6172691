/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "../base/params.h"

#include <linux/log2.h>
#include <linux/module.h>

#define INTERVAL_MIN_US 10
#define INTERVAL_MAX_US 3600000000u
#define OBJECTS_MAX 65535
#define JITTER_MAX 65535
#define EVERY_MAX (1u << 30)

struct picket_params picket_params = {
	.interval_us = 100 * USEC_PER_MSEC,
	.num_objects = 255,
	.jitter = 7,
	.skip_covered_thresh = 75,
	.report_prefix = "BUG: KFENCE: ",
};

/* Samples from now on as the parameters say. */
static void apply_sampling(void)
{
	picket_gate_stop();
	picket_gate_start();
}

static void apply_covered(void)
{
	picket_guard_set_covered(picket_linux.guard, picket_params.skip_covered_thresh);
}

static void start(void)
{
	apply_covered();
	picket_gate_start();
}

void picket_params_running(bool running)
{
	picket_params_live(running, running ? start : picket_gate_stop);
}

/* One interval under two names: the argument is how many microseconds the name's unit has. */
static const unsigned int millisecond = USEC_PER_MSEC;
static const unsigned int microsecond = 1;

static int set_interval(const char *value, const struct kernel_param *param)
{
	unsigned int unit_us = *(const unsigned int *)param->arg;
	unsigned int max = INTERVAL_MAX_US / unit_us;
	unsigned int min = DIV_ROUND_UP(INTERVAL_MIN_US, unit_us);
	char allowed[64];
	unsigned int number;

	if (kstrtouint(value, 0, &number) || number > max || (number && number < min)) {
		scnprintf(allowed, sizeof(allowed), "0 and numbers from %u to %u are", min, max);
		return picket_param_refuse(value, param->name, allowed);
	}
	picket_param_store(&picket_params.interval_us, number * unit_us, apply_sampling);
	return 0;
}

static int get_interval(char *buffer, const struct kernel_param *param)
{
	unsigned int unit_us = *(const unsigned int *)param->arg;

	return scnprintf(buffer, PAGE_SIZE, "%u\n",
			 DIV_ROUND_UP(picket_params.interval_us, unit_us));
}

static int set_align(const char *value, const struct kernel_param *param)
{
	unsigned int number;

	if (kstrtouint(value, 0, &number) || number > PAGE_SIZE ||
	    (number && !is_power_of_2(number)))
		return picket_param_refuse(value, param->name,
					   "0 and powers of two up to a page are");
	picket_params.align = number;
	return 0;
}

static const struct picket_choice fault = {
	&picket_params.fault,
	(const char *const[]){ "report", "oops", "panic", NULL },
	"report, oops and panic are",
};
static const struct picket_choice sample_by = {
	&picket_params.sample_by,
	(const char *const[]){ "trampoline", "probe", NULL },
	"trampoline and probe are",
};

static const struct kernel_param_ops interval_ops = { .set = set_interval, .get = get_interval };
static const struct kernel_param_ops align_ops = { .set = set_align, .get = param_get_uint };

#define BOUNDED(name, minimum, maximum, mode, apply)                                               \
	static const struct picket_bounded name##_bounded = { &picket_params.name, minimum,        \
							      maximum, apply };                    \
	module_param_cb(name, &picket_bounded_ops, (void *)&name##_bounded, mode)

module_param_cb(sample_interval, &interval_ops, (void *)&millisecond, 0600);
MODULE_PARM_DESC(sample_interval, "milliseconds between samples; 0: none (100)");
module_param_cb(sample_interval_us, &interval_ops, (void *)&microsecond, 0600);
MODULE_PARM_DESC(sample_interval_us, "the same in microseconds (100000)");
BOUNDED(every, 0, EVERY_MAX, 0644, apply_sampling);
MODULE_PARM_DESC(every, "sample one of so many allocations, not by time; 0: by time (0)");
module_param_cb(sample_by, &picket_choice_ops, (void *)&sample_by, 0444);
MODULE_PARM_DESC(sample_by, "trampoline, or probe: costs nothing between samples (trampoline)");
BOUNDED(num_objects, 1, OBJECTS_MAX, 0444, NULL);
MODULE_PARM_DESC(num_objects, "objects guarded at a time (255)");
BOUNDED(burst, 0, OBJECTS_MAX, 0644, NULL);
MODULE_PARM_DESC(burst, "more samples per interval (0)");
BOUNDED(jitter, 0, JITTER_MAX, 0644, NULL);
MODULE_PARM_DESC(jitter, "at most so many allocations pass before a sample (7)");
BOUNDED(skip_covered_thresh, 0, 100, 0644, apply_covered);
MODULE_PARM_DESC(skip_covered_thresh, "percent of slots above which known sites pass (75)");
module_param_cb(align, &align_ops, &picket_params.align, 0444);
MODULE_PARM_DESC(align, "of objects at the right end; 0: what the allocator promises (0)");
module_param_cb(deferrable, &picket_flag_ops, &picket_params.deferrable, 0444);
MODULE_PARM_DESC(deferrable, "do not wake idle CPUs to sample, in steps of jiffies (N)");
module_param_cb(check_on_panic, &picket_flag_ops, &picket_params.check_on_panic, 0444);
MODULE_PARM_DESC(check_on_panic, "check all objects when the kernel panics (N)");
module_param_cb(fault, &picket_choice_ops, (void *)&fault, 0444);
MODULE_PARM_DESC(fault, "after a report: report (go on), oops or panic (report)");
module_param_named(report_prefix, picket_params.report_prefix, charp, 0444);
MODULE_PARM_DESC(report_prefix, "of a report's title (BUG: KFENCE: )");
