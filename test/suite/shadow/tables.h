/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The tables of cases, one per file. */
#ifndef PICKET_TEST_SHADOW_TABLES_H
#define PICKET_TEST_SHADOW_TABLES_H

#include "harness.h"

/* KASAN's own. */
extern const struct sh_case sh_kmalloc_cases[];
extern const struct sh_case sh_realloc_cases[];
extern const struct sh_case sh_cache_cases[];
extern const struct sh_case sh_pool_cases[];
extern const struct sh_case sh_compiled_cases[];
/* Ours. */
extern const struct sh_case sh_access_cases[];
extern const struct sh_case sh_memory_cases[];
extern const struct sh_case sh_frame_cases[];
extern const struct sh_case sh_global_cases[];
extern const struct sh_case sh_object_cases[];
extern const struct sh_case sh_area_cases[];

#endif
