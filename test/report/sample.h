/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records to render: one of every kind as the detector makes them, and random ones. */
#ifndef PICKET_TEST_SAMPLE_H
#define PICKET_TEST_SAMPLE_H

#include "core/report/report.h"

struct sample {
	const char *name;			      /* of its golden files */
	void (*change)(struct picket_record *record); /* what differs from a common record */
	bool hide_addresses;
	bool no_symbols;
};

extern const struct sample samples[];
extern const u32 sample_count;
extern const struct picket_symbols sample_symbols;
extern const struct picket_origin sample_origin;

void sample_record(const struct sample *sample, struct picket_record *out);

/* The next number of a reproducible sequence (SplitMix64). */
u64 sample_random(u64 *seed);

/* A record with every field random, as far as a valid record can be. */
void sample_random_record(u64 *seed, struct picket_record *out);

/* Symbols that are made from the pc, so they need no table; context is not used. */
extern const struct picket_symbols sample_random_symbols;

/* Collects output in memory. */
struct sample_buffer {
	char bytes[1 << 20];
	size_t used;
};

struct picket_output sample_output(struct sample_buffer *buffer);

#endif
