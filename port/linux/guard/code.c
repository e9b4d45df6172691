/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "code.h"
#include "imports.h"
#include "../compat/kallsyms.h"

#include <linux/mutex.h>

#define RANGES_MAX 64

/*
 * Of all the versions that we know; a kernel has some of them.
 *
 * SLUB links a freed object into a list before __slab_free() sees it.
 */
static const char *const free_names[] = {
	"kfree",
	"kfree_bulk",
	"__kmem_cache_free",
	"kmem_cache_free",
	"kmem_cache_free_bulk",
	"slab_free_freelist_hook",
	"build_detached_freelist",
};

static const char *const allocator_names[] = {
	"__slab_free",
	"free_to_partial_list",
	"__kmem_cache_shutdown",
	"__kmem_cache_alloc_node",
	"kmem_cache_alloc",
	"kmem_cache_alloc_lru",
	"kmem_cache_alloc_node",
	"kmem_cache_alloc_bulk",
	"kmem_cache_alloc_trace",
	"kmem_cache_alloc_node_trace",
	"kmalloc_trace",
	"kmalloc_node_trace",
	"__kmalloc",
	"__kmalloc_node",
	"__kmalloc_track_caller",
	"__kmalloc_node_track_caller",
	"__do_kmalloc_node",
	"__kmalloc_cache_noprof",
	"__kmalloc_cache_node_noprof",
	"__kmalloc_noprof",
	"__kmalloc_node_noprof",
	"__kmalloc_node_track_caller_noprof",
	"kmem_cache_alloc_noprof",
	"kmem_cache_alloc_lru_noprof",
	"kmem_cache_alloc_node_noprof",
	"kmem_cache_alloc_bulk_noprof",
	"__ksize",
};

static const char *const usercopy_names[] = {
	"copy_user_generic_unrolled",
	"copy_user_generic_string",
	"copy_user_enhanced_fast_string",
	"copy_user_fast_string",
	"rep_movs_alternative",
	"__copy_user_nocache",
	"_copy_to_user",
	"_copy_from_user",
	"_copy_to_iter",
	"_copy_from_iter",
	"copyin",
	"copyout",
};

/*
 * Who makes network buffers. Kernels that do not expect KFENCE reckon that two buffers which were
 * asked for with the same size are equally large, and go wrong in their accounting if not.
 */
static const char *const resizer_names[] = {
	"__alloc_skb",
	"pskb_expand_head",
	"pskb_carve_inside_header",
	"pskb_carve_inside_nonlinear",
};

/* Kernels with this function do expect it. */
#define RESIZERS_ARE_CAREFUL "__skb_unclone_keeptruesize"

static const struct {
	const char *const *names;
	size_t count;
	const char *unless; /* there is this symbol */
} kinds[PICKET_CODE_COUNT] = {
	[PICKET_CODE_ALLOCATOR] = { allocator_names, ARRAY_SIZE(allocator_names) },
	[PICKET_CODE_FREE] = { free_names, ARRAY_SIZE(free_names) },
	[PICKET_CODE_USERCOPY] = { usercopy_names, ARRAY_SIZE(usercopy_names) },
	[PICKET_CODE_RESIZER] = { resizer_names, ARRAY_SIZE(resizer_names), RESIZERS_ARE_CAREFUL },
};

/* What a compiler appends to the name of a function that it has changed. */
static const char *const suffixes[] = { "", ".constprop.0", ".isra.0", ".part.0" };

static struct {
	struct {
		unsigned long start;
		unsigned long bytes;
	} range[RANGES_MAX];
	unsigned int count;
} code[PICKET_CODE_COUNT];

static void range_add(enum picket_code kind, unsigned long start)
{
	unsigned long bytes, offset;

	if (code[kind].count >= RANGES_MAX ||
	    !picket_kernel.kallsyms_lookup_size_offset(start, &bytes, &offset))
		return;
	code[kind].range[code[kind].count].start = start;
	code[kind].range[code[kind].count].bytes = bytes;
	code[kind].count++;
}

static bool is_suffix(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (!strcmp(text, suffixes[i]))
			return true;
	return false;
}

static bool is_of_kind(enum picket_code kind, const char *symbol)
{
	size_t i;

	for (i = 0; i < kinds[kind].count; i++) {
		const char *name = kinds[kind].names[i];

		if (symbol[0] == name[0] && str_has_prefix(symbol, name) &&
		    is_suffix(symbol + strlen(name)))
			return true;
	}
	return false;
}

static PICKET_SYMBOL_VISITOR(visit)
{
	bool *wanted = context;
	int kind;

	for (kind = 0; kind < PICKET_CODE_COUNT; kind++)
		if (wanted[kind] && is_of_kind(kind, symbol))
			range_add(kind, address);
	return 0;
}

/* Once through all symbols: on some kernels finding a single one takes just as long. */
void picket_code_find(void)
{
	bool wanted[PICKET_CODE_COUNT];
	int kind;

	for (kind = 0; kind < PICKET_CODE_COUNT; kind++)
		wanted[kind] = !kinds[kind].unless ||
			       !picket_kernel.kallsyms_lookup_name(kinds[kind].unless);
	mutex_lock(picket_kernel.module_mutex);
	picket_kernel.kallsyms_on_each_symbol((void *)visit, wanted);
	mutex_unlock(picket_kernel.module_mutex);
}

bool picket_code_has(enum picket_code kind)
{
	return code[kind].count;
}

static bool is_listed(enum picket_code kind, unsigned long address)
{
	unsigned int i;

	for (i = 0; i < code[kind].count; i++)
		if (address - code[kind].range[i].start < code[kind].range[i].bytes)
			return true;
	return false;
}

bool picket_code_is(enum picket_code kind, unsigned long address)
{
	if (kind == PICKET_CODE_ALLOCATOR && is_listed(PICKET_CODE_FREE, address))
		return true;
	return is_listed(kind, address);
}
