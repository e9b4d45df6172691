/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A naive second opinion. The oracle keeps a flat map of the pool, byte by byte and page by page,
 * and a list of every object there ever was; each operation is done on the machine and in the map,
 * and what the detector did (records, visibility, contents, counters) must be what the map says.
 * It is slow and stupid on purpose, and shares no code with the detector.
 */
#ifndef PICKET_TEST_ORACLE_H
#define PICKET_TEST_ORACLE_H

#include "../../port/sim/sim.h"

#define ORACLE_PAGES_MAX 4096
#define ORACLE_SLOTS_MAX 512
#define ORACLE_PREDICTIONS_MAX 64

struct oracle_object {
	uptr address;
	uptr size_bytes;
	uptr align_bytes;
	u32 family;
	bool live;
	bool told[2]; /* a changed canary on the left, on the right was reported */
};

struct oracle_slot {
	u32 first_page;
	u32 pages;
	struct oracle_object object; /* the present or last one; address 0: none yet */
	struct oracle_object before;
	u64 freed_at;	/* step; 0: never used */
	bool opened[2]; /* the guard on the left, on the right is visible on its account */
};

struct oracle_prediction {
	enum picket_bug bug;
	enum picket_access access;
	uptr address;
	uptr object;
	enum picket_found found;
	bool seen;
};

struct oracle {
	struct picket_platform sim;
	struct picket_guard_config config;
	uptr start;
	u32 page_count;
	u32 slot_count;
	struct oracle_slot slots[ORACLE_SLOTS_MAX];
	u32 page_slot[ORACLE_PAGES_MAX]; /* slot_count in a guard */
	bool visible[ORACLE_PAGES_MAX];
	u8 *content;
	bool *known; /* is content[] what a read must give? */
	struct oracle_prediction predictions[ORACLE_PREDICTIONS_MAX];
	u32 prediction_count;
	u32 live;
	u64 step;
	u64 alloc_count;
	u64 free_count;
	u64 record_count;
	bool order_lost; /* a failed call has put a slot elsewhere in the queue */
	bool over;	 /* the detector has given up, as it may after a failed call */
	char wrong[200];
};

/** oracle_start() - a machine with a detector, and its map. False: no detector. */
bool oracle_start(struct oracle *oracle, const struct picket_guard_config *config, u64 seed);

/** oracle_stop() - free all that lives, destroy, and look for leaks. */
void oracle_stop(struct oracle *oracle);

/**
 * The checked operations. Each may be preceded by sim_fail(&oracle->sim, ...). After each,
 * oracle->wrong is empty, or says what the detector did otherwise than the map.
 */
uptr oracle_alloc(struct oracle *oracle, const struct picket_request *request);
void oracle_free(struct oracle *oracle, uptr address, const struct picket_free_request *request);
void oracle_read(struct oracle *oracle, uptr address, u32 size_bytes);
void oracle_write(struct oracle *oracle, uptr address, u32 size_bytes, u64 value);
void oracle_sweep(struct oracle *oracle);
void oracle_fork(struct oracle *oracle);

#endif
