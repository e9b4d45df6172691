/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A touch of real memory. */
#ifndef PICKET_TEST_TOUCH_H
#define PICKET_TEST_TOUCH_H

#include "../../core/types.h"

/** touch() - one access of the width asked for: a case may mean its last byte to fault. */
static inline void touch(uptr address, void *bytes, u32 size_bytes, bool write)
{
	struct __attribute__((packed)) wide {
		volatile u64 u64;
	} *wide = (struct wide *)address;
	struct __attribute__((packed)) half {
		volatile u32 u32;
	} *half = (struct half *)address;
	u64 value = 0;

	memcpy(&value, bytes, size_bytes);
	if (size_bytes == 8 && write)
		wide->u64 = value;
	else if (size_bytes == 8)
		value = wide->u64;
	else if (size_bytes == 4 && write)
		half->u32 = (u32)value;
	else if (size_bytes == 4)
		value = half->u32;
	for (u32 i = 0; i < size_bytes && size_bytes < 4; i++) {
		if (write)
			((volatile u8 *)address)[i] = (u8)(value >> (8 * i));
		else
			((u8 *)&value)[i] = ((volatile u8 *)address)[i];
	}
	memcpy(bytes, &value, size_bytes);
}

#endif
