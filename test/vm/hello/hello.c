/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the self-test of the machine room builds and loads: it greets, or oopses when told to. */
#include <linux/module.h>

static bool oops;
module_param(oops, bool, 0);

static int __init hello_init(void)
{
	pr_info("%s\n", GREETING);
	if (oops)
		*(volatile int *)8 = 0;
	return 0;
}

static void __exit hello_exit(void)
{
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("self-test of the machine room");
MODULE_LICENSE("Dual MIT/GPL");
