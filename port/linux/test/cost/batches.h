/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an operation costs, in nanoseconds of the kernel's clock; which are instructions where the
 * machine counts them (test/vm/run --icount). One line for each operation: its name, how many were
 * done, the cheapest batch's cost for one, the mean of all batches, and their median.
 *
 * A batch is shorter than the time between two ticks of the kernel's timer, so most batches have
 * none in them: the cheapest is the operation and nothing else, the median the operation as it
 * mostly is. The mean has in it whatever happened meanwhile: ticks, samples, the work that both
 * lead to.
 */
#ifndef PICKET_TEST_BATCHES_H
#define PICKET_TEST_BATCHES_H

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

struct operation {
	const char *name;
	void (*run)(void);
	unsigned int runs;    /* in a batch */
	unsigned int does;    /* so many of what it is named for in one run; 0 is 1 */
	void (*before)(void); /* a batch, not measured */
	void (*after)(void);  /* the same */
};

static unsigned int batches = 1000;
module_param(batches, uint, 0600);

/* Come before those that are measured: at first things are slow, or cheap while there is room. */
static unsigned int warm = 1;
module_param(warm, uint, 0600);

/* Where the module is instrumented, only its operations are to be. */
static __no_sanitize_address u64 time_batch(const struct operation *operation)
{
	unsigned int i;
	u64 start, time;

	if (operation->before)
		operation->before();
	start = ktime_get_ns();
	for (i = 0; i < operation->runs; i++)
		operation->run();
	time = ktime_get_ns() - start;
	if (operation->after)
		operation->after();
	return time;
}

static int compare_times(const void *a, const void *b)
{
	u64 first = *(const u64 *)a, second = *(const u64 *)b;

	return first < second ? -1 : first > second;
}

static void print_operation(const struct operation *operation, u64 *times)
{
	unsigned int in_batch = operation->runs * (operation->does ?: 1);
	u64 least, mean, median, sum = 0;
	unsigned int i;

	for (i = 0; i < batches; i++)
		sum += times[i];
	sort(times, batches, sizeof(*times), compare_times, NULL);
	least = div_u64(times[0] * 100, in_batch);
	median = div_u64(times[batches / 2] * 100, in_batch);
	mean = div64_u64(sum * 100, (u64)in_batch * batches);
	pr_info("picket-cost: %s count %llu least %llu.%02llu mean %llu.%02llu median "
		"%llu.%02llu\n",
		operation->name, (u64)in_batch * batches, least / 100, least % 100, mean / 100,
		mean % 100, median / 100, median % 100);
}

static int measure_one(const struct operation *operation)
{
	u64 *times = kmalloc_array(batches, sizeof(*times), GFP_KERNEL);
	unsigned int i;

	if (!times)
		return -ENOMEM;
	for (i = 0; i < warm; i++) {
		time_batch(operation);
		cond_resched();
	}
	for (i = 0; i < batches; i++) {
		times[i] = time_batch(operation);
		cond_resched();
	}
	print_operation(operation, times);
	kfree(times);
	return 0;
}

/* measure_named() - one operation, or "all". */
static int measure_named(const char *name, const struct operation *operations, size_t count)
{
	int result = -ENOENT;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!sysfs_streq(name, "all") && !sysfs_streq(name, operations[i].name))
			continue;
		result = measure_one(&operations[i]);
		if (result)
			break;
	}
	return result;
}

#endif
