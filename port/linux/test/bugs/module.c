/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Writing a name to /sys/module/picket_bugs/parameters/run runs that bug. */
#include "bugs.h"

#include <linux/module.h>
#include <linux/string.h>

static const struct bug *const lists[] = { bugs_access, bugs_free, bugs_healthy, bugs_leftovers };

static int run(const char *value, const struct kernel_param *param)
{
	const struct bug *bug;
	size_t i;
	int error;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		for (bug = lists[i]; bug->name; bug++) {
			if (!sysfs_streq(value, bug->name))
				continue;
			pr_info("picket-bugs: %s starts\n", bug->name);
			error = bug->run();
			pr_info("picket-bugs: %s ends with %d\n", bug->name, error);
			return error;
		}
	}
	return -ENOENT;
}

static int list(char *buffer, const struct kernel_param *param)
{
	const struct bug *bug;
	int used = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (bug = lists[i]; bug->name; bug++)
			used += scnprintf(buffer + used, PAGE_SIZE - used, "%s\n", bug->name);
	return used;
}

static const struct kernel_param_ops run_ops = { .set = run, .get = list };

module_param_cb(run, &run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "a bug to commit; reading lists them");

MODULE_DESCRIPTION("Memory errors on purpose, for tests of Picket");
MODULE_LICENSE("Dual MIT/GPL");

static int __init bugs_init(void)
{
	return 0;
}

static void __exit bugs_exit(void)
{
}

module_init(bugs_init);
module_exit(bugs_exit);
