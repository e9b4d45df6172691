/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What heap operations cost, in nanoseconds of the kernel's clock; which are instructions where
 * the machine counts them (test/vm/run --icount). Writing an operation's name, or "all", to the
 * parameter `measure` prints one line for each: its name, how many were done, the cheapest batch's
 * cost for one, and the mean of all batches.
 *
 * A batch is shorter than the time between two ticks of the kernel's timer, so some batches have
 * none in them: the cheapest is the operation and nothing else. The mean has in it whatever
 * happened meanwhile: ticks, samples, the work that both lead to.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define SKB_BYTES 500
#define MANY 128

static unsigned int batches = 1000;
module_param(batches, uint, 0600);

static struct kmem_cache *cache;
static void *source;
static unsigned long user;
static size_t variable_size = 64;
static void *objects[MANY];

static noinline void kmalloc_kfree(void)
{
	kfree(kmalloc(64, GFP_KERNEL));
}

static noinline void kmalloc_variable_kfree(void)
{
	kfree(kmalloc(READ_ONCE(variable_size), GFP_KERNEL));
}

static noinline void cache_alloc_free(void)
{
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
}

/* More than a slab holds, so most frees take the slow path. */
static noinline void cache_alloc_many(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
}

static noinline void cache_free_many(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		kmem_cache_free(cache, objects[i]);
}

static noinline void skb_alloc_free(void)
{
	kfree_skb(alloc_skb(SKB_BYTES, GFP_KERNEL));
}

static noinline void copy_to(void)
{
	if (copy_to_user((void __user *)user, source, READ_ONCE(variable_size)))
		WARN_ON_ONCE(1);
}

static const struct operation {
	const char *name;
	void (*run)(void);
	unsigned int runs;    /* in a batch */
	unsigned int does;    /* so many of what it is named for in one run; 0 is 1 */
	void (*before)(void); /* a batch, not measured */
	void (*after)(void);  /* the same */
} operations[] = {
	{ "kmalloc_kfree", kmalloc_kfree, 1000 },
	{ "kmalloc_variable_kfree", kmalloc_variable_kfree, 1000 },
	{ "cache_alloc_free", cache_alloc_free, 1000 },
	{ "cache_alloc_many", cache_alloc_many, 1, MANY, NULL, cache_free_many },
	{ "cache_free_many", cache_free_many, 1, MANY, cache_alloc_many, NULL },
	{ "skb_alloc_free", skb_alloc_free, 500 },
	{ "copy_to_user", copy_to, 1000 },
};

static u64 time_batch(const struct operation *operation)
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

static void measure_one(const struct operation *operation)
{
	unsigned int in_batch = operation->runs * (operation->does ?: 1);
	u64 least = U64_MAX;
	u64 sum = 0;
	unsigned int i;

	/* What is slow the first time only is not measured. */
	time_batch(operation);
	for (i = 0; i < batches; i++) {
		u64 time = time_batch(operation);

		least = min(least, time);
		sum += time;
		cond_resched();
	}
	least = div_u64(least * 100, in_batch);
	sum = div64_u64(sum * 100, (u64)in_batch * batches);
	pr_info("picket-cost: %s count %llu least %llu.%02llu mean %llu.%02llu\n", operation->name,
		(u64)in_batch * batches, least / 100, least % 100, sum / 100, sum % 100);
}

static int measure(const char *value, const struct kernel_param *param)
{
	bool found = false;
	size_t i;

	user = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(user))
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(operations); i++) {
		if (!sysfs_streq(value, "all") && !sysfs_streq(value, operations[i].name))
			continue;
		measure_one(&operations[i]);
		found = true;
	}
	vm_munmap(user, PAGE_SIZE);
	return found ? 0 : -ENOENT;
}

static const struct kernel_param_ops measure_ops = { .set = measure };
module_param_cb(measure, &measure_ops, NULL, 0200);

static void construct(void *object)
{
}

static int __init cost_init(void)
{
	cache = kmem_cache_create("picket-cost", 192, 8, 0, construct);
	source = kzalloc(64, GFP_KERNEL);
	return cache && source ? 0 : -ENOMEM;
}

static void __exit cost_exit(void)
{
	kfree(source);
	kmem_cache_destroy(cache);
}

module_init(cost_init);
module_exit(cost_exit);
MODULE_DESCRIPTION("Measures heap operations, for Picket");
MODULE_LICENSE("Dual MIT/GPL");
