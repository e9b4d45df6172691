/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The memory functions that compilers call in place of the C library's, under the names of both
 * sanitizers (kernel headers use the second without asking). A bad range is reported and then
 * copied or filled nevertheless, as an access by the program itself would be; one that wraps
 * would run through all of memory, so it is left alone.
 */
#include "state.h"

#define CALLER ((uptr)__builtin_return_address(0))

PICKET_NO_CHECK void *__asan_memcpy(void *to, const void *from, uptr bytes);
PICKET_NO_CHECK void *__asan_memmove(void *to, const void *from, uptr bytes);
PICKET_NO_CHECK void *__asan_memset(void *to, int value, uptr bytes);
PICKET_NO_CHECK void *__hwasan_memcpy(void *to, const void *from, uptr bytes);
PICKET_NO_CHECK void *__hwasan_memmove(void *to, const void *from, uptr bytes);
PICKET_NO_CHECK void *__hwasan_memset(void *to, int value, uptr bytes);

PICKET_NO_CHECK __attribute__((__noinline__)) static bool
check_closely(const void *memory, uptr bytes, enum picket_access access, uptr pc)
{
	picket_shadow_check((uptr)memory, bytes, access, pc);
	return !picket_shadow_is_wrapped((uptr)memory, bytes);
}

/* Return: false if it must not be done. */
PICKET_NO_CHECK static inline bool check(const void *memory, uptr bytes, enum picket_access access,
					 uptr pc)
{
	return picket_shadow_is_open_short((uptr)memory, bytes) ||
	       check_closely(memory, bytes, access, pc);
}

PICKET_NO_CHECK static inline bool check_both(const void *to, const void *from, uptr bytes, uptr pc)
{
	return check(from, bytes, PICKET_ACCESS_READ, pc) &&
	       check(to, bytes, PICKET_ACCESS_WRITE, pc);
}

void *__asan_memcpy(void *to, const void *from, uptr bytes)
{
	return check_both(to, from, bytes, CALLER) ? memcpy(to, from, bytes) : to;
}

void *__asan_memmove(void *to, const void *from, uptr bytes)
{
	return check_both(to, from, bytes, CALLER) ? memmove(to, from, bytes) : to;
}

void *__asan_memset(void *to, int value, uptr bytes)
{
	return check(to, bytes, PICKET_ACCESS_WRITE, CALLER) ? memset(to, value, bytes) : to;
}

void *__hwasan_memcpy(void *to, const void *from, uptr bytes)
{
	return check_both(to, from, bytes, CALLER) ? memcpy(to, from, bytes) : to;
}

void *__hwasan_memmove(void *to, const void *from, uptr bytes)
{
	return check_both(to, from, bytes, CALLER) ? memmove(to, from, bytes) : to;
}

void *__hwasan_memset(void *to, int value, uptr bytes)
{
	return check(to, bytes, PICKET_ACCESS_WRITE, CALLER) ? memset(to, value, bytes) : to;
}
