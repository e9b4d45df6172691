/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's cases about sizes that change, by its names. */
#include "tables.h"

#define GRANULE 8

static void more_oob(picket_uptr bytes, picket_uptr more)
{
	picket_uptr middle = bytes + (more - bytes) / 2;
	char *object = sh_krealloc(sh_kmalloc(bytes), more);

	sh_hide(object);
	sh_silent(sh_write(object + bytes - 1, 'x'));
	sh_silent(sh_write(object + bytes, 'x'));
	sh_silent(sh_write(object + middle, 'x'));
	sh_silent(sh_write(object + more - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + more, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1,
		  sh_write(object + sh_round_up(more, GRANULE), 'x'));
	sh_kfree(object);
}

static void less_oob(picket_uptr bytes, picket_uptr less)
{
	picket_uptr middle = sh_round_up(less + (bytes - less) / 2, GRANULE);
	char *object = sh_krealloc(sh_kmalloc(bytes), less);

	sh_hide(object);
	sh_silent(sh_write(object + less - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + less, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1,
		  sh_write(object + sh_round_up(less, GRANULE), 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + middle, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + bytes - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + bytes, 'x'));
	sh_kfree(object);
}

static void krealloc_more_oob(void)
{
	more_oob(201, 235);
}

static void krealloc_less_oob(void)
{
	less_oob(235, 201);
}

static void krealloc_large_more_oob(void)
{
	more_oob(sh_slab_max() + 201, sh_slab_max() + 235);
}

static void krealloc_large_less_oob(void)
{
	less_oob(sh_slab_max() + 235, sh_slab_max() + 201);
}

static void krealloc_uaf(void)
{
	char *object = sh_kmalloc(201);
	void *result = object;

	sh_hide(object);
	sh_kfree(object);
	sh_expect(NONE, HEAP, UNKNOWN, 0, result = sh_krealloc(object, 235));
	sh_check(!result);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

static void ksize_unpoisons_memory(void)
{
	picket_uptr bytes = 128 - GRANULE - 5;
	char *object = sh_kmalloc(bytes);
	picket_uptr real = sh_ksize(object);

	sh_hide(object);
	sh_check(real >= bytes);
	sh_silent(sh_read(object));
	sh_silent(sh_read(object + bytes - 1));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + bytes));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + bytes + 5));
	if (real > bytes)
		sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + real - 1));
	sh_kfree(object);
}

static void ksize_uaf(void)
{
	picket_uptr bytes = 128 - GRANULE;
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, UNKNOWN, 0, sh_ksize(object));
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + bytes - 1));
}

const struct sh_case sh_realloc_cases[] = {
	SH_CASE(krealloc_more_oob, 0),
	SH_CASE(krealloc_less_oob, 0),
	SH_CASE(krealloc_large_more_oob, 0),
	SH_CASE(krealloc_large_less_oob, 0),
	SH_CASE(krealloc_uaf, 0),
	SH_CASE(ksize_unpoisons_memory, 0),
	SH_CASE(ksize_uaf, 0),
	SH_CASES_END,
};
