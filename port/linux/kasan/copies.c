/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Functions of the kernel that return a copy of something: it comes from the driver's heap. */
#define __NO_FORTIFY
#include "heap.h"
#include "redirect.h"

#include <linux/string.h>

#define CALLER ((uptr)__builtin_return_address(0))

static void *copy(const void *from, size_t bytes, gfp_t flags, uptr pc)
{
	void *memory = picket_alloc(bytes, flags, NUMA_NO_NODE);

	picket_shadow_check((uptr)from, bytes, PICKET_ACCESS_READ, pc);
	return memory ? memcpy(memory, from, bytes) : NULL;
}

static char *copy_string(const char *from, size_t length, gfp_t flags, uptr pc)
{
	char *string = picket_alloc(length + 1, flags, NUMA_NO_NODE);

	picket_shadow_check((uptr)from, length, PICKET_ACCESS_READ, pc);
	if (string) {
		memcpy(string, from, length);
		string[length] = '\0';
	}
	return string;
}

PICKET_REDIRECT_ALLOC(kmemdup);
PICKET_REDIRECT(kstrdup);
PICKET_REDIRECT(kstrndup);
PICKET_REDIRECT(kmemdup_nul);

void *PICKET_ALLOC(kmemdup)(const void *from, size_t bytes, gfp_t flags)
{
	return copy(from, bytes, flags, CALLER);
}

char *picket_kasan_kstrdup(const char *from, gfp_t flags)
{
	return from ? copy_string(from, strlen(from), flags, CALLER) : NULL;
}

char *picket_kasan_kstrndup(const char *from, size_t length_max, gfp_t flags)
{
	return from ? copy_string(from, strnlen(from, length_max), flags, CALLER) : NULL;
}

char *picket_kasan_kmemdup_nul(const char *from, size_t length, gfp_t flags)
{
	return from ? copy_string(from, length, flags, CALLER) : NULL;
}

#ifdef PICKET_HAVE_KVMEMDUP
PICKET_REDIRECT(kvmemdup);

void *picket_kasan_kvmemdup(const void *from, size_t bytes, gfp_t flags)
{
	void *memory = picket_kvalloc(bytes, flags, NUMA_NO_NODE);

	picket_shadow_check((uptr)from, bytes, PICKET_ACCESS_READ, CALLER);
	return memory ? memcpy(memory, from, bytes) : NULL;
}
#endif

#ifdef PICKET_HAVE_KMEMDUP_ARRAY
PICKET_REDIRECT(kmemdup_array);

void *picket_kasan_kmemdup_array(const void *from, size_t count, size_t size, gfp_t flags)
{
	return copy(from, size_mul(size, count), flags, CALLER);
}
#endif
