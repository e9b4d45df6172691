/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Included by picket-cc before each file that it instruments.
 *
 * Inline assembly of the kernel's headers (atomics, operations on bits, copies of user memory) is
 * announced to KASAN by functions of <linux/kasan-checks.h>, which are empty on kernels without it.
 * They are taken over here. That the kernel has KASAN must not be said: structures would change.
 */
#ifndef PICKET_KASAN_H
#define PICKET_KASAN_H

#ifndef __ASSEMBLY__

#include <linux/kconfig.h>
#include <linux/compiler_types.h>

/* This compiler checks the address of a variable of the CPU's as if that were memory's. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ * 100 + __GNUC_MINOR__ < 1303
#undef CONFIG_USE_X86_SEG_SUPPORT
#endif

#ifdef __SANITIZE_ADDRESS__
#define _LINUX_KASAN_CHECKS_H

#include <linux/types.h>

extern bool picket_check_read(const volatile void *memory, unsigned int size);
extern bool picket_check_write(const volatile void *memory, unsigned int size);

#define __kasan_check_read picket_check_read
#define __kasan_check_write picket_check_write
#define kasan_check_read picket_check_read
#define kasan_check_write picket_check_write
#endif

#endif
#endif
