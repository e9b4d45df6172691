/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What code of a kind cannot see. That it does not is tested: this table is true. */
#include "runner.h"

#define FIRST_GRANULE "inline checks look at the shadow of the first byte only"
#define NO_SCOPES "clang marks no scopes at -O0"

const struct sh_miss sh_misses[] = {
	{ 0, "inline", 0, "misaligned_u16", FIRST_GRANULE },
	{ 0, "inline", 0, "misaligned_u32", FIRST_GRANULE },
	{ 0, "inline", 0, "misaligned_u64", FIRST_GRANULE },
	{ 0, "inline", 0, "misaligned_u64_partial", FIRST_GRANULE },
	{ 0, "inline", 0, "any_widths_long", FIRST_GRANULE },
	{ "clang", 0, "0", "use_after_scope", NO_SCOPES },
	{ "clang", 0, "0", "use_after_scope_large", NO_SCOPES },
	{ 0, 0, 0, 0, 0 },
};
