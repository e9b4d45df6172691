/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_TEST_SITES_H
#define PICKET_TEST_SITES_H

#include "../../core/types.h"

/** at_site() - call the function from one of 64 places in the code, each with its own stack. */
void at_site(u32 site, void (*function)(void *), void *argument);

#endif
