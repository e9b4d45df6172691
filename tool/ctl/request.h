/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Asking a process to do something: it looks when it allocates, so an answer may never come. */
#ifndef PICKET_TOOL_CTL_REQUEST_H
#define PICKET_TOOL_CTL_REQUEST_H

#include "target.h"

/**
 * picket_request_lock() - keep other `picket ctl` of this process waiting until the target is
 * closed. Return: 0; -1: another one has it for too long, said.
 */
int picket_request_lock(const struct picket_target *target, picket_u64 patience_ms);

/**
 * picket_request() - have a command carried out. The target is locked.
 * @keep:   if no answer comes, leave it to be done when the process looks.
 * @answer: what came of it; its result is not negative.
 *
 * Return: 0; -1: no answer, or no good one, said.
 */
int picket_request(const struct picket_target *target, enum picket_control_command command,
		   picket_u64 argument, picket_u64 patience_ms, bool keep,
		   struct picket_control_answer *answer);

#endif
