/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* All that is guarded in a process now. */
#ifndef PICKET_TOOL_CTL_DUMP_H
#define PICKET_TOOL_CTL_DUMP_H

#include <jansson.h>

#include "target.h"

/**
 * picket_target_objects() - the live guarded objects, as reports describe them, with names.
 *
 * The target is locked. Return: an array; NULL: said.
 */
json_t *picket_target_objects(const struct picket_target *target, picket_u64 patience_ms);

#endif
