/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a byte of shadow says of the granule (8 bytes of memory) that it stands for: 0, all of it
 * may be accessed; 1 ... 7, so many bytes from its start; anything else, none. The values are
 * KASAN's, of which those for stacks are the compilers' own.
 */
#ifndef PICKET_SHADOW_ENCODING_H
#define PICKET_SHADOW_ENCODING_H

#define PICKET_SHADOW_SCALE 3
#define PICKET_GRANULE_BYTES (1u << PICKET_SHADOW_SCALE)

enum picket_shade {
	PICKET_SHADE_OPEN = 0x00,
	PICKET_SHADE_ALLOCA_LEFT = 0xca,
	PICKET_SHADE_ALLOCA_RIGHT = 0xcb,
	PICKET_SHADE_STACK_LEFT = 0xf1,
	PICKET_SHADE_STACK_MID = 0xf2,
	PICKET_SHADE_STACK_RIGHT = 0xf3,
	PICKET_SHADE_STACK_PARTIAL = 0xf4,
	PICKET_SHADE_AFTER_RETURN = 0xf5,
	PICKET_SHADE_VMALLOC = 0xf8, /* of a mapped area what nobody asked for, or a freed one */
	PICKET_SHADE_AFTER_SCOPE = 0xf8, /* on a stack */
	PICKET_SHADE_GLOBAL = 0xf9,
	PICKET_SHADE_SLAB_FREED = 0xfa, /* first granule of a freed object whose stacks are known */
	PICKET_SHADE_SLAB_FREE = 0xfb,	/* the rest of it */
	PICKET_SHADE_SLAB_REDZONE = 0xfc, /* beside objects, and where there was none yet */
	PICKET_SHADE_LARGE_REDZONE = 0xfe,
	PICKET_SHADE_PAGE_FREE = 0xff,
};

#endif
