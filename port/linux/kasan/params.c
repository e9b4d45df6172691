/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "heap.h"
#include "../base/params.h"

#include <linux/moduleparam.h>

#define STACKS_KIB_MIN 64
#define STACKS_KIB_MAX (1u << 20)
#define QUARANTINE_KIB_MAX (1u << 22)

struct picket_params picket_params = {
	.stacks = true,
	.stacks_kib = 8192,
	.quarantine_kib = 4096,
};

static void apply_quarantine(void)
{
	uptr bytes = (uptr)picket_params.quarantine_kib << 10;

	picket_shadow_set_quarantine(bytes);
	picket_areas_limit(bytes);
}

static void apply_multi_shot(void)
{
	picket_shadow_multi_shot(picket_params.multi_shot);
}

static void apply_all(void)
{
	apply_quarantine();
	apply_multi_shot();
}

static void apply_nothing(void)
{
}

void picket_params_running(bool running)
{
	picket_params_live(running, running ? apply_all : apply_nothing);
}

static const struct picket_choice fault = {
	&picket_params.fault,
	(const char *const[]){ "report", "panic", "panic_on_write", NULL },
	"report, panic and panic_on_write are",
};

#define BOUNDED(name, minimum, maximum, mode, apply)                                               \
	static const struct picket_bounded name##_bounded = { &picket_params.name, minimum,        \
							      maximum, apply };                    \
	module_param_cb(name, &picket_bounded_ops, (void *)&name##_bounded, mode)

BOUNDED(multi_shot, 0, 1, 0644, apply_multi_shot);
MODULE_PARM_DESC(multi_shot, "1: report every bad access; 0: one, or one more (0)");
module_param_cb(fault, &picket_choice_ops, (void *)&fault, 0444);
MODULE_PARM_DESC(fault, "after a report: report (go on), panic or panic_on_write (report)");
module_param_cb(stacks, &picket_flag_ops, &picket_params.stacks, 0444);
MODULE_PARM_DESC(stacks, "keep the stacks of allocations and frees (Y)");
BOUNDED(stacks_kib, STACKS_KIB_MIN, STACKS_KIB_MAX, 0444, NULL);
MODULE_PARM_DESC(stacks_kib, "room for stacks that differ, in KiB (8192)");
BOUNDED(quarantine_kib, 0, QUARANTINE_KIB_MAX, 0644, apply_quarantine);
MODULE_PARM_DESC(quarantine_kib, "of freed memory that is not used again yet, in KiB (4096)");
module_param_cb(vmalloc, &picket_flag_ops, &picket_areas_checked, 0444);
MODULE_PARM_DESC(vmalloc, "check vmalloc() areas, too (Y)");
