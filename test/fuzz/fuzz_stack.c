/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Any bytes unpack to a stack; that stack, packed, is not larger and unpacks to the same. The first
 * byte of the input chooses how small the buffer is.
 */
#include "core/report/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u64 pc[PICKET_STACK_FRAMES];
	u64 back[PICKET_STACK_FRAMES];
	u8 *buffer;
	u32 count;
	u32 used;
	u32 packed;

	if (size == 0)
		return 0;
	count = picket_stack_unpack(data + 1, (u32)size - 1, pc, PICKET_STACK_FRAMES);
	require(count <= PICKET_STACK_FRAMES);
	buffer = malloc(data[0] + 1u); /* so that a sanitizer sees its end */
	used = picket_stack_pack(pc, count, buffer, data[0], &packed);
	require(used <= data[0] && packed <= count);
	require(data[0] < size - 1 || packed == count);
	require(picket_stack_unpack(buffer, used, back, PICKET_STACK_FRAMES) == packed);
	require(!memcmp(pc, back, packed * sizeof(*pc)));
	free(buffer);
	return 0;
}
