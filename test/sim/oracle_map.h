/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The oracle's map, for its two halves: oracle.c does and compares, predict.c foresees. */
#ifndef PICKET_TEST_ORACLE_MAP_H
#define PICKET_TEST_ORACLE_MAP_H

#include "oracle.h"

static inline uptr page_bytes(const struct oracle *oracle)
{
	return oracle->config.caps.page_bytes;
}

static inline u32 page_of(const struct oracle *oracle, uptr address)
{
	return (u32)((address - oracle->start) / page_bytes(oracle));
}

static inline uptr page_address(const struct oracle *oracle, u32 page)
{
	return oracle->start + page * page_bytes(oracle);
}

static inline u32 slot_of(const struct oracle *oracle, uptr address)
{
	return oracle->page_slot[page_of(oracle, address)];
}

static inline u8 canary(uptr address)
{
	return (u8)(0xaa ^ (address & 7));
}

static inline u32 first_page(const struct oracle *oracle, const struct oracle_object *object)
{
	return page_of(oracle, object->address);
}

static inline u32 last_page(const struct oracle *oracle, const struct oracle_object *object)
{
	return page_of(oracle, object->address + (object->size_bytes ? object->size_bytes - 1 : 0));
}

static inline bool in_pool(const struct oracle *oracle, uptr address)
{
	return address - oracle->start < oracle->page_count * page_bytes(oracle);
}

/* Note one record that the next operation must make. */
void oracle_predict(struct oracle *oracle, enum picket_bug bug, enum picket_access access,
		    uptr address, uptr object, enum picket_found found);

/* Changed bytes beside a live object that is checked now. */
void oracle_predict_canaries(struct oracle *oracle, struct oracle_object *object,
			     enum picket_found found);

/* A free of what is no live object's start. */
void oracle_predict_bad_free(struct oracle *oracle, uptr address, enum picket_found found);

/* An access: each hidden page it meets faults, and is shown. */
void oracle_predict_faults(struct oracle *oracle, uptr address, u32 size_bytes,
			   enum picket_access access);

#endif
