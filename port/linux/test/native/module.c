/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Writing a name to /sys/module/picket_native/parameters/run runs that bug; reading lists those
 * that KFENCE and Picket report alike.
 */
#include "native.h"

#include <linux/module.h>
#include <linux/string.h>

static const struct bug *find(const struct bug *bug, const char *name)
{
	for (; bug->name; bug++)
		if (sysfs_streq(name, bug->name))
			return bug;
	return NULL;
}

static int run(const char *value, const struct kernel_param *param)
{
	const struct bug *bug = find(bugs, value) ?: find(contexts, value);
	int error;

	if (!bug)
		return -ENOENT;
	pr_info("picket-native: %s starts\n", bug->name);
	error = bug->run();
	pr_info("picket-native: %s ends with %d\n", bug->name, error);
	return error;
}

static int list(char *buffer, const struct kernel_param *param)
{
	const struct bug *bug;
	int used = 0;

	for (bug = bugs; bug->name; bug++)
		used += scnprintf(buffer + used, PAGE_SIZE - used, "%s\n", bug->name);
	return used;
}

static const struct kernel_param_ops run_ops = { .set = run, .get = list };

module_param_cb(run, &run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "a bug to commit; reading lists them");

MODULE_DESCRIPTION("Memory errors that KFENCE and Picket report alike");
MODULE_LICENSE("Dual MIT/GPL");

static int __init native_init(void)
{
	return 0;
}

static void __exit native_exit(void)
{
}

module_init(native_init);
module_exit(native_exit);
