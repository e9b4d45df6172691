/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "pages.h"

#include "../../core/atomic.h"
#include "libc.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Of kernels newer than most headers. */
#define GUARD_INSTALL 102 /* MADV_GUARD_INSTALL */
#define GUARD_REMOVE 103  /* MADV_GUARD_REMOVE */
#define NO_ADVICE 0x7fffffff

/* The state of a page; none of it: hidden, and empty. */
#define SHOWN 0x01u  /* the host can touch it */
#define KEPT 0x02u   /* its content is in the store */
#define MOVING 0x04u /* a thread brings it there, or back */
#define OVER 0x08u   /* nobody needs its content */
#define OPENED 0x10u /* shown with its content, after a report: it is no new object's */
#define FENCED 0x20u /* hidden by mprotect(), though there are guard regions */
#define MOVED 0x40u  /* came from the store, mapping and all */
#define APART 0x80u  /* mapped unlike the pool */

#define SPARE_MAX 16		  /* free places that keep their memory */
#define EMPTY 0x80000000u	  /* beside the next free place: this one has no memory */
#define TRIES 4			  /* of calls without which the host cannot go on */
#define RESERVE_PAGES 16	  /* that can be shown when no more memory may be had */
#define PATIENCE_NS 2000000000ull /* with a mover; a fork may have lost it */

static uptr page_bytes(void)
{
	return (uptr)getpagesize();
}

static uptr index_of(const struct picket_pages *pages, uptr address)
{
	return (address - pages->start) / page_bytes();
}

static u8 *state_of(const struct picket_pages *pages, uptr address)
{
	return &pages->state[index_of(pages, address)];
}

static void state_change(const struct picket_pages *pages, uptr address, u8 clear, u8 set)
{
	u8 *state = state_of(pages, address);
	u8 was = picket_load(state);

	while (!picket_cas(state, &was, (u8)((was & ~clear) | set)))
		;
}

static void change_all(const struct picket_pages *pages, uptr address, uptr size_bytes, u8 clear,
		       u8 set)
{
	for (uptr at = address; at < address + size_bytes; at += page_bytes())
		state_change(pages, at, clear, set);
}

static bool any(const struct picket_pages *pages, uptr address, uptr size_bytes, u8 mask, u8 value)
{
	for (uptr at = address; at < address + size_bytes; at += page_bytes())
		if ((picket_load(state_of(pages, at)) & mask) == value)
			return true;
	return false;
}

/* ---- mappings ---- */

static u32 is_apart(const struct picket_pages *pages, uptr address)
{
	return address - pages->start < pages->size_bytes &&
	       picket_load(state_of(pages, address)) & APART;
}

/* Two threads at neighbouring pages may count a run too many or too few; it is for a bound. */
static void set_apart(struct picket_pages *pages, uptr address, uptr size_bytes, bool apart)
{
	for (uptr at = address; at < address + size_bytes; at += page_bytes()) {
		u32 beside =
			is_apart(pages, at - page_bytes()) + is_apart(pages, at + page_bytes());

		if (is_apart(pages, at) == apart)
			continue;
		state_change(pages, at, APART, apart ? APART : 0);
		picket_add(&pages->apart, apart ? 1 - (u64)beside : (u64)beside - 1);
	}
}

static bool is_full(const struct picket_pages *pages)
{
	return picket_load(&pages->apart) >= pages->apart_max;
}

static int protect(uptr address, uptr size_bytes, int protection)
{
	return mprotect((void *)address, size_bytes, protection) ? -errno : 0;
}

static int install(uptr address, uptr size_bytes)
{
	return madvise((void *)address, size_bytes, GUARD_INSTALL) ? -errno : 0;
}

/* The host has a fault to get over: where one way is refused there is another. */
static int remove_hard(uptr address, uptr size_bytes)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;

	for (int i = 0; i < TRIES; i++) {
		if (!madvise((void *)address, size_bytes, GUARD_REMOVE) ||
		    mmap((void *)address, size_bytes, PROT_READ | PROT_WRITE, flags, -1, 0) !=
			    MAP_FAILED)
			return 0;
	}
	return -errno;
}

/*
 * One of the reserve takes its place, with what is in it. That is shared memory, which counted when
 * it was made, and moves where even a private page that had counted may not.
 */
static int replace(struct picket_pages *pages, uptr address)
{
	uptr spent = picket_add(&pages->spent_bytes, page_bytes());
	void *from = (void *)(pages->reserve + spent);

	if (!pages->reserve || spent >= RESERVE_PAGES * page_bytes() ||
	    protect(address, page_bytes(), PROT_READ))
		return -ENOMEM;
	memcpy(from, (void *)address, page_bytes());
	if (mremap(from, page_bytes(), page_bytes(), MREMAP_MAYMOVE | MREMAP_FIXED,
		   (void *)address) == MAP_FAILED)
		return -errno;
	return 0;
}

/* Where memory is counted the host may have left none that the pages could count for. */
static int unprotect_hard(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	int error = -1;

	for (int i = 0; i < TRIES && error; i++)
		error = protect(address, size_bytes, PROT_READ | PROT_WRITE);
	if (!error)
		return 0;
	for (uptr at = address; at < address + size_bytes; at += page_bytes()) {
		error = replace(pages, at);
		if (error)
			return error;
	}
	return 0;
}

/* ---- by mprotect() ---- */

static int mark_shown(struct picket_pages *pages, uptr address, uptr size_bytes, int error)
{
	if (error)
		return error;
	change_all(pages, address, size_bytes, OVER, SHOWN);
	set_apart(pages, address, size_bytes, true);
	return 0;
}

static int hide_by_protection(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	int error = protect(address, size_bytes, PROT_NONE);

	if (error)
		return error;
	change_all(pages, address, size_bytes, SHOWN, 0);
	if (!pages->lasting)
		set_apart(pages, address, size_bytes, false);
	return 0;
}

/* ---- by guard regions ---- */

static void *stored(const struct picket_pages *pages, uptr address)
{
	return (void *)(pages->store + pages->place[index_of(pages, address)] * page_bytes());
}

/*
 * Places are used again as soon as they are free, and all but a few give their memory back: else
 * there would be a page for each object that lives, and one for when it was free. There are as
 * many as pages; a forked child may have lost one that a thread of its parent had in hand. The
 * count of changes tells a first place from the same, come back.
 */
static bool place_take(struct picket_pages *pages, uptr address)
{
	u64 first = picket_load_acquire(&pages->free);
	u32 place, next = EMPTY;

	do {
		place = (u32)first - 1;
		if (!(u32)first) {
			place = picket_add(&pages->used, 1u);
			break;
		}
		next = picket_load(&pages->next[place]);
	} while (!picket_cas(&pages->free, &first, ((first >> 32) + 1) << 32 | (next & ~EMPTY)));
	if (place >= pages->size_bytes / page_bytes())
		return false;
	if (!(next & EMPTY))
		picket_sub(&pages->spare, 1u);
	pages->place[index_of(pages, address)] = place;
	return true;
}

static void place_give(struct picket_pages *pages, uptr address)
{
	u32 place = pages->place[index_of(pages, address)];
	u64 first = picket_load(&pages->free);
	u32 empty = 0;

	if (picket_add(&pages->spare, 1u) >= SPARE_MAX) {
		picket_sub(&pages->spare, 1u);
		madvise(stored(pages, address), page_bytes(), MADV_DONTNEED);
		empty = EMPTY;
	}
	do
		picket_store(&pages->next[place], (u32)first | empty);
	while (!picket_cas(&pages->free, &first, ((first >> 32) + 1) << 32 | (place + 1)));
}

/* A page that is FENCED is unlike the pool; one that was MOVED stays so. */
static int unfence(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	if (!any(pages, address, size_bytes, FENCED, FENCED))
		return 0;
	if (unprotect_hard(pages, address, size_bytes))
		return -ENOMEM;
	for (uptr at = address; at < address + size_bytes; at += page_bytes()) {
		state_change(pages, at, FENCED, 0);
		if (!any(pages, at, page_bytes(), MOVED, MOVED))
			set_apart(pages, at, page_bytes(), false);
	}
	return 0;
}

static void mark_fenced(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	change_all(pages, address, size_bytes, SHOWN | OPENED, FENCED);
	set_apart(pages, address, size_bytes, true);
}

/* A child that is forked now must know that it has to be made accessible. */
static int fence_surely(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	int error;

	change_all(pages, address, size_bytes, 0, FENCED);
	error = protect(address, size_bytes, PROT_NONE);
	if (error)
		unfence(pages, address, size_bytes);
	return error;
}

static int fence(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	int error = is_full(pages) ? -ENOMEM : fence_surely(pages, address, size_bytes);

	if (!error)
		mark_fenced(pages, address, size_bytes);
	return error;
}

/*
 * The page is replaced by the one in the store, at once: other threads find it hidden or with its
 * content, never empty. That takes a mapping of its own; where none is to be had it is copied.
 */
static int move_back(struct picket_pages *pages, uptr address)
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
	void *from = stored(pages, address);

	if (!is_full(pages) &&
	    mremap(from, page_bytes(), page_bytes(), flags, (void *)address) == (void *)address) {
		madvise((void *)address, page_bytes(), MADV_DODUMP);
		place_give(pages, address);
		set_apart(pages, address, page_bytes(), true);
		state_change(pages, address, MOVING | KEPT | FENCED, SHOWN | OPENED | MOVED);
		return 0;
	}
	if (unfence(pages, address, page_bytes()) || remove_hard(address, page_bytes())) {
		state_change(pages, address, MOVING, 0);
		return -ENOMEM;
	}
	memcpy((void *)address, from, page_bytes());
	place_give(pages, address);
	state_change(pages, address, MOVING | KEPT, SHOWN | OPENED);
	return 0;
}

static u64 now_ns(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

/* Turns would not do: where nobody else wants to run, a thousand of them are over at once. */
static bool wait_for_mover(const u8 *state)
{
	u64 start = now_ns();

	while (picket_load(state) & MOVING) {
		if (now_ns() - start > PATIENCE_NS)
			return false;
		sched_yield();
	}
	return true;
}

/* Whatever its mover had come to: this thread interrupted it, or it was lost in a fork. */
static int open_empty(struct picket_pages *pages, uptr address)
{
	if (unprotect_hard(pages, address, page_bytes()) || remove_hard(address, page_bytes()))
		return -ENOMEM;
	state_change(pages, address, 0, SHOWN | OPENED);
	return 0;
}

/* With its content. One thread brings it back; others, which the page is hidden from too, wait. */
static int open_page(struct picket_pages *pages, uptr address)
{
	u8 *state = state_of(pages, address);
	u8 was = picket_load(state);

	while ((was & (KEPT | OVER | SHOWN)) == KEPT) {
		if (was & MOVING) {
			if (!wait_for_mover(state))
				return open_empty(pages, address);
			was = picket_load(state);
		} else if (picket_cas(state, &was, (u8)(was | MOVING))) {
			return move_back(pages, address);
		}
	}
	return unfence(pages, address, page_bytes()) ? -ENOMEM : open_empty(pages, address);
}

static int open_all(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	int error = 0;

	for (uptr at = address; at < address + size_bytes && !error; at += page_bytes())
		error = open_page(pages, at);
	return error;
}

/*
 * What a thread brings back, late as it may be, must not fall on a new object. OVER: a child that
 * is forked now finds pages SHOWN that may not be read.
 */
static bool claim(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	for (uptr at = address; at < address + size_bytes; at += page_bytes()) {
		u8 *state = state_of(pages, at);
		u8 was = picket_load(state);

		do {
			if (was & MOVING) {
				change_all(pages, address, at - address, SHOWN | OVER, 0);
				return false;
			}
		} while (!picket_cas(state, &was, (u8)(was | SHOWN | OVER)));
	}
	return true;
}

static int show_empty(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	if (!claim(pages, address, size_bytes))
		return -EBUSY;
	if (unfence(pages, address, size_bytes) ||
	    madvise((void *)address, size_bytes, GUARD_REMOVE)) {
		change_all(pages, address, size_bytes, SHOWN | OVER, 0);
		return -ENOMEM;
	}
	for (uptr at = address; at < address + size_bytes; at += page_bytes())
		if (any(pages, at, page_bytes(), KEPT, KEPT))
			place_give(pages, at);
	change_all(pages, address, size_bytes, KEPT | OVER | OPENED, 0);
	return 0;
}

static void keep(struct picket_pages *pages, uptr address)
{
	u8 state = picket_load(state_of(pages, address));
	bool kept;

	if (!(state & SHOWN))
		return;
	kept = !(state & OVER) && place_take(pages, address);
	if (kept)
		memcpy(stored(pages, address), (void *)address, page_bytes());
	/* Before it is hidden: from then on a fault may ask for it, and waits. */
	state_change(pages, address, SHOWN | OVER | OPENED, kept ? KEPT | MOVING : 0);
}

/*
 * A guard region drops what is in a page before the page is hidden, and who reads it in between
 * reads zeros. So where there are other threads it is hidden by its protection meanwhile, if it can
 * be: that makes freeing a third dearer.
 */
static int install_unseen(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	bool unseen = !picket_libc_is_alone() && !fence_surely(pages, address, size_bytes);
	int error = install(address, size_bytes);

	if (unseen && (error || unfence(pages, address, size_bytes))) {
		mark_fenced(pages, address, size_bytes);
		return 0;
	}
	return error ? fence(pages, address, size_bytes) : 0;
}

static int hide_by_guard(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	bool has_content = any(pages, address, size_bytes, SHOWN | OVER, SHOWN);
	int error;

	for (uptr at = address; at < address + size_bytes; at += page_bytes())
		keep(pages, at);
	if (has_content)
		error = install_unseen(pages, address, size_bytes);
	else if ((error = install(address, size_bytes)))
		error = fence(pages, address, size_bytes);
	change_all(pages, address, size_bytes, MOVING, 0);
	/* A part of it may be hidden, and cannot stay so: the core takes all of it for visible. */
	if (error)
		open_all(pages, address, size_bytes);
	return error;
}

/* ---- the contract ---- */

int picket_pages_show(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	if (pages->store)
		return open_all(pages, address, size_bytes);
	return mark_shown(pages, address, size_bytes, unprotect_hard(pages, address, size_bytes));
}

int picket_pages_show_fresh(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	if (pages->store)
		return show_empty(pages, address, size_bytes);
	if (is_full(pages) && !is_apart(pages, address))
		return -ENOMEM;
	return mark_shown(pages, address, size_bytes,
			  protect(address, size_bytes, PROT_READ | PROT_WRITE));
}

/* What a report has opened is hidden with its content in place, for a core dump to have it. */
int picket_pages_hide(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	if (!pages->store)
		return hide_by_protection(pages, address, size_bytes);
	if (any(pages, address, size_bytes, OPENED | OVER, OPENED) &&
	    !fence(pages, address, size_bytes))
		return 0;
	return hide_by_guard(pages, address, size_bytes);
}

/* A guard region gives the memory back by itself. */
void picket_pages_discard(struct picket_pages *pages, uptr address, uptr size_bytes)
{
	change_all(pages, address, size_bytes, 0, OVER);
	if (!pages->store && any(pages, address, size_bytes, SHOWN, SHOWN))
		madvise((void *)address, size_bytes, MADV_DONTNEED);
}

/* ---- the reservation ---- */

static uptr map(uptr hint, uptr size_bytes, int protection)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *start = mmap((void *)hint, size_bytes, protection, flags, -1, 0);

	if (start == MAP_FAILED && hint)
		start = mmap(NULL, size_bytes, protection, flags, -1, 0);
	if (start == MAP_FAILED)
		return 0;
	/* A huge page would be split at once by the first slot. Refused where there are none. */
	madvise(start, size_bytes, MADV_NOHUGEPAGE);
	return (uptr)start;
}

static void unmap(uptr start, uptr size_bytes)
{
	if (start)
		munmap((void *)start, size_bytes);
}

/* Emulators of system calls take all advice and follow little. */
static bool takes_any_advice(uptr address)
{
	return !madvise((void *)address, page_bytes(), NO_ADVICE);
}

/* Whether the kernel has them is not asked but tried. */
static bool reserve_guarded(struct picket_pages *pages, uptr hint)
{
	const int protection = PROT_READ | PROT_WRITE;

	pages->start = map(hint, pages->size_bytes, protection);
	pages->store = map(0, pages->size_bytes, protection);
	if (pages->start && pages->store && !install(pages->start, pages->size_bytes) &&
	    !takes_any_advice(pages->start)) {
		madvise((void *)pages->store, pages->size_bytes, MADV_DONTDUMP);
		pages->regions = 1;
		return true;
	}
	unmap(pages->start, pages->size_bytes);
	unmap(pages->store, pages->size_bytes);
	pages->store = 0;
	return false;
}

static uptr tables_bytes(const struct picket_pages *pages)
{
	uptr bytes = pages->size_bytes / page_bytes() * (2 * sizeof(u32) + sizeof(u8));

	return (bytes + page_bytes() - 1) & ~(page_bytes() - 1);
}

static bool reserve_tables(struct picket_pages *pages)
{
	uptr count = pages->size_bytes / page_bytes();

	pages->place = (u32 *)map(0, tables_bytes(pages), PROT_READ | PROT_WRITE);
	if (!pages->place)
		return false;
	pages->next = pages->place + count;
	pages->state = (u8 *)(pages->next + count);
	return true;
}

/*
 * Before Linux 6.16 neighbours become one mapping again only if all of it was touched as one. That
 * takes a mapping that can be written to.
 */
static bool reserve_touched(struct picket_pages *pages, uptr hint)
{
	pages->start = map(hint, pages->size_bytes, PROT_READ | PROT_WRITE);
	if (!pages->start)
		return false;
	*(volatile char *)pages->start = 0;
	madvise((void *)pages->start, pages->size_bytes, MADV_DONTNEED);
	if (!protect(pages->start, pages->size_bytes, PROT_NONE))
		return true;
	unmap(pages->start, pages->size_bytes);
	return false;
}

/* Whatever else is refused. */
static bool reserve_lean(struct picket_pages *pages, uptr hint)
{
	void *reserve = mmap(NULL, RESERVE_PAGES * page_bytes(), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	pages->reserve = reserve == MAP_FAILED ? 0 : (uptr)reserve;
	pages->lasting = true;
	pages->start = map(hint, pages->size_bytes, PROT_NONE);
	if (!pages->start)
		unmap(pages->reserve, RESERVE_PAGES * page_bytes());
	return pages->start;
}

int picket_pages_reserve(struct picket_pages *pages, uptr hint, uptr size_bytes, bool lean,
			 u64 mappings_max)
{
	*pages = (struct picket_pages){ .size_bytes = size_bytes, .apart_max = mappings_max / 2 };
	if (!reserve_tables(pages))
		return -1;
	if (!lean && (reserve_guarded(pages, hint) || reserve_touched(pages, hint)))
		return 0;
	if (reserve_lean(pages, hint))
		return 0;
	unmap((uptr)pages->place, tables_bytes(pages));
	return -1;
}

void picket_pages_release(struct picket_pages *pages)
{
	unmap(pages->start, pages->size_bytes);
	unmap(pages->store, pages->size_bytes);
	unmap(pages->reserve, RESERVE_PAGES * page_bytes());
	unmap((uptr)pages->place, tables_bytes(pages));
}
