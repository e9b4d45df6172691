/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_BACKTRACE_H
#define PICKET_BACKTRACE_H

#include <picket/types.h>
#include <stdbool.h>
#include <ucontext.h>

/** picket_backtrace_prepare() - walk one stack, so that what the unwinder sets up is set up. */
void picket_backtrace_prepare(void);

/** picket_backtrace_may_read() - are the first and the last of some bytes (at least 1) there? */
bool picket_backtrace_may_read(const void *start, picket_uptr count);

/**
 * picket_backtrace_escape() - a fault came up; if this thread caused it while it walked a stack
 * (the host's stack or its unwind tables are wrong) or tried to read, end that. Does not return
 * then.
 */
void picket_backtrace_escape(ucontext_t *user);

#endif
