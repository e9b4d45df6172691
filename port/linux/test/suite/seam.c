/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "seam.h"

static enum th_failure failing = TH_FAIL_COUNT; /* TH_FAIL_COUNT: nothing */
static bool for_good;
static u64 advanced_ns;

/* The port's functions, renamed by Kbuild. */
int seam_show(struct picket_platform *platform, uptr address, uptr size_bytes);
int seam_show_fresh(struct picket_platform *platform, uptr address, uptr size_bytes);
int seam_hide(struct picket_platform *platform, uptr address, uptr size_bytes);
u32 seam_stack(struct picket_platform *platform, const struct picket_context *context, u64 *pc,
	       u32 max);
u64 seam_time_ns(struct picket_platform *platform);

void seam_fail(enum th_failure what, bool always)
{
	failing = what;
	for_good = always;
}

void seam_fail_end(void)
{
	failing = TH_FAIL_COUNT;
}

void seam_advance(u32 time_ms)
{
	advanced_ns += time_ms * 1000000ull;
}

static bool fails(enum th_failure what)
{
	if (failing != what)
		return false;
	if (!for_good)
		failing = TH_FAIL_COUNT;
	return true;
}

bool seam_lock_busy(void)
{
	return fails(TH_FAIL_LOCK);
}

int picket_plat_show(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return fails(TH_FAIL_SHOW) ? -12 : seam_show(platform, address, size_bytes);
}

int picket_plat_show_fresh(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return fails(TH_FAIL_SHOW) ? -12 : seam_show_fresh(platform, address, size_bytes);
}

int picket_plat_hide(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return fails(TH_FAIL_HIDE) ? -12 : seam_hide(platform, address, size_bytes);
}

u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	return fails(TH_FAIL_STACK) ? 0 : seam_stack(platform, context, pc, max);
}

u64 picket_plat_time_ns(struct picket_platform *platform)
{
	return seam_time_ns(platform) + advanced_ns;
}
