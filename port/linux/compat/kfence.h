/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Objects of the kernel's own KFENCE, where there is one. */
#ifndef PICKET_COMPAT_KFENCE_H
#define PICKET_COMPAT_KFENCE_H

#if __has_include(<linux/kfence.h>)
#include <linux/kfence.h>
#else
#include <linux/types.h>

static inline bool is_kfence_address(const void *address)
{
	return false;
}
#endif

#endif
