/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which sites are guarded already: a counting Bloom filter over allocation sites.
 *
 * Each live object counts 1 at its site, and each of the last 32 guarded allocations 1 more: a
 * site that was just looked at stays covered for a while though its object is gone (the decay is
 * tcmalloc's, see "stack trace filter" in its GWP-ASan). Two hashes, four counters a slot: false
 * positives stay under a third with every slot at a site of its own.
 */
#include "pool.h"

static u32 first_index(const struct picket_coverage *coverage, u64 site)
{
	return (u32)site & coverage->mask;
}

static u32 second_index(const struct picket_coverage *coverage, u64 site)
{
	return (u32)(site >> 32) & coverage->mask;
}

static void count_up(struct picket_coverage *coverage, u64 site)
{
	picket_add(&coverage->counters[first_index(coverage, site)], 1u);
	picket_add(&coverage->counters[second_index(coverage, site)], 1u);
}

void picket_coverage_remove(struct picket_coverage *coverage, u64 site)
{
	picket_sub(&coverage->counters[first_index(coverage, site)], 1u);
	picket_sub(&coverage->counters[second_index(coverage, site)], 1u);
}

/* Under the lock. A site of 0 means "none"; picket_site() never gives it. */
void picket_coverage_add(struct picket_coverage *coverage, u64 site)
{
	u64 *recent = &coverage->recent[coverage->recent_at++ % PICKET_RECENT_SITES];

	if (*recent)
		picket_coverage_remove(coverage, *recent);
	*recent = site;
	count_up(coverage, site);
	count_up(coverage, site);
}

bool picket_coverage_has(const struct picket_coverage *coverage, u64 site)
{
	return picket_load(&coverage->counters[first_index(coverage, site)]) &&
	       picket_load(&coverage->counters[second_index(coverage, site)]);
}
