/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Loading and unloading, each in the one order that is safe. */
#include "module.h"
#include "heap.h"
#include "imports.h"
#include "shadow.h"
#include "tracepoints.h"
#include "../base/device.h"

#include <linux/module.h>

struct picket_platform picket_linux;

static int add_own_probes(void)
{
	int error = picket_tracepoints_add("page_fault_kernel", picket_fault_probe) ?:
			    picket_tracepoints_add("sched_process_exit", picket_exit_probe);

	if (error)
		pr_err("page faults or exits of tasks cannot be traced (error %d)\n", error);
	return error;
}

static int add_heap_probe(const struct picket_heap_probe *probe)
{
	int error = picket_tracepoints_add(probe->event, probe->function);

	if (!error || error == -ENOENT)
		return 0;
	pr_err("the event %s cannot be traced (error %d)\n", probe->event, error);
	return error;
}

static int add_probes(void)
{
	const struct picket_heap_probe *probe = picket_heap_probes;
	int error = add_own_probes();

	for (; probe->event && !error; probe++)
		error = add_heap_probe(probe);
	return error;
}

static int start_detector(void)
{
	const struct picket_shadow_config config = {
		.quarantine_bytes = (uptr)picket_params.quarantine_kib << 10,
		.stacks_bytes = picket_params.stacks ? (uptr)picket_params.stacks_kib << 10 : 0,
		.multi_shot = picket_params.multi_shot,
	};
	int error = picket_shadow_start(&picket_linux, &config);

	if (error)
		pr_err("there is no memory for %u KiB of stacks\n", picket_params.stacks_kib);
	return error;
}

/* Drivers come only when we are there, as they need our symbols; so the rest is in any order. */
static int start_watching(void)
{
	int error = picket_heap_start();

	if (error)
		return error;
	error = add_probes() ?: picket_modules_start();
	if (!error)
		return 0;
	picket_tracepoints_remove();
	picket_shadow_stop();
	picket_heap_stop();
	return error;
}

static int start_in_shadow(void)
{
	int error = picket_unwind_start();

	if (error)
		return error;
	error = start_detector();
	if (error)
		goto no_detector;
	error = start_watching();
	if (!error)
		return 0;
	picket_shadow_stop();
no_detector:
	picket_unwind_stop();
	return error;
}

static int start(void)
{
	int error = picket_room_reserve();

	if (error)
		return error;
	error = start_in_shadow();
	if (error)
		picket_room_release();
	return error;
}

static int __init picket_init(void)
{
	int error = picket_imports_read() ?: picket_device_start("picket-kasan");

	if (error)
		return error;
	error = start();
	if (error) {
		picket_device_stop();
		return error;
	}
	picket_debugfs_start();
	picket_params_running(true);
	pr_info("initialized (generic)\n");
	return 0;
}

static void __exit picket_exit(void)
{
	picket_params_running(false);
	picket_debugfs_stop();
	picket_modules_stop();
	picket_tracepoints_remove();
	picket_shadow_stop();
	picket_heap_stop();
	picket_unwind_stop();
	picket_room_release();
	picket_device_stop();
}

module_init(picket_init);
module_exit(picket_exit);

MODULE_DESCRIPTION("KASAN for single modules, on kernels built without KASAN");
MODULE_LICENSE("Dual MIT/GPL");
