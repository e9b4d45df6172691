/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_BACKTRACE_H
#define PICKET_BACKTRACE_H

#include <ucontext.h>

/** picket_backtrace_prepare() - walk one stack, so that what the unwinder sets up is set up. */
void picket_backtrace_prepare(void);

/**
 * picket_backtrace_escape() - a fault came up; if this thread's unwinder caused it (the host's
 * stack or its unwind tables are wrong), end the walk. Does not return then.
 */
void picket_backtrace_escape(ucontext_t *user);

#endif
