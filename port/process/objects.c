/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "objects.h"

#include "look.h"
#include "runtime.h"
#include "work.h"

#include <errno.h>
#include <string.h>

/*
 * How often one sample may move inside the pool before it leaves. Without a bound, a program that
 * grows one object a million times would pay the slow path a million times for one sample.
 */
#define MOVES_PER_SAMPLE 4
#define YOUNG_NS 1000000000ull

/* What must be as it was when the host goes on; entries nest, for signal handlers. */
struct visit {
	const void *caller;
	int error;
};

static struct visit visit_begin(const void *caller)
{
	struct visit visit = { picket_thread.caller, errno };

	picket_thread.busy++;
	picket_thread.caller = caller;
	picket_runtime_check_fork();
	return visit;
}

static void visit_end(const struct visit *visit)
{
	picket_thread.busy--;
	picket_thread.caller = visit->caller;
	errno = visit->error;
}

/* Did the real operator new call malloc, on our behalf? The object is of both families. */
static bool inside_operator(void)
{
	const void *frame = picket_thread.operator_frame;

	if (!frame)
		return false;
	if ((const char *)__builtin_frame_address(0) < (const char *)frame)
		return true;
	picket_thread.operator_frame = NULL;
	return false;
}

static void *guard_alloc(struct picket_gate *gate, const struct picket_request *request)
{
	struct picket_request own = *request;

	if (inside_operator())
		own.family = PICKET_FAMILY_ANY;
	return picket_guard_alloc(picket_runtime.guard, gate, &own);
}

static void *gate_and_guard(const struct picket_request *request)
{
	u64 begin_ns;
	void *object;

	picket_work_look();
	if (!picket_look(&picket_thread))
		return NULL;
	begin_ns = picket_work_begin();
	picket_thread.moves = MOVES_PER_SAMPLE;
	object = guard_alloc(&picket_thread.gate, request);
	picket_work_end(begin_ns);
	return object;
}

void *picket_object_sample(const struct picket_request *request, const void *caller)
{
	struct visit visit;
	void *object;

	if (picket_thread.busy || picket_next_calls(caller) || !picket_runtime_ready())
		return NULL;
	visit = visit_begin(caller);
	object = gate_and_guard(request);
	picket_look_end(&picket_thread);
	visit_end(&visit);
	return object;
}

void *picket_object_guard(const struct picket_request *request, const void *caller)
{
	struct visit visit;
	void *object;

	if (picket_thread.busy || !picket_runtime_ready())
		return NULL;
	visit = visit_begin(caller);
	object = picket_guard_alloc(picket_runtime.guard, NULL, request);
	visit_end(&visit);
	return object;
}

void *picket_object_replace(void *raw, const struct picket_request *request, const void *caller)
{
	uptr align = request->align_bytes;
	void *object;

	/* Some allocators make one function of another, which is ours too. */
	if (!raw || picket_object_owned(raw) || align & (align - 1))
		return raw;
	object = picket_object_sample(request, caller);
	if (!object)
		return raw;
	picket_next.free(raw);
	return object;
}

int picket_object_free(void *address, const struct picket_free_request *request, const void *caller)
{
	struct visit visit = visit_begin(caller);
	u64 begin_ns = picket_work_begin();
	int error = picket_guard_free(picket_runtime.guard, (uptr)address, request);

	picket_work_end(begin_ns);
	visit_end(&visit);
	return error;
}

/* May the object stay in the pool when it moves? Old ones leave, to make room for new samples. */
static bool may_stay(const void *address)
{
	if (picket_runtime.guard_all)
		return true;
	if (!picket_thread.moves || picket_guard_crowded(picket_runtime.guard))
		return false;
	picket_thread.moves--;
	return picket_guard_age_ns(picket_runtime.guard, (uptr)address) < YOUNG_NS;
}

static void *move_target(const void *address, size_t size)
{
	struct picket_request request = { .size_bytes = size, .family = PICKET_FAMILY_MALLOC };

	return may_stay(address) ? guard_alloc(NULL, &request) : NULL;
}

/* Whatever the next allocator makes of realloc(p, 0), it makes of a stand-in. */
static void *realloc_to_nothing(void)
{
	void *stand_in = picket_next.malloc(1);

	return stand_in ? picket_next.realloc(stand_in, 0) : NULL;
}

static void *move(void *address, size_t old_size, size_t size)
{
	struct picket_free_request release = {
		.family = PICKET_FAMILY_MALLOC,
		.found = PICKET_FOUND_REALLOC,
	};
	void *object = size ? move_target(address, size) : realloc_to_nothing();

	if (!object && size)
		object = picket_next.malloc(size);
	if (!object && size)
		return NULL;
	if (object)
		memcpy(object, address, old_size < size ? old_size : size);
	picket_guard_free(picket_runtime.guard, (uptr)address, &release);
	return object;
}

void *picket_object_realloc(void *address, size_t size, const void *caller)
{
	struct visit visit = visit_begin(caller);
	u64 begin_ns = picket_work_begin();
	uptr old_size = 0;
	void *object;

	if (picket_guard_object(picket_runtime.guard, (uptr)address, &old_size)) {
		/* Before the new object is made: that sweeps, and would find it in passing. */
		picket_guard_check(picket_runtime.guard, (uptr)address, PICKET_FOUND_REALLOC);
		object = move(address, old_size, size);
	} else {
		picket_guard_misuse(picket_runtime.guard, (uptr)address, PICKET_FOUND_REALLOC);
		object = size ? picket_next.malloc(size) : realloc_to_nothing();
	}
	if (!object && size)
		visit.error = errno;
	picket_work_end(begin_ns);
	visit_end(&visit);
	return object;
}

/* Only the next allocator knows how large the old object was. */
void *picket_object_adopt(void *address, size_t size, const void *caller)
{
	struct picket_request request = { .size_bytes = size, .family = PICKET_FAMILY_MALLOC };
	void *raw = picket_next.realloc(address, size);
	void *object = raw && size ? picket_object_sample(&request, caller) : NULL;

	if (!object)
		return raw;
	memcpy(object, raw, size);
	picket_next.free(raw);
	return object;
}

size_t picket_object_usable(void *address)
{
	uptr size = 0;

	return picket_guard_object(picket_runtime.guard, (uptr)address, &size) ? size : 0;
}
