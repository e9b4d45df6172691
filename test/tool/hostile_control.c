/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Control blocks full of nonsense.
 *	hostile_control be SEED            a process that is none of Picket's, but has such a block
 *	hostile_control write PID SEED     writes nonsense into the block of a watched process
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tool/ctl/target.h"

#define WRITES 20000
#define COUNTERS 32
#define LINES_BYTES 65536

static __attribute__((aligned(PICKET_CONTROL_ALIGN))) struct picket_control control = {
	.magic = { 'P', 'I', 'C', 'K', 'E', 'T', ' ', 'C', 'O', 'N', 'T', 'R', 'O', 'L', '\r',
		   '\n' },
	.self = &control,
	.version = PICKET_CONTROL_VERSION,
	.state = PICKET_CONTROL_READY,
};

static struct picket_control_counter counters[COUNTERS];
static char lines[LINES_BYTES];
static char *edge; /* the last byte before memory that is not there */
static picket_u64 state;

static picket_u64 next(void)
{
	state += 0x9e3779b97f4a7c15ull;
	picket_u64 value = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ull;

	return value ^ value >> 29;
}

static picket_u64 below(picket_u64 limit)
{
	return next() % limit;
}

/* Is it there, is it not, does it end in the middle? */
static void *somewhere(void *good)
{
	switch (below(6)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(picket_uptr)next();
	case 2:
		return edge - below(40);
	default:
		return good;
	}
}

static void fill_lines(void)
{
	static const char *const pieces[] = {
		"{\"schema\":\"memory_error/1\",",
		"\"memory_error\":{",
		"\"heap\":",
		"{",
		"}",
		"[",
		"]",
		"\n",
		"\"address\":\"0x10\"",
		",",
		"\"size\":-1",
		"\033[2J",
		"\377\376",
		"1e99",
	};
	size_t used = 0;

	while (used < sizeof(lines) - 64) {
		const char *piece = pieces[below(sizeof(pieces) / sizeof(pieces[0]))];

		memcpy(lines + used, piece, strlen(piece));
		used += strlen(piece);
	}
}

static void change(void)
{
	static const char *const names[] = { "live", "enabled", "\033[31m", "", "a b", "seen" };

	for (int i = 0; i < COUNTERS; i++)
		counters[i] = (struct picket_control_counter){
			.name = below(20) ? names[below(2) * 5] :
					    somewhere((void *)names[below(6)]),
			.value = below(40) ? &state : somewhere(&state),
			.more = below(40) ? NULL : somewhere(&state),
		};
	control.counters = below(4) ? counters : somewhere(counters);
	control.counter_count = below(4) ? below(COUNTERS) : next();
	control.policy = somewhere(&counters[below(COUNTERS)]);
	control.picket_version = below(2) ? "0.0" : somewhere((void *)names[2]);
	control.answer = (struct picket_control_answer){
		.number = control.request.number,
		.result = (picket_s64)(below(2) ? below(1000) : next()),
		.text = somewhere(lines),
		.text_bytes = below(4) ? below(sizeof(lines)) : next(),
	};
	if (!below(8))
		fill_lines();
}

static int be(void)
{
	size_t page = (size_t)getpagesize();
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || munmap(pages + page, page))
		return 1;
	memset(pages, 'x', page);
	edge = pages + page - 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		change();
		usleep(200);
	}
}

/* What is carried out, what looks as if it were half written, and noise. */
static void make_request(const struct picket_target *target, struct picket_control_request *request)
{
	picket_u64 number = next();

	*request = (struct picket_control_request){
		.copy = below(8) ? number : next(),
		.command = (picket_u32)(below(4) ? below(8) : next()),
		.pid = (picket_s32)(below(8) ? target->own_pid : (pid_t)next()),
		.argument = below(2) ? below(2000) : next(),
		.number = number,
	};
	if (!below(8))
		for (size_t i = 0; i < sizeof(*request); i++)
			((unsigned char *)request)[i] = (unsigned char)next();
}

static int write_nonsense(pid_t pid)
{
	struct picket_control_request request;
	struct picket_target target;

	if (picket_target_open(&target, pid))
		return 1;
	for (int i = 0; i < WRITES; i++) {
		make_request(&target, &request);
		if (picket_target_write(&target,
					target.address + offsetof(struct picket_control, request),
					&request, sizeof(request)))
			return 1;
		if (!below(16))
			usleep(100);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "be")) {
		state = strtoull(argv[2], NULL, 10);
		return be();
	}
	if (argc != 4 || strcmp(argv[1], "write") != 0)
		return 2;
	state = strtoull(argv[3], NULL, 10);
	return write_nonsense(atoi(argv[2]));
}
