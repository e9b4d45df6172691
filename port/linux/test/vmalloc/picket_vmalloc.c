/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What mapped areas cost, by tests of the shape that the kernel's own benchmark of vmalloc has, to
 * be built plain and instrumented. Writing a test's name, or "all", to the parameter `measure`
 * runs it on the first `cpus` CPUs at the same time, and prints what one loop took of the kernel's
 * clock. Writing 1 to `hold` makes many areas, and 0 frees them.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define AREAS 4096
#define WORKERS_MAX 8
#define HUGE_BYTES PMD_SIZE

/* Of the cheapest test, on each CPU. */
static unsigned int loops = 1000;
module_param(loops, uint, 0600);

/* So many times as many come before, not measured, until addresses are used again. */
static unsigned int warm = 1;
module_param(warm, uint, 0600);

static unsigned int cpus = 1;
module_param(cpus, uint, 0600);

struct worker {
	const struct test *test;
	struct task_struct *task;
	struct completion *start;
	struct completion ready, done;
	unsigned int loops;
	u32 random;
	unsigned int failed;
	void *live[AREAS]; /* beside what is measured */
};

struct test {
	const char *name;
	void (*once)(struct worker *worker);
	void (*before)(struct worker *worker); /* not measured */
	unsigned int weight;		       /* so many times the loops may be fewer */
};

static u32 random_below(struct worker *worker, u32 limit)
{
	worker->random = worker->random * 1664525 + 1013904223;
	return (worker->random >> 8) % limit;
}

static void touch(struct worker *worker, u8 *area)
{
	if (area)
		WRITE_ONCE(*area, 1);
	else
		worker->failed++;
}

static void alloc_and_free(struct worker *worker, unsigned long bytes)
{
	u8 *area = vmalloc(bytes);

	touch(worker, area);
	vfree(area);
}

static void fix_size(struct worker *worker)
{
	alloc_and_free(worker, 3 * PAGE_SIZE);
}

static void one_page(struct worker *worker)
{
	alloc_and_free(worker, PAGE_SIZE);
}

static void many_and_one(struct worker *worker)
{
	u8 *many = vmalloc(100 * PAGE_SIZE);
	u8 *one = vmalloc(PAGE_SIZE);

	touch(worker, many);
	touch(worker, one);
	vfree(many);
	vfree(one);
}

static void random_size(struct worker *worker)
{
	alloc_and_free(worker, (1 + random_below(worker, 100)) * PAGE_SIZE);
}

#ifdef PICKET_HAVE_VMALLOC_HUGE
/* The only areas with an alignment that a module can ask for. */
static void alloc_and_free_huge(struct worker *worker, unsigned long bytes)
{
	u8 *area = vmalloc_huge(bytes, GFP_KERNEL);

	touch(worker, area);
	vfree(area);
}

static void fix_align(struct worker *worker)
{
	alloc_and_free_huge(worker, HUGE_BYTES);
}

static void random_size_align(struct worker *worker)
{
	alloc_and_free_huge(worker, HUGE_BYTES + random_below(worker, 100) * PAGE_SIZE);
}
#endif

static void fill(struct worker *worker)
{
	int i;

	for (i = 0; i < AREAS; i++) {
		worker->live[i] = vmalloc(PAGE_SIZE);
		touch(worker, worker->live[i]);
	}
}

/* Between areas are gaps as large as one. */
static void fill_with_gaps(struct worker *worker)
{
	int i;

	fill(worker);
	for (i = 1; i < AREAS; i += 2) {
		vfree(worker->live[i]);
		worker->live[i] = NULL;
	}
}

static const struct test tests[] = {
	{ "fix_size", fix_size, NULL, 1 },
	{ "full_fit", one_page, fill_with_gaps, 1 },
	{ "long_busy_list", many_and_one, fill, 10 },
	{ "random_size", random_size, NULL, 10 },
#ifdef PICKET_HAVE_VMALLOC_HUGE
	{ "fix_align", fix_align, NULL, 50 },
	{ "random_size_align", random_size_align, NULL, 50 },
#endif
};

static void repeat(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < worker->loops; i++) {
		worker->test->once(worker);
		cond_resched();
	}
}

static void warm_up(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < max(warm / worker->test->weight, 1u); i++)
		repeat(worker);
}

static int work(void *data)
{
	struct worker *worker = data;

	warm_up(worker);
	complete(&worker->ready);
	wait_for_completion(worker->start);
	repeat(worker);
	complete(&worker->done);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static void free_areas(struct worker *worker)
{
	int i;

	for (i = 0; i < AREAS; i++) {
		vfree(worker->live[i]);
		worker->live[i] = NULL;
	}
}

static void put_worker(struct worker *worker)
{
	free_areas(worker);
	kfree(worker);
}

static struct worker *get_worker(const struct test *test, unsigned int cpu,
				 struct completion *start)
{
	struct worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);

	if (!worker)
		return NULL;
	worker->test = test;
	worker->start = start;
	worker->loops = max(loops / test->weight, 1u);
	worker->random = cpu;
	init_completion(&worker->ready);
	init_completion(&worker->done);
	if (test->before)
		test->before(worker);
	worker->task = kthread_create(work, worker, "picket-vmalloc/%u", cpu);
	if (IS_ERR(worker->task)) {
		put_worker(worker);
		return NULL;
	}
	kthread_bind(worker->task, cpu);
	return worker;
}

static u64 time_workers(struct worker **workers, unsigned int count, struct completion *start)
{
	unsigned int i;
	u64 time;

	for (i = 0; i < count; i++)
		wake_up_process(workers[i]->task);
	for (i = 0; i < count; i++)
		wait_for_completion(&workers[i]->ready);
	time = ktime_get_ns();
	complete_all(start);
	for (i = 0; i < count; i++)
		wait_for_completion(&workers[i]->done);
	return ktime_get_ns() - time;
}

static void print_test(const struct test *test, u64 count, u64 time, unsigned int failed)
{
	u64 each = div64_u64(time * 100, count);

	pr_info("picket-cost: %s count %llu each %llu.%02llu failed %u\n", test->name, count,
		each / 100, each % 100, failed);
}

static int run_test(const struct test *test)
{
	DECLARE_COMPLETION_ONSTACK(start);
	struct worker *workers[WORKERS_MAX];
	unsigned int count, i, failed = 0;
	u64 time, done = 0;

	for (count = 0; count < cpus; count++) {
		workers[count] = get_worker(test, count, &start);
		if (!workers[count])
			break;
	}
	if (!count)
		return -ENOMEM;
	time = time_workers(workers, count, &start);
	for (i = 0; i < count; i++) {
		kthread_stop(workers[i]->task);
		done += workers[i]->loops;
		failed += workers[i]->failed;
		put_worker(workers[i]);
	}
	print_test(test, done, time, failed);
	return count == cpus ? 0 : -ENOMEM;
}

static int measure(const char *value, const struct kernel_param *param)
{
	int result = -ENOENT;
	size_t i;

	if (!cpus || cpus > min(num_online_cpus(), (unsigned int)WORKERS_MAX))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!sysfs_streq(value, "all") && !sysfs_streq(value, tests[i].name))
			continue;
		result = run_test(&tests[i]);
		if (result)
			break;
	}
	return result;
}

static const struct kernel_param_ops measure_ops = { .set = measure };
module_param_cb(measure, &measure_ops, NULL, 0200);

static struct worker holder;

static int hold(const char *value, const struct kernel_param *param)
{
	bool on;
	int error = kstrtobool(value, &on);

	if (error)
		return error;
	free_areas(&holder);
	if (on)
		fill(&holder);
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = hold };
module_param_cb(hold, &hold_ops, NULL, 0200);

static int __init vmalloc_test_init(void)
{
	return 0;
}

static void __exit vmalloc_test_exit(void)
{
	free_areas(&holder);
}

module_init(vmalloc_test_init);
module_exit(vmalloc_test_exit);
MODULE_DESCRIPTION("Measures mapped areas, for Picket");
MODULE_LICENSE("Dual MIT/GPL");
