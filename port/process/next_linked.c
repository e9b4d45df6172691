/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The next allocator of a program that is linked with Picket's static library: what the linker has
 * found. In a program with --wrap the names here stand for those it wraps, see meson.build.
 */
#include "next.h"

#include "symbol.h"

#include <picket/embed.h>

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct picket_range picket_range;

static void any_free_sized(void *address, size_t size)
{
	(void)size;
	free(address);
}

static void any_free_aligned_sized(void *address, size_t align, size_t size)
{
	(void)align;
	(void)size;
	free(address);
}

struct picket_next picket_next = {
	.malloc = malloc,
	.free = free,
	.calloc = calloc,
	.realloc = realloc,
	.memalign = memalign,
	.posix_memalign = posix_memalign,
	.aligned_alloc = aligned_alloc,
	.valloc = valloc,
	.usable_size = malloc_usable_size,
	.free_sized = any_free_sized,
	.free_aligned_sized = any_free_aligned_sized,
	.resolved = true,
};

/* The others that somebody asks for by name. */
#define FUNCTION(name)                                                                             \
	{                                                                                          \
#name, (void *)name                                                                \
	}

#ifdef PICKET_CALLS
#define CALL(type, name, ...) void __real_##name(void);
#include "calls.def"
#endif

static const struct {
	const char *name;
	void *function;
} functions[] = {
	FUNCTION(sigaction),	FUNCTION(pthread_sigmask), FUNCTION(signal),
	FUNCTION(siginterrupt), FUNCTION(sigsuspend),	   FUNCTION(sigtimedwait),
	FUNCTION(sigpending),
#ifdef PICKET_CALLS
#define CALL(type, name, ...) { #name, (void *)__real_##name },
#include "calls.def"
#endif
};

void *picket_symbol_next(const char *name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!strcmp(functions[i].name, name))
			return functions[i].function;
	}
	return NULL;
}

void picket_next_resolve(void)
{
}

void picket_next_seal(picket_uptr pool_start, picket_uptr pool_bytes)
{
	picket_next.pool_start = pool_start;
	picket_next.pool_bytes = pool_bytes;
	picket_range = (struct picket_range){ pool_start, pool_bytes };
	if ((size_t)getpagesize() <= sizeof(picket_next))
		mprotect(&picket_next, sizeof(picket_next), PROT_READ);
}
