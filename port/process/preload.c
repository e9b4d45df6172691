/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The entry points of the malloc family. They only choose: the fast path is one countdown of the
 * thread (or one range test) and a jump to the next allocator.
 */
#include "objects.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default"), used))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define SLOW __attribute__((noinline, cold))

/* C23, not in the headers yet; and in those of glibc only. */
void free_sized(void *address, size_t size);
void free_aligned_sized(void *address, size_t align, size_t size);
void *pvalloc(size_t size);

static SLOW void *slow_malloc(size_t size, const void *caller)
{
	struct picket_request request = { .size_bytes = size, .family = PICKET_FAMILY_MALLOC };
	void *object;

	if (!size)
		return picket_object_replace(picket_next.malloc(size), &request, caller);
	object = picket_object_sample(&request, caller);
	return object ? object : picket_next.malloc(size);
}

EXPORT void *malloc(size_t size)
{
	if (picket_object_due())
		return slow_malloc(size, CALLER);
	return picket_next.malloc(size);
}

static SLOW void *slow_calloc(size_t count, size_t size, const void *caller)
{
	struct picket_request request = { .family = PICKET_FAMILY_MALLOC, .zero = true };
	void *object = NULL;

	if (!__builtin_mul_overflow(count, size, &request.size_bytes) && request.size_bytes)
		object = picket_object_sample(&request, caller);
	return object ? object : picket_next.calloc(count, size);
}

EXPORT void *calloc(size_t count, size_t size)
{
	if (picket_object_due())
		return slow_calloc(count, size, CALLER);
	return picket_next.calloc(count, size);
}

static SLOW void *slow_realloc(void *address, size_t size, const void *caller)
{
	return address ? picket_object_adopt(address, size, caller) : slow_malloc(size, caller);
}

static inline __attribute__((always_inline)) void *do_realloc(void *address, size_t size,
							      const void *caller)
{
	if (picket_object_owned(address))
		return picket_object_realloc(address, size, caller);
	if (picket_object_due())
		return slow_realloc(address, size, caller);
	return picket_next.realloc(address, size);
}

EXPORT void *realloc(void *address, size_t size)
{
	return do_realloc(address, size, CALLER);
}

/* Every C library makes it of realloc; going to theirs would count the allocation twice. */
EXPORT void *reallocarray(void *address, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return do_realloc(address, bytes, CALLER);
}

static SLOW void slow_free(void *address, size_t size, size_t align, const void *caller)
{
	struct picket_free_request request = {
		.family = PICKET_FAMILY_MALLOC,
		.size_bytes = size,
		.align_bytes = align,
		.found = PICKET_FOUND_FREE,
	};

	picket_object_free(address, &request, caller);
}

EXPORT void free(void *address)
{
	if (picket_object_owned(address))
		slow_free(address, 0, 0, CALLER);
	else
		picket_next.free(address);
}

EXPORT void free_sized(void *address, size_t size)
{
	if (picket_object_owned(address))
		slow_free(address, size, 0, CALLER);
	else
		picket_next.free_sized(address, size);
}

EXPORT void free_aligned_sized(void *address, size_t align, size_t size)
{
	if (picket_object_owned(address))
		slow_free(address, size, align, CALLER);
	else
		picket_next.free_aligned_sized(address, align, size);
}

static SLOW void *slow_aligned(void *raw, size_t align, size_t size, const void *caller)
{
	struct picket_request request = {
		.size_bytes = size,
		.align_bytes = align,
		.family = PICKET_FAMILY_MALLOC,
	};

	return picket_object_replace(raw, &request, caller);
}

EXPORT void *memalign(size_t align, size_t size)
{
	if (picket_object_due())
		return slow_aligned(picket_next.memalign(align, size), align, size, CALLER);
	return picket_next.memalign(align, size);
}

EXPORT void *aligned_alloc(size_t align, size_t size)
{
	if (picket_object_due())
		return slow_aligned(picket_next.aligned_alloc(align, size), align, size, CALLER);
	return picket_next.aligned_alloc(align, size);
}

EXPORT int posix_memalign(void **address, size_t align, size_t size)
{
	int error;

	if (!picket_object_due())
		return picket_next.posix_memalign(address, align, size);
	error = picket_next.posix_memalign(address, align, size);
	if (!error)
		*address = slow_aligned(*address, align, size, CALLER);
	return error;
}

static inline __attribute__((always_inline)) void *do_valloc(size_t size, const void *caller)
{
	if (picket_object_due())
		return slow_aligned(picket_next.valloc(size), (size_t)getpagesize(), size, caller);
	return picket_next.valloc(size);
}

EXPORT void *valloc(size_t size)
{
	return do_valloc(size, CALLER);
}

/* Not every allocator has it, and the C library's would give memory that the others cannot free. */
EXPORT void *pvalloc(size_t size)
{
	size_t page = (size_t)getpagesize();

	if (__builtin_add_overflow(size, page - 1, &size)) {
		errno = ENOMEM;
		return NULL;
	}
	return do_valloc(size & ~(page - 1), CALLER);
}

EXPORT size_t malloc_usable_size(void *address)
{
	if (picket_object_owned(address))
		return picket_object_usable(address);
	return picket_next.usable_size(address);
}
