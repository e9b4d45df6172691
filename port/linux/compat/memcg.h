/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Whether an accounted allocation made here would be charged to a memory cgroup. */
#ifndef PICKET_COMPAT_MEMCG_H
#define PICKET_COMPAT_MEMCG_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/sched.h>

/**
 * picket_memcg_charges() - is the current task in a memory cgroup other than the root?
 *
 * Context: that of a task.
 */
static inline bool picket_memcg_charges(void)
{
#ifdef CONFIG_MEMCG
	bool charges;

	if (current->active_memcg)
		return true;
	rcu_read_lock();
	charges = task_css(current, memory_cgrp_id)->parent;
	rcu_read_unlock();
	return charges;
#else
	return false;
#endif
}

#endif
