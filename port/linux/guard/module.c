/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Loading and unloading, each in the one order that is safe. */
#include "module.h"
#include "code.h"
#include "hooks.h"
#include "imports.h"
#include "leftovers.h"
#include "slab.h"
#include "../base/device.h"

#include <linux/module.h>

#define DEFAULT_ALIGN ARCH_KMALLOC_MINALIGN

struct picket_platform picket_linux = {
	.deliver = picket_report,
	.say_disabled = picket_report_disabled,
};

static void fill_config(struct picket_guard_config *config)
{
	config->caps.page_bytes = PAGE_SIZE;
	config->caps.slot_pages_max = 1;
	config->classes[0].slot_pages = 1;
	config->classes[0].slots = picket_params.num_objects;
	config->class_count = 1;
	config->guard_pages = 1;
	config->align_default = DEFAULT_ALIGN;
	config->covered_percent = picket_params.skip_covered_thresh;
	config->policy = PICKET_POLICY_OFF; /* until the gate starts */
}

static int create_guard(void)
{
	struct picket_guard_config *config = kzalloc(sizeof(*config), GFP_KERNEL);
	int error;

	if (!config)
		return -ENOMEM;
	fill_config(config);
	error = picket_guard_create(&picket_linux, config, &picket_linux.guard);
	if (error == -ENOMEM)
		pr_err("no %u objects can be had in one piece of memory\n",
		       picket_params.num_objects);
	kfree(config);
	return error;
}

static int learn_kernel(void)
{
	int error = picket_imports_read() ?: picket_layout_read();

	if (error)
		return error;
	picket_code_find();
	return picket_slab_check();
}

static int install(void)
{
	int error = picket_hooks_install();

	if (error)
		return error;
	error = picket_hooks_install_alloc();
	if (error)
		picket_hooks_remove();
	return error;
}

static int __init picket_init(void)
{
	int error = learn_kernel();

	if (error)
		return error;
	error = picket_device_start("picket");
	if (error)
		goto no_device;
	error = create_guard();
	if (error)
		goto no_guard;
	error = install();
	if (error)
		goto no_hooks;
	picket_debugfs_start();
	picket_panic_start();
	picket_params_running(true);
	pr_info("initialized - %u objects, sample_interval %u us\n", picket_params.num_objects,
		picket_params.interval_us);
	return 0;

no_hooks:
	picket_guard_destroy(picket_linux.guard);
no_guard:
	picket_device_stop();
no_device:
	picket_slab_end();
	return error;
}

static void __exit picket_exit(void)
{
	picket_params_running(false);
	picket_panic_stop();
	picket_debugfs_stop();
	picket_hooks_remove_alloc();
	picket_leftovers_prepare();
	picket_hooks_remove();
	picket_guard_destroy(picket_linux.guard);
	picket_device_stop();
	picket_slab_end();
}

module_init(picket_init);
module_exit(picket_exit);

MODULE_DESCRIPTION("Sampling guard-page memory error detector, for kernels built without KFENCE");
MODULE_LICENSE("Dual MIT/GPL");
