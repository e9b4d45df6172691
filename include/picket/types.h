/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixed-width types that need no other header, so that the same declarations serve a process, a
 * kernel and a bare machine. They equal the Linux kernel's u8 ... u64 exactly (not only in size).
 */
#ifndef PICKET_TYPES_H
#define PICKET_TYPES_H

typedef unsigned char picket_u8;
typedef unsigned short picket_u16;
typedef unsigned int picket_u32;
typedef unsigned long long picket_u64;
typedef int picket_s32;
typedef long long picket_s64;
typedef unsigned long picket_uptr;

#ifdef __cplusplus
#define PICKET_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define PICKET_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

PICKET_STATIC_ASSERT(sizeof(picket_u16) == 2, "picket_u16");
PICKET_STATIC_ASSERT(sizeof(picket_u32) == 4, "picket_u32");
PICKET_STATIC_ASSERT(sizeof(picket_u64) == 8, "picket_u64");
PICKET_STATIC_ASSERT(sizeof(picket_uptr) == sizeof(void *), "picket_uptr");

#endif
