/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What heap operations cost, in nanoseconds of the kernel's clock; which are instructions where
 * the machine counts them (test/vm/run --icount). Writing anything to the parameter `measure`
 * prints one line per operation: its name, the least and the mean of several rounds.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define ROUNDS 5

static unsigned int repeat = 20000;
module_param(repeat, uint, 0600);

static struct kmem_cache *cache;
static void *source;
static unsigned long user;
static size_t variable_size = 64;

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

static noinline void skb_alloc_free(void)
{
	kfree_skb(alloc_skb(500, GFP_KERNEL));
}

static noinline void copy_to(void)
{
	if (copy_to_user((void __user *)user, source, READ_ONCE(variable_size)))
		WARN_ON_ONCE(1);
}

static const struct operation {
	const char *name;
	void (*run)(void);
} operations[] = {
	{ "kmalloc_kfree", kmalloc_kfree },
	{ "kmalloc_variable_kfree", kmalloc_variable_kfree },
	{ "cache_alloc_free", cache_alloc_free },
	{ "skb_alloc_free", skb_alloc_free },
	{ "copy_to_user", copy_to },
};

static u64 time_round(void (*run)(void))
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < repeat; i++)
		run();
	return ktime_get_ns() - start;
}

static void measure_one(const struct operation *operation)
{
	u64 least = U64_MAX;
	u64 sum = 0;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		u64 time = time_round(operation->run);

		least = min(least, time);
		sum += time;
	}
	least = least * 100 / repeat;
	sum = sum * 100 / repeat / ROUNDS;
	pr_info("picket-cost: %s least %llu.%02llu mean %llu.%02llu\n", operation->name,
		least / 100, least % 100, sum / 100, sum % 100);
}

static int measure(const char *value, const struct kernel_param *param)
{
	size_t i;

	user = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(user))
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		measure_one(&operations[i]);
	return 0;
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
