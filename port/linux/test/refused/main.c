/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A driver of two files. Writing a count to its parameter has so many values of ten read. */
#include "part.h"

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#define VALUES 10

static int set_count(const char *text, const struct kernel_param *param)
{
	unsigned int *values = kcalloc(VALUES, sizeof(*values), GFP_KERNEL);
	unsigned int count;
	int error = values ? kstrtouint(text, 0, &count) : -ENOMEM;

	if (!error)
		part_sum(values, count);
	kfree(values);
	return error;
}

static const struct kernel_param_ops count_operations = { .set = set_count };

module_param_cb(count, &count_operations, NULL, 0200);

/* Whoever should have refused the module gets to feel it. */
static int __init main_init(void)
{
	return set_count("10", NULL);
}

static void __exit main_exit(void)
{
}

module_init(main_init);
module_exit(main_exit);

MODULE_DESCRIPTION("A driver that may be built in many ways, for tests of Picket");
MODULE_LICENSE("Dual MIT/GPL");
