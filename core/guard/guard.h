/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The guard-page detector, as a port sees it.
 *
 * A sampled object gets a slot of its own in the pool: pages between guards that fault on every
 * access. The object stands at the left or the right end of its pages, so a step over that end
 * faults at once; the rest of its pages is filled with a canary that is checked at free. A freed
 * object's pages are hidden and reused as late as possible, so a late use faults too.
 *
 * Life of an allocation, in a port:
 *	if (--gate->countdown < 0 && picket_gate_pass(guard, gate))
 *		object = picket_guard_alloc(guard, gate, &request);
 *	if (!object)
 *		object = the host's own allocator
 * and at free:
 *	if (picket_guard_owns(guard, address))
 *		picket_guard_free(guard, address, &release);
 *
 * Unless a function says otherwise it may be called in any context, by any number of threads, and
 * never waits.
 */
#ifndef PICKET_GUARD_H
#define PICKET_GUARD_H

#include "../platform.h"

#define PICKET_CLASSES_MAX 8
#define PICKET_SLOTS_MAX 65536

struct picket_guard;

/* Slots of one size. */
struct picket_class_config {
	u32 slot_pages;
	u32 slots;
};

struct picket_guard_config {
	struct picket_caps caps;
	/* Ascending by slot_pages. Classes with no slots are allowed and mean nothing. */
	struct picket_class_config classes[PICKET_CLASSES_MAX];
	u32 class_count;
	u32 guard_pages;   /* between slots, at least 1 */
	u32 align_default; /* what the host's allocator promises, 16 in most; a power of two */
	/*
	 * Alignment of objects at the right side. 0: the tightest the C language allows (the
	 * largest power of two not above the size, at most align_default). A power of two: that;
	 * 1 is byte-exact, for programs that do not mind. An alignment asked for always holds.
	 */
	u32 align_right;
	u32 retain_pages; /* freed objects above one page keep their data up to this in sum */
	enum picket_policy policy;
	u64 policy_param;
	/* Of the policies by time: */
	u64 first_delay_ms; /* no sample before that */
	u32 burst;	    /* so many more per interval */
	u32 jitter;	    /* after a tick 0 ... jitter allocations pass */
	/* Above this share of live slots a site that is guarded already is refused; 100: never. */
	u32 covered_percent;
	u64 seed;		     /* of everything random; 0: picket_plat_random() */
	enum picket_side first_side; /* of every site; AUTO: from the seed, per site */
	u32 sweep_slots; /* live objects whose canaries are checked per guarded allocation */
	/*
	 * Share of the host's time that guarding may take, at most 1000; 0: any. It holds as far as
	 * the port tells of both, see picket_guard_worked(). A COUNT of 1 is exempt.
	 */
	u32 budget_permille;
	char allocator[PICKET_ALLOCATOR_NAME_BYTES]; /* for records where the request names none */
};

/*
 * The gate of one thread or CPU. All zero is a valid start. Only its owner touches it.
 * The fast path is the port's: --countdown < 0 calls picket_gate_pass().
 */
struct picket_gate {
	s64 countdown; /* allocations that still pass unseen */
	s64 assigned;  /* what countdown was set to last, to count what was seen */
	u64 random;
	u64 checked_ns; /* by time: when the clock was read last */
	s64 stride;	/* by time: allocations between looks at the clock */
	u32 armed;	/* samples this gate may take now */
	u32 tries;	/* refusals that the present tick may still stand */
	u32 epoch;	/* picket_guard_fork_child() makes older gates start anew */
	u32 reserved;
};

struct picket_request {
	uptr size_bytes;
	uptr align_bytes; /* power of two; 0: the default of the size */
	enum picket_family family;
	enum picket_side side; /* AUTO, but for tests and for embedders who know better */
	bool zero;	       /* the object must read as zeros */
	const char *allocator; /* cache name; NULL: the config's */
	/*
	 * Called, unless NULL, when the object has a place and its pages are shown, before anyone
	 * can find it there: a port's own notes about the object are right from its first moment.
	 */
	void (*placed)(const struct picket_request *request, uptr address);
};

struct picket_free_request {
	enum picket_family family; /* ANY: no check */
	uptr size_bytes;	   /* claimed by a sized free; 0: none */
	uptr align_bytes;	   /* claimed by an aligned free; 0: none */
	enum picket_found found;   /* FREE or REALLOC */
};

struct picket_fault {
	uptr address;
	u32 access;	       /* enum picket_access */
	u32 access_size_bytes; /* 0: not known */
	const struct picket_context *context;
	const char *call; /* the system call that made the access; NULL: the host's own code did */
	u32 argument;	  /* which of its arguments, from 1 */
};

enum picket_verdict {
	PICKET_FAULT_NOT_OURS, /* the host's own affair; nothing was touched */
	PICKET_FAULT_HANDLED,  /* resume at the faulting instruction; it will succeed now */
	PICKET_FAULT_REPORTED, /* the same, and a record was delivered */
};

/* Why an allocation that the gate let pass was not guarded. */
enum picket_skip {
	PICKET_SKIP_INCOMPATIBLE, /* too large, or aligned too strictly, for any slot */
	PICKET_SKIP_CAPACITY,	  /* no free slot of its class */
	PICKET_SKIP_COVERED,	  /* its site is guarded already and the pool is filling */
	PICKET_SKIP_BUSY,	  /* another thread was taking a slot at that instant */
	PICKET_SKIP_NO_MEMORY,	  /* the port could not show the pages */
	PICKET_SKIP_COUNT
};

/* Counters since creation; each is exact, taken together they are not a snapshot. */
struct picket_stats {
	u64 enabled; /* 0 or 1 */
	u64 slots;
	u64 live; /* objects guarded now */
	u64 live_max;
	u64 seen;    /* allocations that went by the gates; lags by what gates have not told yet */
	u64 passed;  /* of these let through by the gate */
	u64 guarded; /* of these got a slot */
	u64 freed;
	u64 skipped[PICKET_SKIP_COUNT];
	u64 reports;	  /* records delivered */
	u64 reports_lost; /* found, but all record buffers were in use */
	u64 spurious;	  /* faults on pages that are (by then) visible */
	u64 not_hidden;	  /* frees that could not hide their pages */
	u64 swept;	  /* canary checks of live objects */
	u64 held_back;	  /* samples that were due, but there was no time left for them */
	u64 slowdown;	  /* samples are so many times rarer than the policy says, to save time */
	u64 work_ns;	  /* what guarding took */
	u64 host_ns;	  /* how long the host ran meanwhile, as far as it was told */
};

/**
 * picket_guard_create() - make a detector.
 * @config:  copied. Values out of range are refused, not repaired.
 * @out:     the detector; untouched on failure.
 *
 * Context: once, before any other call on it; may allocate through the port.
 * Return: 0; -22 (EINVAL) for a bad config; -12 (ENOMEM) when the port has no memory.
 */
int picket_guard_create(struct picket_platform *platform, const struct picket_guard_config *config,
			struct picket_guard **out);

/**
 * picket_guard_destroy() - give all memory back. No object may be live, no call may be running.
 */
void picket_guard_destroy(struct picket_guard *guard);

/**
 * picket_guard_range() - where the pool is; constant. For a port's own fast range test.
 */
void picket_guard_range(const struct picket_guard *guard, uptr *start, uptr *size_bytes);

/** picket_guard_owns() - is the address in the pool, object or not? */
bool picket_guard_owns(const struct picket_guard *guard, uptr address);

/**
 * picket_gate_pass() - the slow half of the gate: shall this allocation be guarded?
 *
 * To be called when the countdown has gone below zero; sets it anew.
 * Return: true: call picket_guard_alloc() now, with this gate.
 */
bool picket_gate_pass(struct picket_guard *guard, struct picket_gate *gate);

/** picket_gate_tell() - add what the gate has counted to the statistics (a thread ends, say). */
void picket_gate_tell(struct picket_guard *guard, struct picket_gate *gate);

/**
 * picket_guard_alloc() - give one allocation a slot.
 * @gate:    the gate that let it pass, to be told of a refusal; NULL if there is none.
 *
 * The object's bytes are undefined unless request->zero.
 * Return: the object; NULL: not guarded this time, for a reason that is counted: the caller
 * uses the host's own allocator.
 */
void *picket_guard_alloc(struct picket_guard *guard, struct picket_gate *gate,
			 const struct picket_request *request);

/**
 * picket_guard_free() - free what may be a guarded object.
 * @address: any address for which picket_guard_owns() is true.
 *
 * A wrong address, a second free, a mismatch, a changed canary: each becomes a record. An
 * invalid or second free is dropped; after a mismatch or a changed canary the free completes.
 * Return: 0 when an object was freed; -22 (EINVAL) when the free was dropped.
 */
int picket_guard_free(struct picket_guard *guard, uptr address,
		      const struct picket_free_request *request);

/**
 * picket_guard_object() - the live object that starts at the address.
 * @size_bytes: receives its size; may be NULL.
 *
 * Return: true if there is one. False for freed objects and for addresses inside objects.
 */
bool picket_guard_object(struct picket_guard *guard, uptr address, uptr *size_bytes);

/**
 * picket_guard_misuse() - report that the host used an address as a live object where there is
 * none (realloc of a freed object, say), as picket_guard_free() would, and free nothing.
 */
void picket_guard_misuse(struct picket_guard *guard, uptr address, enum picket_found found);

/**
 * picket_guard_age_ns() - how long ago the live object at the address was made; 0: none is there.
 */
u64 picket_guard_age_ns(struct picket_guard *guard, uptr address);

/**
 * picket_guard_crowded() - does the pool hold more live objects than covered_percent? Then
 * objects that can leave (at realloc) should.
 */
bool picket_guard_crowded(const struct picket_guard *guard);

/**
 * picket_guard_disable() - an inconsistency of our own: nothing is sampled or reported any more.
 * Any context. @why: for a person; said once.
 */
void picket_guard_disable(struct picket_guard *guard, const char *why);

/**
 * picket_guard_fault() - the host touched a hidden page, or had a system call touch one.
 *
 * Takes no lock. Shows the page, so that the host goes on with its data intact, and delivers a
 * record. Safe while the interrupted code is inside any function of this file.
 */
enum picket_verdict picket_guard_fault(struct picket_guard *guard,
				       const struct picket_fault *fault);

/**
 * picket_guard_let() - the host touched a hidden page as it may (its allocator's own doing, say).
 * @address: one for which picket_guard_owns() is true.
 *
 * As picket_guard_fault(), but no record is made. The page is hidden again like one that was
 * reported: a guard when an object beside it is freed, a slot after its next object.
 */
void picket_guard_let(struct picket_guard *guard, uptr address);

/**
 * picket_guard_close() - hide the pages of a freed object again that picket_guard_let() or a report
 * has opened, so that its next use is found.
 * @address: any address for which picket_guard_owns() is true; where no freed object is, nothing
 *           happens.
 */
void picket_guard_close(struct picket_guard *guard, uptr address);

/**
 * picket_guard_check() - check the canaries of one live object: for a host that is about to do
 * something for which other objects may be swept, and then looks at this one.
 * @address: where the object starts; where none does, nothing happens.
 * @found:   for the records.
 *
 * Return: how many sides have changed; each is reported once in the object's life.
 */
u32 picket_guard_check(struct picket_guard *guard, uptr address, enum picket_found found);

/**
 * picket_guard_hidden() - the first byte in [start, end) that the host may not touch now. Of what
 * lies in the pool the first 64 pages are looked at.
 * Return: its address; 0: there is none.
 */
uptr picket_guard_hidden(const struct picket_guard *guard, uptr start, uptr end);

/**
 * picket_guard_lend() - show the hidden pages of [start, end), as picket_guard_hidden() sees them,
 * for the time of a system call. No record is made.
 * Return: a bit for each page shown, bit 0 the one @start lies in; for picket_guard_take_back().
 */
u64 picket_guard_lend(struct picket_guard *guard, uptr start, uptr end);

/**
 * picket_guard_take_back() - hide lent pages again, with their data, but for those that have an
 * object or were hidden meanwhile. Without it they stay visible as after picket_guard_let().
 */
void picket_guard_take_back(struct picket_guard *guard, uptr start, u64 lent);

/**
 * picket_guard_sweep() - check the canaries of live objects.
 * @max:   at most so many slots are looked at, going on where the last sweep ended.
 * @found: SWEEP, EXIT or PANIC, for the records.
 *
 * Return: how many objects had changed canaries; each is reported once in its life.
 */
u32 picket_guard_sweep(struct picket_guard *guard, u32 max, enum picket_found found);

/**
 * picket_guard_set_policy() - change how samples are taken, from now on. OFF stops sampling;
 * objects stay guarded.
 * Return: 0; -22 (EINVAL): param out of range, nothing changed.
 */
int picket_guard_set_policy(struct picket_guard *guard, enum picket_policy policy, u64 param);

/**
 * picket_guard_set_covered() - change covered_percent, from now on.
 * Return: 0; -22 (EINVAL): above 100, nothing changed.
 */
int picket_guard_set_covered(struct picket_guard *guard, u32 percent);

/**
 * picket_guard_worked() - allocs and frees of guarded objects have taken so much time.
 *
 * With picket_guard_ran() it lets the detector keep within budget_permille. Time that was spent
 * waiting (for a lock on the host's address space, say) is the host's loss too, and belongs to it.
 */
void picket_guard_worked(struct picket_guard *guard, u64 work_ns);

/**
 * picket_guard_ran() - the host has run for so long since the last call, on all CPUs together.
 *
 * To be called every few ten milliseconds: it is then that the detector decides to sample less, or
 * more again. Not by two threads at once.
 */
void picket_guard_ran(struct picket_guard *guard, u64 host_ns);

/**
 * picket_guard_fork_child() - the process was copied; only the caller's thread lives here.
 *
 * Puts right what other threads left half done, and makes every gate draw anew.
 * Context: the only thread, before it allocates.
 */
void picket_guard_fork_child(struct picket_guard *guard);

/* A slot as a port may see it: its present object, or the last one. */
struct picket_slot_view {
	u32 slot_index;
	u32 family;   /* enum picket_family */
	uptr address; /* of the object; 0: there was none yet */
	uptr size_bytes;
	bool live;
};

/** picket_guard_slots() - how many slots there are; constant. */
u32 picket_guard_slots(const struct picket_guard *guard);

/**
 * picket_guard_slot() - look at a slot.
 * @slot_index: below picket_guard_slots().
 *
 * Return: true if it has or had an object. False: the view is filled all the same.
 */
bool picket_guard_slot(const struct picket_guard *guard, u32 slot_index,
		       struct picket_slot_view *view);

/**
 * picket_guard_at() - look at the slot that an address of the pool lies in.
 *
 * Return: true if it has or had an object. False also for addresses in guards, and then the view
 * may be as it was.
 */
bool picket_guard_at(const struct picket_guard *guard, uptr address, struct picket_slot_view *view);

/**
 * picket_guard_slot_record() - fill a record's object, its tasks and its stacks from a slot.
 * @record: all zero before.
 *
 * Return: true if the slot has or had an object.
 */
bool picket_guard_slot_record(const struct picket_guard *guard, u32 slot_index,
			      struct picket_record *record);

/**
 * picket_guard_pardon() - the host's own allocator wrote to [start, end), in one slot, on its way
 * to a free: what of it lies beside the live object is canary again, so that no bug is seen there.
 */
void picket_guard_pardon(struct picket_guard *guard, uptr start, uptr end);

/**
 * picket_guard_forget_allocator() - the allocator (a cache) that the slot's freed object came from
 * is gone: later records name none. May not happen while another thread takes a slot.
 */
void picket_guard_forget_allocator(struct picket_guard *guard, u32 slot_index);

/**
 * picket_guard_counters() - the counters themselves, for who can only read memory: they change as
 * one looks, and enabled is not kept there.
 */
const struct picket_stats *picket_guard_counters(const struct picket_guard *guard);

/** picket_guard_stats() - copy the counters. */
void picket_guard_stats(const struct picket_guard *guard, struct picket_stats *stats);

/**
 * picket_guard_check_all() - verify every invariant (numbered in core/guard/pool.h).
 *
 * Context: no other call may be running on this detector. For tests and debugging; costs time.
 * Return: 0, or the number of the first invariant that does not hold.
 */
u32 picket_guard_check_all(struct picket_guard *guard);

/** picket_guard_page_visible() - should the host be able to touch this page now? For tests. */
bool picket_guard_page_visible(const struct picket_guard *guard, uptr address);

#endif
