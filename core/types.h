/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Short names for the core. They repeat the Linux kernel's own types exactly, which C11 allows,
 * so a kernel port includes both. bool, NULL, struct picket_lock and the memory functions come
 * from the port's port_types.h (see core/platform.h).
 */
#ifndef PICKET_CORE_TYPES_H
#define PICKET_CORE_TYPES_H

#include <picket/types.h>
#include "port_types.h"

typedef picket_u8 u8;
typedef picket_u16 u16;
typedef picket_u32 u32;
typedef picket_u64 u64;
typedef picket_s32 s32;
typedef picket_s64 s64;
typedef picket_uptr uptr;

#endif
