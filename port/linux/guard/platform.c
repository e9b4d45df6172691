/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Of the contract of core/platform.h what is not in base/, in pages.c or in stack.c. */
#include "module.h"

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	platform->deliver(record);
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	platform->say_disabled(why);
}
