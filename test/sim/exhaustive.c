/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every sequence of at most six operations on a pool of two slots, against the oracle. All objects
 * are reachable by the two most recent pointers of the host, alive or not.
 */
#include "../tap.h"
#include "oracle.h"

#define LENGTH_MAX 6
#define PAGE_BYTES 256

enum operation {
	ALLOC_LEFT,
	ALLOC_RIGHT,
	FREE_FIRST,
	FREE_SECOND,
	READ_FIRST,
	OVERRUN_FIRST,
	UNDERRUN_SECOND,
	SWEEP,
	OPERATION_COUNT
};

static const struct picket_guard_config config = {
	.caps = { PAGE_BYTES, 1 },
	.classes = { { 1, 2 } },
	.class_count = 1,
	.guard_pages = 1,
	.align_default = 16,
	.policy = PICKET_POLICY_COUNT,
	.policy_param = 1,
	.covered_percent = 100,
	.seed = 1,
	.allocator = "exhaustive",
};

static void alloc(struct oracle *oracle, uptr *pointers, enum picket_side side)
{
	struct picket_request request = { .size_bytes = 24, .side = side };
	uptr object = oracle_alloc(oracle, &request);

	if (!object)
		return;
	pointers[1] = pointers[0];
	pointers[0] = object;
}

static void operate(struct oracle *oracle, uptr *pointers, enum operation operation)
{
	struct picket_free_request release = { .found = PICKET_FOUND_FREE };

	switch (operation) {
	case ALLOC_LEFT:
	case ALLOC_RIGHT:
		alloc(oracle, pointers,
		      operation == ALLOC_LEFT ? PICKET_SIDE_LEFT : PICKET_SIDE_RIGHT);
		break;
	case FREE_FIRST:
	case FREE_SECOND:
		oracle_free(oracle, pointers[operation - FREE_FIRST], &release);
		break;
	case READ_FIRST:
		oracle_read(oracle, pointers[0] + 3, 2);
		break;
	case OVERRUN_FIRST:
		oracle_write(oracle, pointers[0] + 24, 1, 0x11);
		break;
	case UNDERRUN_SECOND:
		oracle_write(oracle, pointers[1] - 1, 1, 0x22);
		break;
	default:
		oracle_sweep(oracle);
	}
}

/* Return: false if the detector and the map differed. */
static bool run(u64 number, u32 length)
{
	static struct oracle oracle;
	uptr pointers[2];
	u64 digits = number;

	oracle_start(&oracle, &config, 1);
	pointers[0] = pointers[1] = oracle.start + PAGE_BYTES;
	for (u32 i = 0; i < length; i++, digits /= OPERATION_COUNT)
		operate(&oracle, pointers, (enum operation)(digits % OPERATION_COUNT));
	oracle_stop(&oracle);
	if (oracle.wrong[0])
		printf("# sequence %llu of length %u: %s\n", number, length, oracle.wrong);
	return !oracle.wrong[0];
}

int main(void)
{
	u64 sequences = 1;

	/* Shorter sequences are beginnings of longer ones, and each step is checked. */
	for (u32 i = 0; i < LENGTH_MAX; i++)
		sequences *= OPERATION_COUNT;
	for (u64 number = 0; number < sequences && tap_failures < 5; number++)
		if (!run(number, LENGTH_MAX))
			tap_ok(false, "sequence %llu", number);
	tap_ok(!tap_failures, "all %llu sequences of %u operations agree with the oracle",
	       sequences, LENGTH_MAX);
	return tap_done();
}
