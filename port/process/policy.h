/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How samples are taken now, which may be changed while the process runs. */
#ifndef PICKET_PROCESS_POLICY_H
#define PICKET_PROCESS_POLICY_H

#include "options.h"

#include <stdbool.h>

/* Atomic, each by itself. Also read by `picket ctl`. */
struct picket_policy_state {
	picket_u64 on;		/* 0 or 1: samples are taken */
	picket_u64 rate;	/* one of so many allocations; 0: by interval_ms */
	picket_u64 interval_ms; /* between samples; never 0 */
};

extern struct picket_policy_state picket_policy_state;

/** picket_policy_start() - as the options say. Before the detector may be used. */
void picket_policy_start(const struct picket_options *options);

/**
 * picket_policy_set_on() - take samples, or take none from now on; objects stay guarded.
 *
 * Any context. Every thread follows at its next look, see look.h.
 */
void picket_policy_set_on(bool on);

/**
 * picket_policy_set_rate() - guard one of @rate allocations, 0: by the interval that was set.
 *
 * Any context. Samples are taken anew if they were not.
 * Return: 0; -1: @rate is above what the option allows, and nothing is changed.
 */
int picket_policy_set_rate(picket_u64 rate);

/** picket_policy_generation() - another one after each change. */
picket_u32 picket_policy_generation(void);

/** picket_policy_fork_child() - only the caller's thread lives on in this copy. */
void picket_policy_fork_child(void);

#endif
