/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What samples are made of. Private to them. */
#ifndef PICKET_TEST_SAMPLE_PARTS_H
#define PICKET_TEST_SAMPLE_PARTS_H

#include "sample.h"

#define SAMPLE_OBJECT 0x7f3a5c1fdfd8ull /* 40 bytes that end at a page */

/* Program counters that sample_symbols knows. */
enum place { PARSE, PARSE_LINE, MAIN, LIBC, GLUE, MAKE, DROP, PLACES };

extern const u64 sample_pcs[PLACES];

void sample_set_stack(struct picket_stack *stack, enum place first, enum place second);
void sample_set_task(struct picket_task *task, s32 tid, s32 cpu, const char *name, u64 time_ns);

/* An access so far from the object. */
void sample_place_fault(struct picket_record *record, enum picket_position position, u64 distance);

void sample_in_free(struct picket_record *record, enum picket_bug bug);
void sample_no_object(struct picket_record *record);

/* What the shadow detector finds; each is the change of a sample. */
void sample_shadow_slab_right(struct picket_record *record);
void sample_shadow_slab_left(struct picket_record *record);
void sample_shadow_slab_memset(struct picket_record *record);
void sample_shadow_slab_uaf(struct picket_record *record);
void sample_shadow_large_uaf(struct picket_record *record);
void sample_shadow_double_free(struct picket_record *record);
void sample_shadow_invalid_free(struct picket_record *record);
void sample_shadow_negative_size(struct picket_record *record);
void sample_shadow_stack(struct picket_record *record);
void sample_shadow_after_scope(struct picket_record *record);
void sample_shadow_alloca(struct picket_record *record);
void sample_shadow_global(struct picket_record *record);
void sample_shadow_vmalloc(struct picket_record *record);
void sample_shadow_null(struct picket_record *record);
void sample_shadow_user(struct picket_record *record);
void sample_shadow_wild(struct picket_record *record);
void sample_shadow_unknown(struct picket_record *record);

#endif
