/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* <picket/embed.h>: the slow paths of allocators that were built with Picket inside. */
#include <picket/embed.h>

#include "objects.h"
#include "runtime.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define PAUSE_BEFORE_START 1024 /* allocations */

/*
 * Who is inside, and who has shut the door: the thread's own structure, whose address is the same
 * in a forked child. Both are written and then the other is read, so one of two sees the other.
 */
static struct {
	picket_u32 inside;
	const struct picket_thread *holder;
} door;

static bool try_enter(void)
{
	const struct picket_thread *holder;

	__atomic_fetch_add(&door.inside, 1, __ATOMIC_SEQ_CST);
	holder = __atomic_load_n(&door.holder, __ATOMIC_SEQ_CST);
	if (!holder || holder == &picket_thread)
		return true;
	__atomic_fetch_sub(&door.inside, 1, __ATOMIC_SEQ_CST);
	return false;
}

static void leave(void)
{
	__atomic_fetch_sub(&door.inside, 1, __ATOMIC_SEQ_CST);
}

static void *sample(const struct picket_allocation *wanted, const void *caller)
{
	const struct picket_request request = {
		.size_bytes = wanted->size_bytes,
		.align_bytes = wanted->align_bytes,
		.family = wanted->family,
		.zero = wanted->zero,
		.allocator = wanted->allocator,
	};

	return picket_object_sample(&request, wanted->caller ? wanted->caller : caller);
}

void *picket_sample(const struct picket_allocation *wanted)
{
	void *object;

	if (!picket_runtime.started) {
		picket_thread.gate.countdown = PAUSE_BEFORE_START;
		return NULL;
	}
	if (wanted->align_bytes & (wanted->align_bytes - 1) || !try_enter())
		return NULL;
	object = sample(wanted, CALLER);
	leave();
	return object;
}

int picket_release(void *address, const struct picket_deallocation *claim)
{
	struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	const void *caller = CALLER;
	int error;

	if (!picket_object_owned(address))
		return -EINVAL;
	if (claim) {
		request.size_bytes = claim->size_bytes;
		request.align_bytes = claim->align_bytes;
		request.family = claim->family;
		caller = claim->caller ? claim->caller : caller;
	}
	while (!try_enter())
		sched_yield();
	error = picket_object_free(address, &request, caller);
	leave();
	return error;
}

void picket_disable(void)
{
	const struct picket_thread *nobody = NULL;

	while (!__atomic_compare_exchange_n(&door.holder, &nobody, &picket_thread, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		nobody = NULL;
		sched_yield();
	}
	while (__atomic_load_n(&door.inside, __ATOMIC_SEQ_CST))
		sched_yield();
}

void picket_enable(void)
{
	__atomic_store_n(&door.holder, NULL, __ATOMIC_SEQ_CST);
}

void picket_iterate(const void *start, size_t bytes,
		    void (*each)(void *object, size_t size, void *context), void *context)
{
	struct picket_slot_view view;

	if (!picket_runtime.guard)
		return;
	for (u32 i = 0; i < picket_guard_slots(picket_runtime.guard); i++) {
		if (picket_guard_slot(picket_runtime.guard, i, &view) && view.live &&
		    view.address - (uptr)start < bytes)
			each((void *)view.address, view.size_bytes, context);
	}
}

/* Whoever else was inside is not in this copy. */
static void fork_child(void)
{
	__atomic_store_n(&door.inside, 0, __ATOMIC_SEQ_CST);
}

void picket_fork_child(void)
{
	if (!picket_runtime.guard || getpid() == picket_runtime.pid)
		return;
	fork_child();
	/* Where the kernel did not clear it. */
	__atomic_store_n(picket_runtime.alive, 0, __ATOMIC_RELAXED);
	picket_runtime_check_fork();
}

static __attribute__((constructor)) void watch_fork(void)
{
	pthread_atfork(NULL, NULL, fork_child);
}
