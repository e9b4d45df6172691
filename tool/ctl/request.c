/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "request.h"

#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "tool/complain.h"

#define POLL_US_MIN 500
#define POLL_US_MAX 20000

static picket_u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (picket_u64)now.tv_sec * 1000 + (picket_u64)now.tv_nsec / 1000000;
}

/* Sleep, longer each time. Return: false: the time is over. */
static bool wait_more(picket_u64 end_ms, unsigned int *pause_us)
{
	if (now_ms() >= end_ms)
		return false;
	usleep(*pause_us);
	*pause_us = *pause_us * 2 < POLL_US_MAX ? *pause_us * 2 : POLL_US_MAX;
	return true;
}

int picket_request_lock(const struct picket_target *target, picket_u64 patience_ms)
{
	picket_u64 end_ms = now_ms() + patience_ms;
	unsigned int pause_us = POLL_US_MIN;

	while (flock(target->memory, LOCK_EX | LOCK_NB)) {
		if (wait_more(end_ms, &pause_us))
			continue;
		picket_complain("ctl: process %d is kept busy by another picket ctl", target->pid);
		return -1;
	}
	return 0;
}

/* Never 0, and never that of an earlier request. */
static picket_u64 new_number(void)
{
	picket_u64 number = 0;

	while (!number)
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			number = now_ms() << 22 ^ (picket_u64)getpid();
	return number;
}

static int write_number(const struct picket_target *target, picket_u64 number)
{
	picket_u64 place = target->address + offsetof(struct picket_control, request.number);

	return picket_target_write(target, place, &number, sizeof(number));
}

static int send_request(const struct picket_target *target,
			const struct picket_control_request *request)
{
	picket_u64 place = target->address + offsetof(struct picket_control, request);

	if (picket_target_write(target, place, request,
				offsetof(struct picket_control_request, number)))
		return -1;
	return write_number(target, request->number);
}

static int read_answer(const struct picket_target *target, struct picket_control_answer *answer)
{
	return picket_target_read(target, target->address + offsetof(struct picket_control, answer),
				  answer, sizeof(*answer));
}

/* Return: 0: it is there; 1: it is not; -1: it never will be, said. */
static int await_answer(const struct picket_target *target, picket_u64 number,
			picket_u64 patience_ms, struct picket_control_answer *answer)
{
	picket_u64 end_ms = now_ms() + patience_ms;
	unsigned int pause_us = POLL_US_MIN;

	do {
		if (read_answer(target, answer))
			return picket_target_say_gone(target);
		/* Once more: only now all of it is of this request. */
		if (answer->number == number)
			return read_answer(target, answer) ? picket_target_say_gone(target) : 0;
	} while (wait_more(end_ms, &pause_us));
	return 1;
}

static int say_silent(const struct picket_target *target, picket_u64 patience_ms, bool keep)
{
	picket_complain("ctl: process %d did not look within %llu ms, as it allocates nothing or "
			"is stopped; %s",
			target->pid, patience_ms,
			keep ? "it will be done when it allocates" : "nothing was done");
	return -1;
}

int picket_request(const struct picket_target *target, enum picket_control_command command,
		   picket_u64 argument, picket_u64 patience_ms, bool keep,
		   struct picket_control_answer *answer)
{
	picket_u64 number = new_number();
	const struct picket_control_request request = {
		.copy = number,
		.command = command,
		.pid = target->own_pid,
		.argument = argument,
		.number = number,
	};
	int state;

	if (send_request(target, &request))
		return picket_target_say_gone(target);
	state = await_answer(target, number, patience_ms, answer);
	if (state > 0) {
		/* Number 0 asks for nothing. */
		if (!keep)
			write_number(target, 0);
		return say_silent(target, patience_ms, keep);
	}
	if (!state && answer->result < 0)
		return picket_target_say_garbage(target, "answers");
	return state;
}
