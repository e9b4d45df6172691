/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Kinds of kernel code that we must tell apart, by address. */
#ifndef PICKET_LINUX_CODE_H
#define PICKET_LINUX_CODE_H

#include <linux/types.h>

enum picket_code {
	PICKET_CODE_ALLOCATOR, /* entry points of the slab allocator and what they are made of */
	PICKET_CODE_FREE,      /* of these, what touches a freed object's free list pointer */
	PICKET_CODE_USERCOPY,  /* copies to and from user space */
	PICKET_CODE_RESIZER,   /* callers of kmalloc() that use all that ksize() says there is */
	PICKET_CODE_COUNT
};

/** picket_code_find() - look up all ranges. Once, after picket_imports_find(). */
void picket_code_find(void);

/** picket_code_has() - does the kernel have code of that kind? */
bool picket_code_has(enum picket_code kind);

/** picket_code_is() - does the address lie in code of that kind? Any context. */
bool picket_code_is(enum picket_code kind, unsigned long address);

#endif
