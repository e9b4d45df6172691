/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What picket-cc leaves in each object that it instruments, for the runtime to tell such a module
 * from one that was built for shadow at a fixed place. Every object has one of its own, as a local
 * symbol of this name, and so a module may have several.
 */
#ifndef PICKET_KASAN_MARKER_H
#define PICKET_KASAN_MARKER_H

#define PICKET_KASAN_MARKER_SECTION ".picket_kasan"
#define PICKET_KASAN_MARKER_SYMBOL "picket_kasan_marker"
#define PICKET_KASAN_MARKER_MAGIC 0x6b617361u

/* Changes whenever a module of before cannot be run by the runtime of after. */
#define PICKET_KASAN_ABI 1

enum picket_kasan_mode {
	PICKET_KASAN_OUTLINE,
	PICKET_KASAN_INLINE,
};

struct picket_kasan_marker {
	unsigned int magic;
	unsigned int abi;
	unsigned int mode; /* enum picket_kasan_mode */
};

#endif
