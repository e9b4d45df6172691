/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Between the core and the port: makes calls fail and time pass. */
#ifndef PICKET_SUITE_SEAM_H
#define PICKET_SUITE_SEAM_H

#include "../../../../test/suite/harness.h"

/** seam_fail() - the next call of that kind fails; @always: and all after it. */
void seam_fail(enum th_failure what, bool always);

/** seam_fail_end() - no call fails any more. */
void seam_fail_end(void);

/** seam_advance() - the clock goes on by so much. */
void seam_advance(u32 time_ms);

#endif
