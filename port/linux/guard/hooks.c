/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "hooks.h"

#include "handlers.h"
#include "imports.h"
#include "probes.h"
#include "../compat/ftrace.h"

#include <linux/export.h>
#include <linux/rcupdate.h>

/* The trampolines read them, and tests that want to know which objects are guarded. */
unsigned long picket_pool_start;
unsigned long picket_pool_bytes;
EXPORT_SYMBOL_GPL(picket_pool_start);
EXPORT_SYMBOL_GPL(picket_pool_bytes);

struct hook {
	const char *symbol;
	void (*trampoline)(void);
	picket_handler handler; /* what the trampoline calls, where a probe may do it instead */
	bool optional;		/* not every kernel has it, or needs it */
	bool only_init_on_free;
	struct picket_direct direct;
};

/*
 * Where freed memory is wiped, the wiping comes before __slab_free() and does not stop at the end
 * of a small object, so there we must be at the door.
 */
static struct hook hooks[] = {
	{ "bad_area_nosemaphore", picket_enter_fault },
	{ "__slab_free", picket_enter_slab_free },
	{ "kfree", picket_enter_kfree, .only_init_on_free = true },
	{ "kmem_cache_free", picket_enter_cache_free, .only_init_on_free = true },
	{ "kmem_cache_free_bulk", picket_enter_bulk_free, .only_init_on_free = true },
	{ "__ksize", picket_enter_ksize },
	{ "krealloc_noprof", picket_enter_krealloc, .optional = true },
	{ "__check_heap_object", picket_enter_usercopy },
	{ "__kmem_cache_shutdown", picket_enter_cache_destroy },
	{}
};

#define ALLOC(symbol, name)                                                                        \
	{                                                                                          \
		symbol, picket_enter_##name, picket_on_##name                                      \
	}

/* Kernels cut the allocator differently; the first function of a set tells if it is this one. */
static struct hook allocs_one_core[] = { ALLOC("__kmem_cache_alloc_node", kmalloc_node_size),
					 ALLOC("kmem_cache_alloc", cache_alloc),
					 ALLOC("kmem_cache_alloc_lru", cache_alloc_lru),
					 ALLOC("kmem_cache_alloc_node", cache_alloc),
					 {} };

static struct hook allocs_profiled[] = { ALLOC("__kmalloc_cache_noprof", kmalloc_size),
					 ALLOC("__kmalloc_cache_node_noprof", kmalloc_node_size),
					 ALLOC("__kmalloc_noprof", kmalloc),
					 ALLOC("__kmalloc_node_noprof", kmalloc_bucket),
					 ALLOC("__kmalloc_node_track_caller_noprof",
					       kmalloc_bucket),
					 ALLOC("kmem_cache_alloc_noprof", cache_alloc),
					 ALLOC("kmem_cache_alloc_lru_noprof", cache_alloc_lru),
					 ALLOC("kmem_cache_alloc_node_noprof", cache_alloc),
					 {} };

static struct hook allocs_traced[] = { ALLOC("kmem_cache_alloc_trace", kmalloc_size),
				       ALLOC("kmem_cache_alloc_node_trace", kmalloc_node_size),
				       ALLOC("__kmalloc", kmalloc),
				       ALLOC("__kmalloc_node", kmalloc),
				       ALLOC("__kmalloc_track_caller", kmalloc),
				       ALLOC("__kmalloc_node_track_caller", kmalloc),
				       ALLOC("kmem_cache_alloc", cache_alloc),
				       ALLOC("kmem_cache_alloc_node", cache_alloc),
				       {} };

static struct hook *const alloc_sets[] = { allocs_one_core, allocs_profiled, allocs_traced };

static struct hook *allocs; /* the set of this kernel */

static bool wanted(const struct hook *hook)
{
	return !hook->only_init_on_free || want_init_on_free();
}

static void remove(struct hook *hook)
{
	if (!hook->direct.trampoline)
		return;
	if (picket_direct_unregister(&hook->direct))
		pr_err("the hook of %s cannot be removed\n", hook->symbol);
	hook->direct.trampoline = 0;
}

static int install(struct hook *hook)
{
	int error = -ENOENT;

	hook->direct.function = picket_kernel.kallsyms_lookup_name(hook->symbol);
	if (!hook->direct.function && hook->optional)
		return 0;
	hook->direct.trampoline = (unsigned long)hook->trampoline;
	if (hook->direct.function)
		error = picket_direct_register(&hook->direct);
	if (!error)
		return 0;
	hook->direct.trampoline = 0;
	pr_err("the kernel function %s cannot be hooked (error %d)\n", hook->symbol, error);
	return error;
}

/* A task may have been preempted inside a trampoline or a handler. */
static void remove_set(struct hook *set)
{
	for (; set->symbol; set++)
		remove(set);
	synchronize_rcu_tasks();
}

static int install_set(struct hook *set)
{
	struct hook *hook;
	int error;

	for (hook = set; hook->symbol; hook++) {
		error = wanted(hook) ? install(hook) : 0;
		if (error) {
			remove_set(set);
			return error;
		}
	}
	return 0;
}

int picket_hooks_install(void)
{
	picket_guard_range(picket_linux.guard, &picket_pool_start, &picket_pool_bytes);
	return install_set(hooks);
}

static int probe_set(const struct hook *set)
{
	const struct hook *hook;
	int error;

	for (hook = set; hook->symbol; hook++) {
		error = picket_probes_add(hook->symbol, hook->handler);
		if (!error)
			continue;
		pr_err("the kernel function %s cannot be probed (error %d)\n", hook->symbol, error);
		picket_probes_remove();
		return error;
	}
	picket_probes_start();
	return 0;
}

static bool by_probe(void)
{
	return picket_params.sample_by == PICKET_BY_PROBE;
}

int picket_hooks_install_alloc(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(alloc_sets); i++) {
		allocs = alloc_sets[i];
		if (picket_kernel.kallsyms_lookup_name(allocs->symbol))
			return by_probe() ? probe_set(allocs) : install_set(allocs);
	}
	pr_err("this kernel allocates by functions that are not known\n");
	return -ENOENT;
}

void picket_hooks_remove_alloc(void)
{
	if (by_probe())
		picket_probes_remove();
	else
		remove_set(allocs);
}

void picket_hooks_remove(void)
{
	remove_set(hooks);
	picket_free_settle();
}
