/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* When the kernel dies, changed canaries of live objects may tell why. */
#include "module.h"

#include <linux/kernel.h>
#include <linux/notifier.h>
#ifdef PICKET_HAVE_PANIC_NOTIFIER_H
#include <linux/panic_notifier.h>
#endif

static int check_all(struct notifier_block *block, unsigned long event, void *message)
{
	picket_guard_sweep(picket_linux.guard, picket_params.num_objects, PICKET_FOUND_PANIC);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = check_all };

void picket_panic_start(void)
{
	if (picket_params.check_on_panic)
		atomic_notifier_chain_register(&panic_notifier_list, &notifier);
}

void picket_panic_stop(void)
{
	if (picket_params.check_on_panic)
		atomic_notifier_chain_unregister(&panic_notifier_list, &notifier);
}
