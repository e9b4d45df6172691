# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Which names and arguments the kernel's allocators and their events have. After probe.mk.
ccflags-y += $(call picket_has, slab.h, __kmalloc_noprof, NOPROF)
ccflags-y += $(call picket_has, slab.h, kmem_cache_alloc_trace, CACHE_ALLOC_TRACE)
ccflags-y += $(call picket_has, slab.h, \<kmalloc_trace\>, KMALLOC_TRACE)
ccflags-y += $(call picket_has, slab.h, __kmalloc_cache_noprof, KMALLOC_CACHE)
ccflags-y += $(call picket_has, slab.h, kmalloc_order_trace, KMALLOC_ORDER)
ccflags-y += $(call picket_has, slab.h, \*__kmalloc_track_caller, KMALLOC_TRACK_CALLER)
ccflags-y += $(call picket_has, slab.h, kmem_cache_alloc_lru, CACHE_ALLOC_LRU)
ccflags-y += $(call picket_has, slab.h, struct kmem_cache_args, CACHE_ARGS)
ccflags-y += $(call picket_has, slab.h, kvrealloc_noprof.const void \*p. size_t size, KVREALLOC_NEW_SIZE)
ccflags-y += $(call picket_has, string.h, kmemdup_array, KMEMDUP_ARRAY)
ccflags-y += $(call picket_has, string.h, kvmemdup, KVMEMDUP)
ccflags-y += $(call picket_has, string.h, strlcpy, STRLCPY)
ccflags-y += $(call picket_has, string.h, sized_strscpy, SIZED_STRSCPY)
ccflags-y += $(call picket_has, rcutree.h, kvfree_call_rcu.*void \*ptr, FREE_RCU_POINTER)
ccflags-y += $(call picket_has, vmalloc.h, vmalloc_huge, VMALLOC_HUGE)
ccflags-y += $(call picket_has, mempool.h, mempool_alloc_preallocated, POOL_PREALLOCATED)
ccflags-y += $(call picket_has, mempool.h, mempool_kvmalloc, POOL_KVMALLOC)
# The event that comes before the free has the cache as an argument.
ccflags-y += $(call picket_has, ../trace/events/kmem.h, const void \*ptr. const struct kmem_cache \*s, CACHE_FREE_EVENT)
ccflags-y += $(call picket_has, ../trace/events/kmem.h, DECLARE_EVENT_CLASS.kmem_alloc_node, ALLOC_NODE_EVENT)
ccflags-y += $(call picket_has, kthread.h, kthread_complete_and_exit, KTHREAD_EXIT)
