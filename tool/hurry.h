/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * When the program has ended, reports may still wait for names, and a debuginfod server may be
 * slow. Who does not want to wait sends a signal: after the first no more names are looked up, the
 * second ends all.
 */
#ifndef PICKET_TOOL_HURRY_H
#define PICKET_TOOL_HURRY_H

#include <stdbool.h>

#include "child.h"

/**
 * picket_hurry_on_signal() - let SIGINT, SIGTERM, SIGHUP and SIGQUIT reach this process.
 * @before: what picket_signals_block() found. Signals ignored or blocked then stay so.
 */
void picket_hurry_on_signal(const struct picket_signals *before);

/** picket_hurried() - has such a signal come? From any thread. */
bool picket_hurried(void);

#endif
