/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* From the shadow of a bad byte to the kind of bug, by KASAN's rules. */
#include "state.h"

#define PAGE_OF_NULL 4096
#define USER_ADDRESS_BITS 56

static struct picket_shadow_kind kind(enum picket_bug bug, enum picket_region region)
{
	return (struct picket_shadow_kind){ .bug = bug, .region = region };
}

static bool is_partial(u8 shade)
{
	return shade < PICKET_GRANULE_BYTES;
}

struct picket_shadow_kind picket_shadow_classify(u8 shade, u8 next, bool on_stack)
{
	if (is_partial(shade))
		shade = next;
	if (is_partial(shade))
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_UNKNOWN);
	switch (shade) {
	case PICKET_SHADE_SLAB_REDZONE:
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_HEAP);
	case PICKET_SHADE_LARGE_REDZONE:
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_PAGES);
	case PICKET_SHADE_SLAB_FREED:
	case PICKET_SHADE_SLAB_FREE:
		return kind(PICKET_BUG_USE_AFTER_FREE, PICKET_REGION_HEAP);
	case PICKET_SHADE_PAGE_FREE:
		return kind(PICKET_BUG_USE_AFTER_FREE, PICKET_REGION_PAGES);
	case PICKET_SHADE_STACK_LEFT:
	case PICKET_SHADE_STACK_MID:
	case PICKET_SHADE_STACK_RIGHT:
	case PICKET_SHADE_STACK_PARTIAL:
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK);
	case PICKET_SHADE_AFTER_RETURN:
		return kind(PICKET_BUG_USE_AFTER_SCOPE, PICKET_REGION_STACK);
	case PICKET_SHADE_ALLOCA_LEFT:
	case PICKET_SHADE_ALLOCA_RIGHT:
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_ALLOCA);
	case PICKET_SHADE_GLOBAL:
		return kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_GLOBAL);
	case PICKET_SHADE_VMALLOC:
		return on_stack ? kind(PICKET_BUG_USE_AFTER_SCOPE, PICKET_REGION_STACK) :
				  kind(PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_VMALLOC);
	default:
		return kind(PICKET_BUG_INVALID_ACCESS, PICKET_REGION_UNKNOWN);
	}
}

struct picket_shadow_kind picket_shadow_classify_lost(uptr address)
{
	if (address < PAGE_OF_NULL)
		return kind(PICKET_BUG_INVALID_ACCESS, PICKET_REGION_NULL);
	if (!((u64)address >> USER_ADDRESS_BITS))
		return kind(PICKET_BUG_INVALID_ACCESS, PICKET_REGION_USER);
	return kind(PICKET_BUG_INVALID_ACCESS, PICKET_REGION_WILD);
}
