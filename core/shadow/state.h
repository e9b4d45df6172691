/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the files of the shadow detector share. There is one shadow in a program, so the state is
 * static: all of it 0, and every check passes, until picket_shadow_start().
 */
#ifndef PICKET_SHADOW_STATE_H
#define PICKET_SHADOW_STATE_H

#include "../atomic.h"
#include "shadow.h"

struct picket_shadow_state {
	struct picket_platform *platform;
	struct picket_stacks *stacks; /* NULL: none are taken */
	void *stacks_memory;
	uptr stacks_bytes;
	u64 secret;  /* of the seals of objects */
	u32 enabled; /* 1: found bugs are reported; read and written atomically */
	u32 multi_shot;
	u64 reports;
	u64 reports_suppressed;
	u64 objects_live; /* these are counted where they change, by picket_add() */
	u64 objects_retained;
	u64 bytes_retained;
	u64 not_backed;
};

extern struct picket_shadow_state picket_shadow_state;

/* A number as GCC's own prototypes have it, of the functions that compilers call. */
typedef __INTPTR_TYPE__ picket_sptr;

/* Shadow of neighbours, read or written at once. */
typedef u16 __attribute__((may_alias)) picket_shades2;
typedef u64 __attribute__((may_alias)) picket_shades8;

/* The same, where they stand as they do. */
typedef u16 __attribute__((may_alias, aligned(1))) picket_shades2_anywhere;
typedef u32 __attribute__((may_alias, aligned(1))) picket_shades4_anywhere;
typedef u64 __attribute__((may_alias, aligned(1))) picket_shades8_anywhere;

/* The byte of shadow of an address. Readable only where picket_has_shadow(). */
static inline u8 *picket_shadow_of(uptr address)
{
	return (u8 *)((address >> PICKET_SHADOW_SCALE) + PICKET_SHADOW_OFFSET);
}

/* So many bytes, wherever they start, have a shadow of 16 bytes at most. */
#define PICKET_SHADOW_SHORT 120u

/*
 * Is that a short range, all of it in open granules? At one sight: the shadow of its first part and
 * of its last, which may overlap. False: it must be looked at closely.
 */
static inline bool picket_shadow_is_open_short(uptr address, uptr bytes)
{
	uptr end = address + bytes - 1;
	const u8 *first = picket_shadow_of(address);
	const u8 *last = picket_shadow_of(end);

	if (bytes - 1 >= PICKET_SHADOW_SHORT || !picket_has_shadow(address) ||
	    !picket_has_shadow(end))
		return false;
	if (last - first >= 7)
		return !(*(const picket_shades8_anywhere *)first |
			 *(const picket_shades8_anywhere *)(last - 7));
	if (last - first >= 3)
		return !(*(const picket_shades4_anywhere *)first |
			 *(const picket_shades4_anywhere *)(last - 3));
	if (last != first)
		return !(*(const picket_shades2_anywhere *)first |
			 *(const picket_shades2_anywhere *)(last - 1));
	return !*first;
}

static inline bool picket_shadow_is_enabled(void)
{
	return picket_load(&picket_shadow_state.enabled);
}

/**
 * picket_shadow_first_bad() - the first of these bytes that may not be accessed.
 * Return: true if there is one. Where there is no shadow, every byte is bad; so is the first of a
 * range that wraps or is negative.
 */
PICKET_NO_CHECK bool picket_shadow_first_bad(uptr address, uptr bytes, uptr *bad);

/* Is that no range, but the outcome of a subtraction gone wrong? */
static inline bool picket_shadow_is_wrapped(uptr address, uptr bytes)
{
	return address + bytes < address || bytes > ~(uptr)0 >> 1;
}

/* What was found, before anything is known about the memory. */
struct picket_shadow_event {
	uptr address;
	uptr bytes; /* 0 of a free */
	uptr pc;    /* where it comes from; 0: unknown */
	enum picket_access access;
	enum picket_found found;
	enum picket_bug bug; /* NONE: as the shadow says */
};

/* Make a record of it and deliver that, unless it is not the first or within a report. */
PICKET_NO_CHECK void picket_shadow_report(const struct picket_shadow_event *event);

/*
 * For the common events. Those of frees are PICKET_BUG_INVALID_FREE and PICKET_BUG_DOUBLE_FREE.
 */
PICKET_NO_CHECK void picket_shadow_report_access(uptr address, uptr bytes,
						 enum picket_access access, uptr pc);
PICKET_NO_CHECK void picket_shadow_report_free(uptr address, enum picket_bug bug, uptr pc);

/* What shadow tells of a bad byte. */
struct picket_shadow_kind {
	enum picket_bug bug;
	enum picket_region region;
};

/**
 * picket_shadow_classify() - by KASAN's rules; a pure function.
 * @shade: of the bad byte's granule.
 * @next: of the granule behind, which tells more where the first one is open in part.
 * @on_stack: it can be of a stack: compilers use one value for what vmalloc uses too.
 */
struct picket_shadow_kind picket_shadow_classify(u8 shade, u8 next, bool on_stack);

/** picket_shadow_classify_lost() - the same for an address that has no shadow. */
struct picket_shadow_kind picket_shadow_classify_lost(uptr address);

/**
 * picket_shadow_describe_frame() - in which frame the address lies, if that is of the stack that
 * runs: others change meanwhile.
 */
PICKET_NO_CHECK void picket_shadow_describe_frame(uptr address, struct picket_memory *memory);

/** picket_shadow_describe_global() - beside which global the address lies. */
PICKET_NO_CHECK void picket_shadow_describe_global(uptr address, struct picket_memory *memory);

/** picket_shadow_globals_start() - poison what was registered before; once there is a port. */
PICKET_NO_CHECK void picket_shadow_globals_start(void);

#endif
