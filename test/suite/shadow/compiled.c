/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's cases about globals, stacks, operations, pages and areas, by its names. */
#include "tables.h"

#define GRANULE 8

static char global_array[10] = { 1 };
static char other_array[10] = { 2 };

static void kasan_global_oob_right(void)
{
	char *array = global_array;

	sh_hide(array);
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 1, sh_read(array + sizeof(global_array) + 3));
}

/* Compilers put redzones behind globals only, so the one to ask is that behind the other. */
static void kasan_global_oob_left(void)
{
	char *array = sh_opaque(&other_array[0]) > global_array ? other_array : global_array;

	sh_hide(array);
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 1, sh_read(array - 3));
}

static void kasan_stack_oob(void)
{
	char array[10];
	char *end = array + sizeof(array);

	sh_hide(end);
	sh_expect(OUT_OF_BOUNDS, STACK, READ, 1, sh_read(end));
}

static void kasan_alloca_oob_left(void)
{
	int bytes = sh_opaque(10);
	char array[bytes];
	char *start = array;

	sh_hide(start);
	sh_expect(OUT_OF_BOUNDS, ALLOCA, READ, 1, sh_read(start - 1));
}

static void kasan_alloca_oob_right(void)
{
	int bytes = sh_opaque(10);
	char array[bytes];
	char *end = array + bytes;

	sh_hide(end);
	sh_expect(OUT_OF_BOUNDS, ALLOCA, READ, 1, sh_read(end));
}

static void kasan_memchr(void)
{
	picket_uptr bytes = 24;
	char *object = sh_kzalloc(bytes);

	sh_hide(object);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, sh_memchr(object, '1', bytes + 1));
	sh_kfree(object);
}

static void kasan_memcmp(void)
{
	picket_uptr bytes = 24;
	char *object = sh_kzalloc(bytes);
	char other[9 * 8] = { 0 };

	sh_hide(object);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, sh_memcmp(object, sh_opaque(&other[0]), bytes + 1));
	sh_kfree(object);
}

static void kasan_strings(void)
{
	char *text = sh_kzalloc(24);

	sh_hide(text);
	sh_kfree(text);
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strchr(text, '1'));
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strrchr(text, '1'));
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strcmp(text, "2"));
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strncmp(text, "2", 1));
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strlen(text));
	sh_expect_some(USE_AFTER_FREE, HEAP, sh_strnlen(text, 1));
}

/* One byte of the word behind can be touched, so byte by byte would not be seen. */
static void kasan_bitops_generic(void)
{
	picket_uptr *bits = sh_kzalloc(sizeof(*bits) + 1);

	sh_hide(bits);
	for (const struct sh_operation *one = sh_bit_operations; one->name; one++) {
		sh_note(one->name);
		sh_silent(one->run(bits, 8 * sizeof(*bits) - 1));
		sh_expect_some(OUT_OF_BOUNDS, HEAP, one->run(bits, 8 * sizeof(*bits)));
	}
	sh_kfree(bits);
}

static void kasan_atomics(void)
{
	char *object = sh_kzalloc(48);
	char *memory = sh_kzalloc(sizeof(picket_u64));

	sh_hide(object);
	sh_hide(memory);
	for (const struct sh_operation *one = sh_atomics; one->name; one++) {
		sh_note(one->name);
		sh_silent(one->run(memory, 42));
		sh_expect_some(OUT_OF_BOUNDS, HEAP, one->run(object + 48, 42));
	}
	sh_kfree(object);
	sh_kfree(memory);
}

static void copy_user_test_oob(void)
{
	picket_uptr bytes = 128 - GRANULE;
	char *object = sh_kzalloc(bytes);

	sh_hide(object);
	for (const struct sh_operation *one = sh_user_copies; one->name; one++) {
		sh_note(one->name);
		sh_silent(one->run(object, bytes));
		sh_expect_some(OUT_OF_BOUNDS, HEAP, one->run(object, bytes + 1));
	}
	sh_kfree(object);
}

static void page_alloc_uaf(void)
{
	char *pages = sh_pages_alloc(4);

	sh_hide(pages);
	sh_pages_free(pages, 4);
	sh_expect(USE_AFTER_FREE, PAGES, READ, 1, sh_read(pages));
}

static void vmalloc_oob(void)
{
	picket_uptr bytes = sh_page_bytes() / 2 - GRANULE - 5;
	char *area = sh_vmalloc(bytes);

	sh_hide(area);
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes));
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes + GRANULE));
	bytes -= sh_page_bytes() / 4;
	area = sh_vrealloc(area, bytes);
	sh_hide(area);
	sh_silent(sh_write(area + bytes - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes));
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes + GRANULE));
	bytes += 2 * sh_page_bytes();
	area = sh_vrealloc(area, bytes);
	sh_hide(area);
	sh_silent(sh_write(area + bytes - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes));
	sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + bytes + GRANULE));
	sh_vfree(area);
}

const struct sh_case sh_compiled_cases[] = {
	{ "page_alloc_oob_right", 0, SH_NEEDS_PAGE_REDZONE },
	SH_CASE(page_alloc_uaf, SH_NEEDS_PAGES),
	SH_CASE(kasan_global_oob_right, 0),
	SH_CASE(kasan_global_oob_left, 0),
	SH_CASE(kasan_stack_oob, 0),
	SH_CASE(kasan_alloca_oob_left, 0),
	SH_CASE(kasan_alloca_oob_right, 0),
	SH_CASE(kasan_memchr, 0),
	SH_CASE(kasan_memcmp, 0),
	SH_CASE(kasan_strings, 0),
	SH_CASE(kasan_bitops_generic, 0),
	{ "kasan_bitops_tags", 0, SH_NEEDS_TAGS },
	SH_CASE(kasan_atomics, 0),
	{ "vmalloc_helpers_tags", 0, SH_NEEDS_TAGS },
	SH_CASE(vmalloc_oob, 0),
	{ "vmap_tags", 0, SH_NEEDS_TAGS },
	{ "vm_map_ram_tags", 0, SH_NEEDS_TAGS },
	{ "match_all_not_assigned", 0, SH_NEEDS_TAGS },
	{ "match_all_ptr_tag", 0, SH_NEEDS_TAGS },
	{ "match_all_mem_tag", 0, SH_NEEDS_TAGS },
	{ "copy_to_kernel_nofault_oob", 0, SH_NEEDS_NOFAULT },
	{ "rust_uaf", 0, SH_NEEDS_RUST },
	SH_CASE(copy_user_test_oob, SH_NEEDS_USER),
	SH_CASES_END,
};
