/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Calls in other contexts and on other stacks. */
#include "conformance.h"

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

struct call {
	struct rcu_head rcu;
	struct work_struct work;
	void (*function)(void *argument);
	void *argument;
};

static void call_by_rcu(struct rcu_head *head)
{
	struct call *call = container_of(head, struct call, rcu);

	call->function(call->argument);
}

void sh_after_grace(void (*function)(void *), void *argument)
{
	static struct call call;

	call.function = function;
	call.argument = argument;
	call_rcu(&call.rcu, call_by_rcu);
	rcu_barrier();
}

static void call_by_work(struct work_struct *work)
{
	struct call *call = container_of(work, struct call, work);

	call->function(call->argument);
}

void sh_work(void (*function)(void *), void *argument)
{
	static struct call call;

	call.function = function;
	call.argument = argument;
	INIT_WORK(&call.work, call_by_work);
	schedule_work(&call.work);
	flush_work(&call.work);
}

/*
 * The kernel has no jumps over frames, but tasks that end in the depth. Their stacks are used again
 * for the next ones.
 */

static DECLARE_COMPLETION(jumped);

static int run_until_jump(void *data)
{
	void (*function)(void) = data;

	function();
	complete(&jumped);
	return 0;
}

void sh_jump_over(void (*function)(void))
{
	struct task_struct *task = kthread_run(run_until_jump, function, "picket_jump");

	if (sh_check(!IS_ERR(task)))
		wait_for_completion(&jumped);
}

void sh_jump_back(void)
{
#ifdef PICKET_HAVE_KTHREAD_EXIT
	kthread_complete_and_exit(&jumped, 0);
#else
	complete_and_exit(&jumped, 0);
#endif
	unreachable();
}
