/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's cases about the heap, by its names. */
#include "tables.h"

#define GRANULE 8

static void kmalloc_oob_right(void)
{
	picket_uptr bytes = 128 - GRANULE - 5;
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + bytes, 'x'));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + bytes + 5, 'y'));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + bytes + GRANULE + 5));
	sh_kfree(object);
}

static void kmalloc_oob_left(void)
{
	char *object = sh_kmalloc_inside(15);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object - 1));
	sh_kfree(object);
}

static void kmalloc_node_oob_right(void)
{
	char *object = sh_kmalloc_node(4096);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + 4096));
	sh_kfree(object);
}

static void kmalloc_track_caller_oob_right(void)
{
	picket_uptr bytes = 128 - GRANULE;
	char *object = sh_kmalloc_track_caller(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + bytes, 'y'));
	sh_kfree(object);
}

static void kmalloc_big_oob_right(void)
{
	picket_uptr bytes = sh_slab_max() - 256;
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + bytes, 0));
	sh_kfree(object);
}

static void kmalloc_large_oob_right(void)
{
	picket_uptr bytes = sh_slab_max() + 10;
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, PAGES, WRITE, 1, sh_write(object + bytes, 0));
	sh_kfree(object);
}

static void kmalloc_large_uaf(void)
{
	char *object = sh_kmalloc(sh_slab_max() + 10);

	sh_hide(object);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, UNKNOWN, READ, 1, sh_read(object));
}

static void kmalloc_large_invalid_free(void)
{
	char *object = sh_kmalloc(sh_slab_max() + 10);

	sh_hide(object);
	sh_expect(INVALID_FREE, UNKNOWN, UNKNOWN, 0, sh_kfree(object + 1));
	sh_kfree(object);
}

struct two_longs {
	picket_u64 words[2];
};

static void kmalloc_oob_16(void)
{
	struct two_longs *to = sh_kmalloc(sizeof(*to) - 3);
	struct two_longs *from = sh_kzalloc(sizeof(*from));

	sh_hide(to);
	sh_hide(from);
	sh_expect_copy(OUT_OF_BOUNDS, WRITE, *to, *from);
	sh_kfree(to);
	sh_kfree(from);
}

static void kmalloc_uaf_16(void)
{
	struct two_longs *to = sh_kmalloc(sizeof(*to));
	struct two_longs *from = sh_kzalloc(sizeof(*from));

	sh_kfree(from);
	sh_hide(to);
	sh_hide(from);
	sh_expect_copy(USE_AFTER_FREE, READ, *to, *from);
	sh_kfree(to);
}

static void kmalloc_oob_in_memset(void)
{
	picket_uptr bytes = 128 - GRANULE;
	picket_uptr span = sh_opaque(bytes + GRANULE);
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, span, memset(object, 0, span));
	sh_kfree(object);
}

/* One byte of it past the end. */
static void memset_at_end(picket_uptr span)
{
	picket_uptr bytes = 128 - GRANULE;
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_hide(span);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, span, memset(object + bytes - span + 1, 0, span));
	sh_kfree(object);
}

static void kmalloc_oob_memset_2(void)
{
	memset_at_end(2);
}

static void kmalloc_oob_memset_4(void)
{
	memset_at_end(4);
}

static void kmalloc_oob_memset_8(void)
{
	memset_at_end(8);
}

static void kmalloc_oob_memset_16(void)
{
	memset_at_end(16);
}

static void kmalloc_memmove_negative_size(void)
{
	picket_uptr span = sh_opaque((picket_uptr)-2);
	char *object = sh_kzalloc(64);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, UNKNOWN, 0, memmove(object, object + 4, span));
	sh_kfree(object);
}

static void kmalloc_memmove_invalid_size(void)
{
	picket_uptr span = sh_opaque((picket_uptr)64);
	char *object = sh_kzalloc(64);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, span, memmove(object, object + 4, span));
	sh_kfree(object);
}

static void kmalloc_uaf(void)
{
	char *object = sh_kmalloc(10);

	sh_hide(object);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + 8));
}

static void kmalloc_uaf_memset(void)
{
	picket_uptr bytes = sh_opaque((picket_uptr)33);
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, WRITE, bytes, memset(object, 0, bytes));
}

static void kmalloc_uaf2(void)
{
	picket_uptr bytes = 43;
	char *object = sh_kmalloc(bytes);
	char *next;

	sh_hide(object);
	sh_kfree(object);
	next = sh_kmalloc(bytes);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + 40));
	sh_check(next != object);
	sh_kfree(next);
}

static void kmalloc_double_kzfree(void)
{
	char *object = sh_kmalloc(16);

	sh_hide(object);
	sh_kfree_sensitive(object);
	sh_expect(NONE, HEAP, UNKNOWN, 0, sh_kfree_sensitive(object));
}

static void free_object(void *object)
{
	sh_kfree(object);
}

static void rcu_uaf(void)
{
	char *object = sh_kmalloc(32);

	sh_hide(object);
	sh_after_grace(free_object, object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

static void workqueue_uaf(void)
{
	char *object = sh_kmalloc(32);

	sh_hide(object);
	sh_work(free_object, object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

static void kfree_via_page(void)
{
	void *object = sh_kmalloc(8);

	sh_silent(sh_kfree(sh_via_page(object)));
}

static void kfree_via_phys(void)
{
	void *object = sh_kmalloc(8);

	sh_silent(sh_kfree(sh_via_phys(object)));
}

const struct sh_case sh_kmalloc_cases[] = {
	SH_CASE(kmalloc_oob_right, 0),
	SH_CASE(kmalloc_oob_left, 0),
	SH_CASE(kmalloc_node_oob_right, 0),
	SH_CASE(kmalloc_track_caller_oob_right, 0),
	SH_CASE(kmalloc_big_oob_right, 0),
	SH_CASE(kmalloc_large_oob_right, 0),
	SH_CASE(kmalloc_large_uaf, 0),
	SH_CASE(kmalloc_large_invalid_free, 0),
	SH_CASE(kmalloc_oob_16, 0),
	SH_CASE(kmalloc_uaf_16, 0),
	SH_CASE(kmalloc_oob_in_memset, 0),
	SH_CASE(kmalloc_oob_memset_2, 0),
	SH_CASE(kmalloc_oob_memset_4, 0),
	SH_CASE(kmalloc_oob_memset_8, 0),
	SH_CASE(kmalloc_oob_memset_16, 0),
	SH_CASE(kmalloc_memmove_negative_size, 0),
	SH_CASE(kmalloc_memmove_invalid_size, 0),
	SH_CASE(kmalloc_uaf, 0),
	SH_CASE(kmalloc_uaf_memset, 0),
	SH_CASE(kmalloc_uaf2, 0),
	{ "kmalloc_uaf3", 0, SH_NEEDS_TAGS },
	SH_CASE(kmalloc_double_kzfree, 0),
	SH_CASE(rcu_uaf, SH_NEEDS_TASKS),
	SH_CASE(workqueue_uaf, SH_NEEDS_TASKS),
	SH_CASE(kfree_via_page, SH_NEEDS_ROUND_TRIP),
	SH_CASE(kfree_via_phys, SH_NEEDS_ROUND_TRIP),
	SH_CASES_END,
};
