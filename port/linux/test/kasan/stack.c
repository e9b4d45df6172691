/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stack that no compiler checks. */
#include "conformance.h"

void sh_on_stack(picket_uptr bytes, void (*function)(char *memory, picket_uptr bytes))
{
	function(__builtin_alloca(bytes), bytes);
	sh_barrier();
}
