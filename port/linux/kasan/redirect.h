/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of the kernel that an instrumented driver calls here instead: the compiler wrapper
 * renames SYMBOL in the driver's objects to picket_kasan_SYMBOL for each of the latter that is
 * exported. It has SYMBOL's own prototype, which the declaration makes sure of.
 */
#ifndef PICKET_KASAN_REDIRECT_H
#define PICKET_KASAN_REDIRECT_H

#include <linux/export.h>

/* The symbol behind the name of an allocation function: profiling gave it another. */
#ifdef PICKET_HAVE_NOPROF
#define PICKET_SYMBOL(name) name##_noprof
#else
#define PICKET_SYMBOL(name) name
#endif

#define PICKET_PASTE(a, b) a##b
#define PICKET_PASTED(a, b) PICKET_PASTE(a, b)

#define PICKET_DECLARE(symbol)                                                                     \
	extern typeof(symbol) picket_kasan_##symbol;                                               \
	EXPORT_SYMBOL(picket_kasan_##symbol)

/* Before the definition of picket_kasan_SYMBOL; this one is for names that never change. */
#define PICKET_REDIRECT(symbol) PICKET_DECLARE(symbol)

/* The same for allocation functions, and the name to define. */
#define PICKET_DECLARE_EXPANDED(symbol) PICKET_DECLARE(symbol)
#define PICKET_REDIRECT_ALLOC(name) PICKET_DECLARE_EXPANDED(PICKET_SYMBOL(name))
#define PICKET_ALLOC(name) PICKET_PASTED(picket_kasan_, PICKET_SYMBOL(name))

#endif
