/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stacks: where they are, and what remains on that of a task which dies. */
#include "module.h"
#include "imports.h"
#include "shadow.h"

#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include <asm/stacktrace.h>

static bool is_on(const struct task_struct *task, unsigned long address, unsigned long *low,
		  unsigned long *high)
{
	*low = (unsigned long)task_stack_page(task);
	*high = *low + THREAD_SIZE;
	return *low && address - *low < THREAD_SIZE;
}

bool picket_stack_around(unsigned long address, unsigned long *low, unsigned long *high)
{
	struct stack_info info = {};
	unsigned long visited = 0;
	bool known;

	if (is_on(current, address, low, high))
		return true;
	preempt_disable();
	known = !picket_imports.get_stack_info((unsigned long *)address, current, &info, &visited);
	preempt_enable();
	*low = (unsigned long)info.begin;
	*high = (unsigned long)info.end;
	return known;
}

bool picket_plat_this_stack(struct picket_platform *platform, uptr *low, uptr *high)
{
	unsigned long first, end;

	if (!picket_stack_around((unsigned long)__builtin_frame_address(0), &first, &end))
		return false;
	*low = first;
	*high = end;
	return true;
}

bool picket_plat_stack_of(struct picket_platform *platform, uptr address, uptr *low, uptr *high)
{
	struct task_struct *process, *thread;
	unsigned long first, end;
	bool found;

	found = picket_stack_around(address, &first, &end);
	rcu_read_lock();
	for_each_process_thread(process, thread) {
		if (found)
			break;
		found = is_on(thread, address, &first, &end);
	}
	rcu_read_unlock();
	*low = first;
	*high = end;
	return found;
}

/* Frames of a task that an oops or an exit has ended are never left. The stack is used again. */
void picket_exit_probe(void *unused, struct task_struct *task)
{
	unsigned long low = (unsigned long)task_stack_page(current);

	picket_shadow_stack_clean(low, low + THREAD_SIZE);
}
