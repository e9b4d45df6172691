/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "../../../../test/harness/sites.h"

#include <linux/module.h>

EXPORT_SYMBOL_GPL(at_site);

MODULE_DESCRIPTION("Places in code that allocate, for Picket's behaviour suite");
MODULE_LICENSE("Dual MIT/GPL");
