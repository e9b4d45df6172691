/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * record_maker MODULE BUILD-ID OFFSET... - a record whose access stack has these places, as the
 * preloaded library would send it: without names. BUILD-ID is hexadecimal or "-". The first
 * offset is the faulting instruction, the others are return addresses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report.h"

#define BASE 0x7f0000000000ull

struct place {
	const char *module;
	u8 build_id[PICKET_BUILD_ID_BYTES_MAX];
	u32 build_id_bytes;
};

static u32 frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	struct place *place = context;

	(void)exact;
	*out = (struct picket_frame){
		.pc = pc,
		.module_offset = pc - BASE,
		.module = place->module,
		.build_id = place->build_id,
		.build_id_bytes = place->build_id_bytes,
	};
	return 1;
}

static void print(void *context, const char *bytes, uptr count)
{
	fwrite(bytes, 1, count, context);
}

static void read_build_id(struct place *place, const char *text)
{
	unsigned int byte;

	while (place->build_id_bytes < PICKET_BUILD_ID_BYTES_MAX &&
	       sscanf(text, "%2x", &byte) == 1) {
		place->build_id[place->build_id_bytes++] = (u8)byte;
		text += 2;
	}
}

static struct picket_record make_record(void)
{
	return (struct picket_record){
		.version = PICKET_RECORD_VERSION,
		.size_bytes = sizeof(struct picket_record),
		.sequence = 1,
		.bug = PICKET_BUG_USE_AFTER_FREE,
		.access = PICKET_ACCESS_READ,
		.found = PICKET_FOUND_FAULT,
		.position = PICKET_POSITION_INSIDE,
		.confidence = PICKET_CONFIDENCE_HIGH,
		.fault_address = 0x1000,
		.object = { .address = 0x1000,
			    .size_bytes = 32,
			    .state = PICKET_OBJECT_FREED,
			    .side = PICKET_SIDE_LEFT,
			    .family = PICKET_FAMILY_MALLOC },
		.access_task = { .time_ns = 5, .pid = 42, .tid = 42, .cpu = 0, .name = "victim" },
		.alloc_task = { .time_ns = 1, .pid = 42, .tid = 42, .cpu = 0, .name = "victim" },
		.free_task = { .time_ns = 2, .pid = 42, .tid = 42, .cpu = 0, .name = "victim" },
	};
}

int main(int argc, char **argv)
{
	struct picket_record record = make_record();
	struct picket_origin origin = { .domain = "user", .detector_version = "0" };
	struct place place = { .module = argc > 1 ? argv[1] : "" };
	struct picket_symbols symbols = { frames, &place };
	struct picket_output output = { print, stdout };

	if (argc < 4) {
		fprintf(stderr, "usage: record_maker MODULE BUILD-ID OFFSET...\n");
		return 2;
	}
	read_build_id(&place, argv[2]);
	record.access_stack.flags = PICKET_STACK_EXACT_PC;
	for (int i = 3; i < argc && i - 3 < PICKET_STACK_FRAMES; i++)
		record.access_stack.pc[record.access_stack.count++] =
			BASE + strtoull(argv[i], NULL, 16);
	picket_render_json(&record, &origin, &symbols, &output);
	return 0;
}
