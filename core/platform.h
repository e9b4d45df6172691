/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The contract: all that a port must supply. Everything else in the core is plain C11.
 *
 * Functions are bound by the linker: a missing one is a link error, and every call is direct. Each
 * takes the port's own struct picket_platform, which the core never looks into, so that several
 * machines can live in one program (the tests do that).
 *
 * A port also has a header port_types.h, found by include path, with
 *   - bool, true, false, NULL, and declarations of memcpy, memmove, memset, memcmp;
 *   - struct picket_lock, and as inline functions
 *       void picket_lock_init(struct picket_lock *);
 *       bool picket_lock_try(struct picket_lock *);     false: held by another; acquire order
 *       void picket_lock_release(struct picket_lock *); release order
 *     The core only ever tries a lock and never waits for one; the try itself may wait a bounded
 *     time for another CPU. In a kernel, trying masks interrupts until the release.
 *
 * Preconditions of every function: platform is what the port gave to picket_guard_create();
 * addresses and sizes of pages are multiples of caps.page_bytes and lie in the pool; no lock of
 * the core is held, unless it says otherwise. Where it says "any context", that includes the
 * host's interrupts, signal handlers and page faults; nothing here may sleep or allocate from the
 * allocator being watched.
 */
#ifndef PICKET_CORE_PLATFORM_H
#define PICKET_CORE_PLATFORM_H

#include "types.h"
#include <picket/record.h>

struct picket_platform;
struct picket_context; /* the port's view of the interrupted code (registers), may be NULL */

/* What the port can do, as data: filled in by the port before picket_guard_create(). */
struct picket_caps {
	u32 page_bytes;	    /* power of two, at least 256 */
	u32 slot_pages_max; /* largest slot in pages; 1 where the pool is in a direct map */
};

/**
 * picket_plat_reserve() - reserve address space for the pool, all of it hidden.
 * @size_bytes: of the whole pool; a multiple of the page size.
 *
 * Called once, while the detector is created. Memory need not be committed yet.
 * Return: start of the range, page aligned; NULL: none to be had, creation fails.
 */
void *picket_plat_reserve(struct picket_platform *platform, uptr size_bytes);

/** picket_plat_release() - give back what picket_plat_reserve() gave. Called by destroy only. */
void picket_plat_release(struct picket_platform *platform, void *pool, uptr size_bytes);

/**
 * picket_plat_metadata() - zeroed memory outside the pool, aligned to 64 bytes.
 *
 * Called once while the detector is created; must not come from the watched allocator.
 * Return: the memory; NULL: creation fails.
 */
void *picket_plat_metadata(struct picket_platform *platform, uptr size_bytes);

/** picket_plat_metadata_free() - give back what picket_plat_metadata() gave. */
void picket_plat_metadata_free(struct picket_platform *platform, void *memory, uptr size_bytes);

/**
 * picket_plat_hide() - from now on every access to the pages faults; their content is kept.
 *
 * Called by free, in the host's context, for pages that were shown. Pages hidden already stay so.
 * Other CPUs may keep seeing the pages for a while (that misses a bug, it never invents one).
 * Any context; may fail, and then nothing has changed.
 * Return: 0, or a negative error: the object stays visible, which is counted.
 */
int picket_plat_hide(struct picket_platform *platform, uptr address, uptr size_bytes);

/**
 * picket_plat_show() - make the pages readable and writable; hidden content appears again.
 *
 * Called by the fault path to let the host go on. Pages shown already stay so; a page never shown
 * before reads as zeros or as anything, not as another process's data.
 * Any context, including a page fault; may fail, and then nothing has changed.
 * Return: 0, or a negative error: nothing can be guarded any more.
 */
int picket_plat_show(struct picket_platform *platform, uptr address, uptr size_bytes);

/**
 * picket_plat_show_fresh() - the same for a new object: what the pages held is not needed.
 *
 * Called by alloc; may fail, and then nothing has changed, their content included.
 * Return: 0, or a negative error: the allocation is not guarded, which is counted.
 */
int picket_plat_show_fresh(struct picket_platform *platform, uptr address, uptr size_bytes);

/**
 * picket_plat_discard() - the content of these pages is not needed any more.
 *
 * A hint to give the memory back; may do nothing. Pages may be shown or hidden.
 */
void picket_plat_discard(struct picket_platform *platform, uptr address, uptr size_bytes);

/**
 * picket_plat_time_ns() - monotonic time. Any context. Coarse (milliseconds) is good enough.
 */
u64 picket_plat_time_ns(struct picket_platform *platform);

/** picket_plat_wall_offset_ns() - what to add to the time for UTC since 1970. Any context. */
u64 picket_plat_wall_offset_ns(struct picket_platform *platform);

/**
 * picket_plat_random() - 64 bits nobody can predict, for seeds. Rarely called; any context.
 */
u64 picket_plat_random(struct picket_platform *platform);

/**
 * picket_plat_stack() - the stack of the caller, or of the interrupted code.
 * @context: the interrupted code, or NULL for the current one.
 * @pc:      receives at most @max program counters, innermost first, none of them in Picket or
 *           in the entry points of the allocator.
 *
 * Any context. With @context, pc[0] is the interrupted instruction itself.
 * Return: how many were stored; 0 if the stack cannot be walked. Never more than @max; if there
 * were more, exactly @max.
 */
u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max);

/**
 * picket_plat_code_id() - an id of a code address that is equal in every process, boot and
 * machine that runs the same build: a hash of build-id and offset. Any context; never fails (an
 * address of unknown code gives an id of its value).
 */
u64 picket_plat_code_id(struct picket_platform *platform, u64 pc);

/** picket_plat_task() - who runs now: pid, tid, cpu, name. The core sets the time. Any context. */
void picket_plat_task(struct picket_platform *platform, struct picket_task *task);

/**
 * picket_plat_report() - a bug of the host was found; deliver its record.
 *
 * Called once for each record, in the context where it was found (any), possibly by several
 * threads at once. The record is valid during the call only.
 */
void picket_plat_report(struct picket_platform *platform, const struct picket_record *record);

/**
 * picket_plat_disabled() - Picket found itself inconsistent and has switched itself off.
 * @why: static text.
 *
 * Called at most once. Say it quietly, and let the host live. Any context.
 */
void picket_plat_disabled(struct picket_platform *platform, const char *why);

#endif
