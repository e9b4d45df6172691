/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a report of the running kernel does not say itself: where it was, and which builds ran. */
#ifndef PICKET_TOOL_KERNEL_ORIGIN_H
#define PICKET_TOOL_KERNEL_ORIGIN_H

#include "tool/record_json.h"

/* Of one report at a time. */
struct picket_kernel_origin {
	struct picket_symbols recorded;
	u8 build_ids[PICKET_INLINE_MAX][PICKET_BUILD_ID_BYTES_MAX];
	char boot_id[40];
};

/**
 * picket_origin_add() - fill in host, kernel and boot, and the build-ids of frames.
 * @origin: must live until the report is released.
 */
void picket_origin_add(struct picket_kernel_origin *origin, struct picket_report *report);

#endif
