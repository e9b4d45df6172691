/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One bug, a read of a freed object, where a report is not easily made. */
#include "native.h"

#include <linux/console.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>

#include <asm/nmi.h>

#define SIZE 32
#define THREADS 2
#define BUGS_PER_THREAD 10

static u8 *freed; /* NULL: nothing is to be done */

static bool free_one(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	kfree(object);
	WRITE_ONCE(freed, object);
	return object;
}

static noinline void use_freed(void)
{
	u8 *object = xchg(&freed, NULL);

	if (object)
		read_byte(object);
}

static void on_irq_work(struct irq_work *work)
{
	use_freed();
}

static noinline int context_interrupt(void)
{
	struct irq_work work;

	if (!free_one())
		return -EAGAIN;
	init_irq_work(&work, on_irq_work);
	irq_work_queue(&work);
	irq_work_sync(&work);
	return 0;
}

#define SLOW_MS 2500

static bool be_slow; /* the next time */
static bool is_slow; /* since then */
static bool is_over;

/* It holds the lock of all consoles. */
static void write_to_console(struct console *console, const char *text, unsigned int count)
{
	if (xchg(&be_slow, false)) {
		WRITE_ONCE(is_slow, true);
		mdelay(SLOW_MS);
	} else {
		use_freed();
	}
}

static struct console console = {
	.name = "picket",
	.write = write_to_console,
};

static void add_console(void)
{
	console.flags = CON_ENABLED;
	console.index = -1;
	register_console(&console);
}

/* A report is printed because of another bug, and there is one in printing it. */
static noinline int context_console(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	add_console();
	kfree(object);
	if (free_one())
		read_byte(object);
	unregister_console(&console);
	return READ_ONCE(freed) ? -EAGAIN : 0;
}

static int commit_meanwhile(void *unused)
{
	while (!READ_ONCE(is_slow))
		usleep_range(100, 200);
	use_freed();
	WRITE_ONCE(is_over, true);
	return 0;
}

static bool start_on(unsigned int cpu, int (*run)(void *unused))
{
	struct task_struct *task = kthread_create(run, NULL, "picket-native");

	if (IS_ERR(task))
		return false;
	kthread_bind(task, cpu);
	wake_up_process(task);
	return true;
}

/* A report is printed for longer than another CPU can wait with its own. */
static noinline int context_slow_console(void)
{
	u8 *object = guarded(SIZE, RIGHT);
	bool ready;

	kfree(object);
	if (!object || num_online_cpus() < 2 || !start_on(1, commit_meanwhile))
		return -EAGAIN;
	set_cpus_allowed_ptr(current, cpumask_of(0));
	add_console();
	ready = free_one();
	be_slow = ready;
	read_byte(object);
	WRITE_ONCE(is_slow, true);
	while (!READ_ONCE(is_over))
		msleep(10);
	unregister_console(&console);
	set_cpus_allowed_ptr(current, cpu_online_mask);
	return ready ? 0 : -EAGAIN;
}

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	use_freed();
	return NMI_DONE;
}

/* Until context_nmi_end(), the next NMI of any CPU commits the bug. */
static noinline int context_nmi(void)
{
	if (!free_one())
		return -EAGAIN;
	return register_nmi_handler(NMI_LOCAL, on_nmi, 0, "picket-native");
}

static noinline int context_nmi_end(void)
{
	unregister_nmi_handler(NMI_LOCAL, "picket-native");
	return xchg(&freed, NULL) ? -EAGAIN : 0;
}

static int commit_some(void *finished)
{
	int i;

	for (i = 0; i < BUGS_PER_THREAD; i++) {
		u8 *object = guarded(SIZE, LEFT);

		kfree(object);
		if (object)
			read_byte(object);
	}
	atomic_inc(finished);
	return 0;
}

/* Several CPUs have something to report at a time. */
static noinline int context_threads(void)
{
	static atomic_t finished;
	int i;

	atomic_set(&finished, 0);
	for (i = 0; i < THREADS; i++)
		if (IS_ERR(kthread_run(commit_some, &finished, "picket-native/%d", i)))
			atomic_inc(&finished);
	while (atomic_read(&finished) < THREADS)
		msleep(10);
	return 0;
}

static int commit_one(void *unused)
{
	if (free_one())
		use_freed();
	pr_info("picket-native: the thread goes on\n");
	return 0;
}

static int commit_in_free(void *unused)
{
	u8 *object = guarded(SIZE, LEFT);

	if (object)
		write_byte(object + SIZE);
	kfree(object);
	pr_info("picket-native: the thread goes on\n");
	return 0;
}

/* Threads that may not live to say that they are done, so nobody waits for them. */
static noinline int context_thread(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(commit_one, NULL, "picket-native"));
}

static noinline int context_thread_free(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(commit_in_free, NULL, "picket-native"));
}

const struct bug contexts[] = { { "context_interrupt", context_interrupt },
				{ "context_console", context_console },
				{ "context_slow_console", context_slow_console },
				{ "context_nmi", context_nmi },
				{ "context_nmi_end", context_nmi_end },
				{ "context_threads", context_threads },
				{ "context_thread", context_thread },
				{ "context_thread_free", context_thread_free },
				{} };
