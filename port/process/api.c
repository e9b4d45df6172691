/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* <picket/picket.h>: what the program says to Picket, and what it asks. */
#include <picket/picket.h>

#include "objects.h"
#include "policy.h"
#include "report.h"
#include "runtime.h"
#include "signals.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>

#define EXPORT __attribute__((visibility("default"), used))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

static const struct picket_listener *listener;
static bool called; /* picket_start() was */

static void tell_listener(const struct picket_record *record)
{
	const struct picket_listener *to = __atomic_load_n(&listener, __ATOMIC_ACQUIRE);

	/* What it allocates, in spite of all, is not for the detector that has called it. */
	picket_thread.busy++;
	if (to)
		to->record(record, to->context);
	picket_thread.busy--;
	picket_report_deliver(record);
}

static void listen(void)
{
	if (__atomic_load_n(&listener, __ATOMIC_ACQUIRE))
		__atomic_store_n(&picket_runtime.platform.deliver, tell_listener, __ATOMIC_RELEASE);
}

static const char *environment(void)
{
	const char *options = getenv("PICKET_OPTIONS");

	if (getauxval(AT_SECURE))
		return NULL;
	return options ? options : "";
}

EXPORT int picket_start(const char *options, unsigned int flags)
{
	unsigned int how = PICKET_BEGIN_IDLE;
	int error;

	if (picket_runtime.started || __atomic_exchange_n(&called, true, __ATOMIC_ACQ_REL))
		return -EALREADY;
	if (flags & ~PICKET_START_NO_HANDLER) {
		picket_report_warn("off: picket_start: unknown flags");
		return -EINVAL;
	}
	if (flags & PICKET_START_NO_HANDLER)
		how |= PICKET_BEGIN_NO_HANDLER;
	error = picket_runtime_begin(options ? options : environment(), how);
	if (!error)
		listen();
	return error;
}

EXPORT bool picket_is_running(void)
{
	return picket_runtime.guard;
}

EXPORT int picket_switch(bool on)
{
	if (!picket_runtime.guard)
		return -ENODEV;
	picket_policy_set_on(on);
	return 0;
}

EXPORT int picket_set_rate(picket_u64 rate)
{
	if (!picket_runtime.guard)
		return -ENODEV;
	return picket_policy_set_rate(rate) ? -EINVAL : 0;
}

static picket_u64 not_guarded(const struct picket_stats *stats)
{
	picket_u64 sum = 0;

	for (int reason = 0; reason < PICKET_SKIP_COUNT; reason++)
		sum += stats->skipped[reason];
	return sum;
}

static struct picket_statistics read_statistics(void)
{
	struct picket_stats stats;

	picket_guard_stats(picket_runtime.guard, &stats);
	return (struct picket_statistics){
		.slots = stats.slots,
		.live = stats.live,
		.live_max = stats.live_max,
		.seen = stats.seen,
		.passed = stats.passed,
		.guarded = stats.guarded,
		.freed = stats.freed,
		.not_guarded = not_guarded(&stats),
		.reports = stats.reports,
		.reports_lost = stats.reports_lost +
				__atomic_load_n(&picket_runtime.lost, __ATOMIC_RELAXED),
	};
}

EXPORT int picket_read_statistics(struct picket_statistics *statistics, size_t bytes)
{
	struct picket_statistics known = { 0 };

	if (picket_runtime.guard)
		known = read_statistics();
	memset(statistics, 0, bytes);
	memcpy(statistics, &known, bytes < sizeof(known) ? bytes : sizeof(known));
	return picket_runtime.guard ? 0 : -ENODEV;
}

EXPORT void *picket_alloc(size_t size, size_t align)
{
	const struct picket_request request = { .size_bytes = size, .align_bytes = align };

	return align & (align - 1) ? NULL : picket_object_guard(&request, CALLER);
}

EXPORT int picket_free(void *address)
{
	const struct picket_free_request request = { .found = PICKET_FOUND_FREE };

	if (!picket_object_owned(address))
		return -EINVAL;
	return picket_object_free(address, &request, CALLER);
}

EXPORT bool picket_owns(const void *address)
{
	return picket_object_owned(address);
}

EXPORT bool picket_is_guarded(const void *address)
{
	struct picket_slot_view view;

	return picket_object_owned(address) &&
	       picket_guard_at(picket_runtime.guard, (uptr)address, &view) && view.live &&
	       (uptr)address - view.address < view.size_bytes;
}

EXPORT size_t picket_size(const void *object)
{
	uptr size = 0;

	if (!picket_object_owned(object))
		return 0;
	return picket_guard_object(picket_runtime.guard, (uptr)object, &size) ? size : 0;
}

EXPORT int picket_listen(const struct picket_listener *to)
{
	__atomic_store_n(&listener, to, __ATOMIC_RELEASE);
	if (!picket_runtime.guard)
		return -ENODEV;
	listen();
	return 0;
}

EXPORT bool picket_handle_fault(int signal, void *info, void *context)
{
	int error = errno;
	bool handled = picket_runtime.guard && picket_signals_handle(signal, info, context);

	errno = error;
	return handled;
}
