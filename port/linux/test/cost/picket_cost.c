/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What heap operations cost. Writing an operation's name, or "all", to the parameter `measure`
 * prints a line of batches.h for each.
 */
#include "batches.h"

#include <linux/err.h>
#include <linux/mman.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define SKB_BYTES 500
#define MANY 128

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

static const struct operation operations[] = {
	{ "kmalloc_kfree", kmalloc_kfree, 1000 },
	{ "kmalloc_variable_kfree", kmalloc_variable_kfree, 1000 },
	{ "cache_alloc_free", cache_alloc_free, 1000 },
	{ "cache_alloc_many", cache_alloc_many, 1, MANY, NULL, cache_free_many },
	{ "cache_free_many", cache_free_many, 1, MANY, cache_alloc_many, NULL },
	{ "skb_alloc_free", skb_alloc_free, 500 },
	{ "copy_to_user", copy_to, 1000 },
};

static int measure(const char *value, const struct kernel_param *param)
{
	int result;

	user = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(user))
		return -ENOMEM;
	result = measure_named(value, operations, ARRAY_SIZE(operations));
	vm_munmap(user, PAGE_SIZE);
	return result;
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
