/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: every function of the malloc family does what the standard says, keeps
 * errno, refuses what the next allocator refuses, and its objects are guarded.
 */
#include "test/tap.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *pvalloc(size_t size) __attribute__((weak)); /* not every C library has it; Picket brings it */

static void *volatile keep;
static volatile size_t huge = SIZE_MAX / 2; /* too much; the compiler must not know */

/* Only a guarded object has exactly the size that was asked for. */
static bool guarded(void *object, size_t size)
{
	return object && malloc_usable_size(object) == size;
}

static bool aligned(void *object, size_t align)
{
	return (uintptr_t)object % align == 0;
}

static bool zeroed(const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static void test_plain(void)
{
	static const size_t sizes[] = {
		0, 1, 7, 16, 29, 100, 4095, 4096, 4097, 9000, 40000, 65536
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *object = malloc(sizes[i]);

		tap_ok(guarded(object, sizes[i]), "malloc(%zu) is guarded", sizes[i]);
		memset(object, 'a', sizes[i]);
		free(object);
	}
	keep = malloc(1 << 20);
	tap_ok(keep && malloc_usable_size(keep) >= 1 << 20, "a large object is not");
	memset(keep, 'a', 1 << 20);
	free(keep);
}

static void test_calloc(void)
{
	char *object;

	for (int i = 0; i < 600; i++) {
		object = malloc(100);
		memset(object, 'x', 100);
		free(object);
	}
	object = calloc(10, 10);
	tap_ok(guarded(object, 100) && zeroed(object, 100), "calloc reads as zeros in a used slot");
	free(object);
	tap_ok(!calloc(huge, 3), "calloc that overflows");
}

static void test_realloc(void)
{
	char *object = realloc(NULL, 20);

	tap_ok(guarded(object, 20), "realloc(NULL, 20)");
	strcpy(object, "0123456789abcdefghi");
	object = realloc(object, 6000);
	tap_ok(guarded(object, 6000) && !strcmp(object, "0123456789abcdefghi"), "it grows");
	object = realloc(object, 5);
	tap_ok(guarded(object, 5) && !memcmp(object, "01234", 5), "it shrinks");
	object = realloc(object, 1 << 20);
	tap_ok(object && !memcmp(object, "01234", 5), "it leaves the pool when it is too large");
	object = realloc(object, 50);
	tap_ok(guarded(object, 50) && !memcmp(object, "01234", 5), "and comes back");
	errno = 0;
	tap_ok(!realloc(object, huge) && errno == ENOMEM, "realloc that fails");
	tap_ok(guarded(object, 50) && !memcmp(object, "01234", 5), "leaves the object as it was");
	errno = 0;
	keep = object;
	tap_ok(!reallocarray(keep, huge, 3) && errno == ENOMEM, "reallocarray overflows");
	object = reallocarray(keep, 10, 10);
	tap_ok(guarded(object, 100) && !memcmp(object, "01234", 5), "reallocarray");
	free(object);
}

static void test_aligned(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *object = NULL;

	for (size_t align = 16; align <= page; align *= 2) {
		object = memalign(align, 3 * align);
		tap_ok(guarded(object, 3 * align) && aligned(object, align), "memalign(%zu)",
		       align);
		free(object);
		object = aligned_alloc(align, align);
		tap_ok(guarded(object, align) && aligned(object, align), "aligned_alloc(%zu)",
		       align);
		free(object);
		tap_ok(!posix_memalign(&object, align, 50) && guarded(object, 50) &&
			       aligned(object, align),
		       "posix_memalign(%zu)", align);
		free(object);
	}
	object = memalign(8 * page, 100);
	tap_ok(object && aligned(object, 8 * page), "an alignment beyond the pool's");
	free(object);
	object = valloc(100);
	tap_ok(guarded(object, 100) && aligned(object, page), "valloc");
	free(object);
	object = pvalloc(100);
	tap_ok(object && malloc_usable_size(object) >= page && aligned(object, page), "pvalloc");
	free(object);
}

static void test_aligned_wrong(void)
{
	void *object = &object;

	errno = 33;
	tap_ok(posix_memalign(&object, 3, 10) == EINVAL && object == (void *)&object,
	       "posix_memalign refuses an alignment of 3");
	tap_ok(posix_memalign(&object, 2, 10) == EINVAL, "and of 2");
	tap_ok(errno == 33, "and leaves errno alone");
	tap_ok(posix_memalign(&object, 64, huge) == ENOMEM, "too much memory");
	tap_ok(!aligned_alloc(64, huge / 64 * 64), "for aligned_alloc as well");
}

static void test_errno(void)
{
	void *object;

	errno = 77;
	object = malloc(10);
	tap_ok(errno == 77, "malloc keeps errno");
	free(object);
	tap_ok(errno == 77, "free keeps errno");
	free(NULL);
	tap_ok(errno == 77 && malloc_usable_size(NULL) == 0, "NULL is no object");
	errno = 0;
	tap_ok(!malloc(huge) && errno == ENOMEM, "malloc of too much");
}

int main(void)
{
	test_plain();
	test_calloc();
	test_realloc();
	test_aligned();
	test_aligned_wrong();
	test_errno();
	return tap_done();
}
