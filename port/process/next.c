/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "next.h"

#include "libc.h"
#include "thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define AREA_BYTES 65536
#define AREA_ALIGN 16

/*
 * What the dynamic linker allocates while it looks the next allocator up. glibc since 2.34 asks
 * for nothing then. Never given back: it is a few hundred bytes, once.
 */
static struct {
	alignas(AREA_ALIGN) unsigned char bytes[AREA_BYTES];
	size_t used;
} area;

/* Every object of the area is preceded by its size. */
static void *area_alloc(size_t size)
{
	size_t need = (size + 2 * AREA_ALIGN - 1) & ~(size_t)(AREA_ALIGN - 1);
	size_t start;

	if (size > AREA_BYTES)
		return NULL;
	start = __atomic_fetch_add(&area.used, need, __ATOMIC_RELAXED);
	if (start + need > AREA_BYTES)
		return NULL;
	memcpy(area.bytes + start, &size, sizeof(size));
	return area.bytes + start + AREA_ALIGN;
}

static bool area_owns(const void *address)
{
	return (picket_uptr)address - (picket_uptr)area.bytes < AREA_BYTES;
}

static size_t area_size(const void *address)
{
	size_t size;

	memcpy(&size, (const unsigned char *)address - AREA_ALIGN, sizeof(size));
	return size;
}

/*
 * The first call of each function comes here, and so do the calls that the dynamic linker makes
 * while we resolve: those the area serves.
 */
static bool resolved_for_caller(void)
{
	picket_next_resolve();
	return !picket_thread.resolving;
}

static void *first_malloc(size_t size)
{
	return resolved_for_caller() ? picket_next.malloc(size) : area_alloc(size);
}

static void *first_calloc(size_t count, size_t size)
{
	size_t bytes;

	if (resolved_for_caller())
		return picket_next.calloc(count, size);
	return __builtin_mul_overflow(count, size, &bytes) ? NULL : area_alloc(bytes);
}

static void first_free(void *address)
{
	if (address && resolved_for_caller() && !area_owns(address))
		picket_next.free(address);
}

static void *first_realloc(void *address, size_t size)
{
	bool resolved = resolved_for_caller();
	void *moved;

	if (resolved && !area_owns(address))
		return picket_next.realloc(address, size);
	moved = resolved ? picket_next.malloc(size) : area_alloc(size);
	if (moved && address)
		memcpy(moved, address, area_size(address) < size ? area_size(address) : size);
	return moved;
}

static void *first_memalign(size_t align, size_t size)
{
	return resolved_for_caller() ? picket_next.memalign(align, size) : NULL;
}

static int first_posix_memalign(void **address, size_t align, size_t size)
{
	return resolved_for_caller() ? picket_next.posix_memalign(address, align, size) : ENOMEM;
}

static void *first_aligned_alloc(size_t align, size_t size)
{
	return resolved_for_caller() ? picket_next.aligned_alloc(align, size) : NULL;
}

static void *first_valloc(size_t size)
{
	return resolved_for_caller() ? picket_next.valloc(size) : NULL;
}

static size_t first_usable_size(void *address)
{
	if (area_owns(address))
		return area_size(address);
	return resolved_for_caller() ? picket_next.usable_size(address) : 0;
}

static void first_free_sized(void *address, size_t size)
{
	(void)size;
	first_free(address);
}

static void first_free_aligned_sized(void *address, size_t align, size_t size)
{
	(void)align;
	(void)size;
	first_free(address);
}

struct picket_next picket_next = {
	.malloc = first_malloc,
	.free = first_free,
	.calloc = first_calloc,
	.realloc = first_realloc,
	.memalign = first_memalign,
	.posix_memalign = first_posix_memalign,
	.aligned_alloc = first_aligned_alloc,
	.valloc = first_valloc,
	.usable_size = first_usable_size,
	.free_sized = first_free_sized,
	.free_aligned_sized = first_free_aligned_sized,
	.operators = {
#define PICKET_NEW(name, symbol, family, parameters, arguments, align)                             \
	(void *)picket_standard_##name,
#define PICKET_DELETE(name, symbol, family, parameters, arguments, size, align)                    \
	(void *)picket_standard_delete,
		PICKET_NEWS
		PICKET_DELETES
#undef PICKET_NEW
#undef PICKET_DELETE
	},
};

/*
 * If the area was used, the host may hold objects of it for ever, and these stand before the next
 * allocator's functions; the fast path of every other process does not pay for the question.
 */
static struct {
	void (*free)(void *address);
	void *(*realloc)(void *address, size_t size);
	size_t (*usable_size)(void *address);
} beyond;

static void area_free(void *address)
{
	if (!area_owns(address))
		beyond.free(address);
}

static void *area_realloc(void *address, size_t size)
{
	return area_owns(address) ? first_realloc(address, size) : beyond.realloc(address, size);
}

static size_t area_usable_size(void *address)
{
	return area_owns(address) ? area_size(address) : beyond.usable_size(address);
}

static void stand_before(struct picket_next *found)
{
	beyond.free = found->free;
	beyond.realloc = found->realloc;
	beyond.usable_size = found->usable_size;
	found->free = area_free;
	found->realloc = area_realloc;
	found->usable_size = area_usable_size;
}

/* POSIX promises that a data pointer from dlsym() can hold a function; ISO C does not. */
static void find(const char *symbol, void *pointer)
{
	void *function = dlsym(RTLD_NEXT, symbol);

	if (function)
		memcpy(pointer, &function, sizeof(function));
}

static void find_allocator(struct picket_next *found)
{
	find("malloc", &found->malloc);
	find("calloc", &found->calloc);
	find("realloc", &found->realloc);
	find("free", &found->free);
	find("memalign", &found->memalign);
	find("posix_memalign", &found->posix_memalign);
	find("aligned_alloc", &found->aligned_alloc);
	find("valloc", &found->valloc);
	find("malloc_usable_size", &found->usable_size);
}

static struct picket_code code_of(const void *function)
{
	struct picket_loaded loaded;

	if (picket_libc_find(function, &loaded))
		return (struct picket_code){ 0, 0 };
	return (struct picket_code){ loaded.start, loaded.end - loaded.start };
}

/* The C library's allocator does not call itself by name, but the rest of the library calls it. */
static void find_code(struct picket_next *found)
{
	found->allocator = code_of((const void *)found->malloc);
	if (found->allocator.start == code_of((const void *)getpid).start)
		found->allocator.bytes = 0;
	found->ours = code_of((const void *)find_code);
	if (found->ours.start == code_of((const void *)getauxval(AT_ENTRY)).start)
		found->ours.bytes = 0;
}

/* Missing in most allocators, and a missing symbol makes dlsym() allocate: after the others. */
static void find_extras(void)
{
	find("free_sized", &picket_next.free_sized);
	find("free_aligned_sized", &picket_next.free_aligned_sized);
	picket_operators_resolve();
	/* Twice: to take the message, and to have it freed. */
	dlerror();
	dlerror();
}

/* Two threads may come here at once: both write the same values, to both places. */
void picket_next_resolve(void)
{
	static struct picket_next found;

	if (picket_next.resolved || picket_thread.resolving)
		return;
	picket_thread.resolving = true;
	found = picket_next;
	find_allocator(&found);
	picket_libc_refresh();
	find_code(&found);
	if (__atomic_load_n(&area.used, __ATOMIC_RELAXED))
		stand_before(&found);
	found.resolved = true;
	picket_next = found;
	picket_thread.resolving = false;
	find_extras();
}

void picket_next_seal(picket_uptr pool_start, picket_uptr pool_bytes)
{
	picket_next.pool_start = pool_start;
	picket_next.pool_bytes = pool_bytes;
	if ((size_t)getpagesize() <= sizeof(picket_next))
		mprotect(&picket_next, sizeof(picket_next), PROT_READ);
}
