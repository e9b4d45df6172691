/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Included by picket-cc before each file that it instruments. */
#include "marker.h"

static const struct picket_kasan_marker picket_kasan_marker
	__attribute__((used, section(PICKET_KASAN_MARKER_SECTION))) = {
		.magic = PICKET_KASAN_MARKER_MAGIC,
		.abi = PICKET_KASAN_ABI,
		.mode = PICKET_KASAN_MODE,
	};
