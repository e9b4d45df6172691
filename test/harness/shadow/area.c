/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pages and mapped areas of the hosted port. Freed areas wait before their addresses come again. */
#include "host.h"
#include <stdlib.h>

#define PAGES 8192 /* of the arena's part for areas */
#define AREAS_MAX 64
#define WAITING_MAX 8

struct area {
	uptr start;
	uptr bytes; /* 0: this entry is unused */
	uptr span;
};

static struct area areas[AREAS_MAX];
static struct area waiting[WAITING_MAX];
static u32 waiting_count;
static bool used[PAGES];
static uptr pages_used;

const char *host_areas_wrong;

uptr sh_page_bytes(void)
{
	return HOST_PAGE_BYTES;
}

/* Never the same pages twice, so a freed one stays poisoned. */
void *sh_pages_alloc(u32 order)
{
	uptr bytes = HOST_PAGE_BYTES << order;
	uptr start = host_arena.pages + pages_used;

	if (start + bytes > host_arena.areas)
		return NULL;
	pages_used += bytes;
	return (void *)start;
}

void sh_pages_free(void *pages, u32 order)
{
	if (!picket_shadow_check((uptr)pages, 1, PICKET_ACCESS_WRITE,
				 (uptr)__builtin_return_address(0)))
		return;
	picket_shadow_poison((uptr)pages, HOST_PAGE_BYTES << order, PICKET_SHADE_PAGE_FREE);
	host_poisoned((uptr)pages, HOST_PAGE_BYTES << order);
}

static void mark(uptr start, uptr span, bool in_use)
{
	memset(&used[(start - host_arena.areas) / HOST_PAGE_BYTES], in_use, span / HOST_PAGE_BYTES);
}

static uptr find_free(uptr span)
{
	uptr wanted = span / HOST_PAGE_BYTES;
	uptr run = 0;

	for (uptr i = 0; i < PAGES; i++) {
		run = used[i] ? 0 : run + 1;
		if (run == wanted)
			return host_arena.areas + (i + 1 - wanted) * HOST_PAGE_BYTES;
	}
	return 0;
}

static void purge(const struct area *area)
{
	uptr first = (area->start - host_arena.areas) / HOST_PAGE_BYTES;
	uptr end = first + area->span / HOST_PAGE_BYTES;

	mark(area->start, area->span, false);
	while (first && !used[first - 1])
		first--;
	while (end < PAGES && !used[end])
		end++;
	picket_shadow_purge(area->start, area->span, host_arena.areas + first * HOST_PAGE_BYTES,
			    host_arena.areas + end * HOST_PAGE_BYTES);
	if (!picket_shadow_is_open(area->start, area->span))
		host_areas_wrong = "the shadow of an area that was purged is not open";
}

static void purge_all(void)
{
	while (waiting_count)
		purge(&waiting[--waiting_count]);
}

static struct area *find_area(uptr start)
{
	for (u32 i = 0; i < AREAS_MAX; i++) {
		if (start ? areas[i].bytes && areas[i].start == start : !areas[i].bytes)
			return &areas[i];
	}
	return NULL;
}

/* Behind each area is a page that nobody may touch. */
void *sh_vmalloc(uptr bytes)
{
	uptr span = sh_round_up(bytes, HOST_PAGE_BYTES) + HOST_PAGE_BYTES;
	struct area *area = find_area(0);
	uptr start = find_free(span);

	if (!area || !start)
		return NULL;
	*area = (struct area){ start, bytes, span };
	mark(start, span, true);
	picket_shadow_map(start, bytes, span);
	host_poisoned(start + sh_round_up(bytes, 8), span - sh_round_up(bytes, 8));
	return (void *)start;
}

void sh_vfree(const void *address)
{
	struct area *area = address ? find_area((uptr)address) : NULL;

	if (!area)
		return;
	if (host_defect != HOST_SILENT_UNMAP)
		picket_shadow_unmap(area->start, area->span);
	host_poisoned(area->start, area->span);
	if (waiting_count == WAITING_MAX)
		purge_all();
	waiting[waiting_count++] = *area;
	area->bytes = 0;
}

void *sh_vrealloc(void *address, uptr bytes)
{
	struct area *area = find_area((uptr)address);
	void *other;

	if (!area)
		return NULL;
	if (bytes <= area->span - HOST_PAGE_BYTES) {
		area->bytes = bytes;
		picket_shadow_map(area->start, bytes, area->span);
		return address;
	}
	other = sh_vmalloc(bytes);
	if (other) {
		memcpy(other, address, area->bytes);
		sh_vfree(address);
	}
	return other;
}

uptr sh_vmalloc_shadow_bytes(void)
{
	purge_all();
	return host_shadow_backed(host_arena.areas, host_arena.end);
}

void *sh_foreign(uptr bytes)
{
	return calloc(1, bytes);
}
