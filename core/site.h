/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sites: what stands for an allocation stack wherever the same build runs. */
#ifndef PICKET_CORE_SITE_H
#define PICKET_CORE_SITE_H

#include "platform.h"

#define PICKET_SITE_FRAMES 8 /* as KFENCE: deep enough to tell callers apart */

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
static inline u64 picket_mix(u64 value)
{
	value += 0x9e3779b97f4a7c15ull;
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

/* A hash of the innermost frames. Never 0. */
static inline u64 picket_site(struct picket_platform *platform, const u64 *pc, u32 count)
{
	u64 site = 1;

	for (u32 i = 0; i < count && i < PICKET_SITE_FRAMES; i++)
		site = picket_mix(site ^ picket_plat_code_id(platform, pc[i]));
	return site ? site : 1;
}

#endif
