/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "control.h"

#include "runtime.h"
#include "stats.h"

/*
 * In the data segment, where the magic is found by who looks through the writable mappings of
 * files, whatever file this code was linked into.
 */
static __attribute__((aligned(PICKET_CONTROL_ALIGN))) struct picket_control control = {
	.magic = { 'P', 'I', 'C', 'K', 'E', 'T', ' ', 'C', 'O', 'N', 'T', 'R', 'O', 'L', '\r',
		   '\n' },
	.self = &control,
	.version = PICKET_CONTROL_VERSION,
	.picket_version = PICKET_VERSION,
	.policy = &picket_policy_state,
};

static struct picket_lock lock;

void picket_control_start(void)
{
	control.counters = picket_stats_counters(&control.counter_count);
	control.state = PICKET_CONTROL_READY;
}

static picket_s64 sweep(void)
{
	return picket_guard_sweep(picket_runtime.guard, PICKET_SLOTS_MAX, PICKET_FOUND_SWEEP);
}

static picket_s64 dump(picket_u64 slot_index)
{
	control.answer.text_bytes = picket_dump_objects(&slot_index, &control.answer.text);
	return (picket_s64)slot_index;
}

static picket_s64 set_on(bool on)
{
	picket_policy_set_on(on);
	return 0;
}

static picket_s64 carry_out(picket_u32 command, picket_u64 argument)
{
	switch (command) {
	case PICKET_CONTROL_ON:
	case PICKET_CONTROL_STOP:
		return set_on(command == PICKET_CONTROL_ON);
	case PICKET_CONTROL_RATE:
		return picket_policy_set_rate(argument) ? PICKET_CONTROL_UNKNOWN : 0;
	case PICKET_CONTROL_SWEEP:
		return sweep();
	case PICKET_CONTROL_DUMP:
		return dump(argument);
	default:
		return PICKET_CONTROL_UNKNOWN;
	}
}

static picket_u64 asked(void)
{
	return __atomic_load_n(&control.request.number, __ATOMIC_ACQUIRE);
}

static picket_u64 answered(void)
{
	return __atomic_load_n(&control.answer.number, __ATOMIC_RELAXED);
}

/* It may be overwritten at any moment. */
static struct picket_control_request request_read(void)
{
	const volatile struct picket_control_request *from = &control.request;

	return (struct picket_control_request){
		.copy = from->copy,
		.command = from->command,
		.pid = from->pid,
		.argument = from->argument,
		.number = asked(),
	};
}

/* Of a request that is half written the rest comes soon. */
static void answer(void)
{
	struct picket_control_request request = request_read();

	if (request.copy != request.number || request.number == answered())
		return;
	if (request.pid == picket_runtime.pid)
		control.answer.result = carry_out(request.command, request.argument);
	__atomic_store_n(&control.answer.number, request.number, __ATOMIC_RELEASE);
}

void picket_control_answer(void)
{
	if (__builtin_expect(asked() == answered(), 1) || !picket_lock_try(&lock))
		return;
	answer();
	picket_lock_release(&lock);
}

void picket_control_fork_child(void)
{
	picket_lock_init(&lock);
	control.answer.number = asked();
}
