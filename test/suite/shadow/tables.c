/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tables.h"

const struct sh_case *const sh_suite[] = {
	sh_kmalloc_cases,  sh_realloc_cases, sh_cache_cases,  sh_pool_cases,
	sh_compiled_cases, sh_access_cases,  sh_memory_cases, sh_frame_cases,
	sh_global_cases,   sh_object_cases,  sh_area_cases,   0,
};
