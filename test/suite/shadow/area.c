/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Mapped areas: exact ends, neighbours that share a page of shadow, and what is given back. */
#include "tables.h"

static void area_exact(void)
{
	static const picket_u32 sizes[] = { 1, 7, 8, 9, 3000, 4095, 4096, 4097, 40000 };

	for (int i = 0; i < 9; i++) {
		char *area = sh_vmalloc(sizes[i]);

		sh_hide(area);
		sh_silent(sh_write(area, 1));
		sh_silent(sh_write(area + sizes[i] - 1, 1));
		sh_silent(memset(area, 0, sh_opaque((picket_uptr)sizes[i])));
		/* There may be nothing behind the last page. */
		if (sizes[i] % sh_page_bytes())
			sh_expect(OUT_OF_BOUNDS, VMALLOC, READ, 1, sh_read(area + sizes[i]));
		sh_vfree(area);
	}
}

static void area_freed(void)
{
	char *area = sh_vmalloc(3 * sh_page_bytes());

	sh_hide(area);
	sh_vfree(area);
	sh_expect(NONE, VMALLOC, READ, 1, sh_read(area));
	sh_expect(NONE, VMALLOC, READ, 1, sh_read(area + 3 * sh_page_bytes() - 1));
}

/* Every second one goes, and with it what shadow the others do not need. */
static void free_every_second(picket_uptr bytes)
{
	char *areas[8];

	for (int i = 0; i < 8; i++)
		areas[i] = sh_vmalloc(bytes);
	for (int i = 0; i < 8; i += 2)
		sh_vfree(areas[i]);
	sh_vmalloc_shadow_bytes();
	for (int i = 1; i < 8; i += 2) {
		char *area = areas[i];

		sh_hide(area);
		sh_silent(memset(area, i, sh_opaque(bytes)));
		sh_expect(OUT_OF_BOUNDS, VMALLOC, WRITE, 1, sh_write(area + bytes, 1));
		sh_vfree(area);
	}
}

static void area_neighbours(void)
{
	free_every_second(sh_page_bytes() - 100);
	free_every_second(12 * sh_page_bytes() - 100);
}

static void area_used_again(void)
{
	for (int i = 0; i < 300; i++) {
		picket_uptr bytes = 1 + (picket_uptr)i * 977 % (20 * sh_page_bytes());
		char *area = sh_vmalloc(bytes);

		sh_hide(area);
		if (!sh_check(area != 0))
			return;
		sh_silent(memset(area, 1, sh_opaque(bytes)));
		sh_vfree(area);
	}
}

static void area_shadow_comes_back(void)
{
	picket_uptr before = sh_vmalloc_shadow_bytes();
	char *areas[16];

	for (int i = 0; i < 16; i++)
		areas[i] = sh_vmalloc((1 + (picket_uptr)i) * 5000);
	sh_check(sh_vmalloc_shadow_bytes() > before);
	for (int i = 0; i < 16; i++)
		sh_vfree(areas[i * 7 % 16]);
	sh_check(sh_vmalloc_shadow_bytes() == before);
}

const struct sh_case sh_area_cases[] = {
	SH_CASE(area_exact, 0),
	SH_CASE(area_freed, 0),
	SH_CASE(area_neighbours, 0),
	SH_CASE(area_used_again, 0),
	SH_CASE(area_shadow_comes_back, SH_NEEDS_MAP_ACCOUNTS),
	SH_CASES_END,
};
