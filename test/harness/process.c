/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The suite in a real process: suite_process [PART_OF_A_NAME]
 *
 * Pages are the kernel's, touches are loads and stores, faults come as SIGSEGV and go through the
 * process port's own decoding of the signal frame. Each case runs in a child, so that a crash is
 * one failed case.
 */
#include "../../port/process/fault.h"
#include "../../port/process/runtime.h"
#include "../../port/process/thread.h"
#include "../suite/runner.h"
#include "say.h"
#include "sites.h"
#include "touch.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RECORDS_MAX 128

static struct th_port the_port;
static struct picket_guard *guard;
static struct picket_record records[RECORDS_MAX];
static u32 records_delivered;
static const char *disabled;
static int pipe_ends[2];

static void deliver(const struct picket_record *record)
{
	if (records_delivered < RECORDS_MAX)
		records[records_delivered] = *record;
	records_delivered++;
}

static void say_disabled(const char *why)
{
	disabled = why;
}

static struct picket_platform platform = {
	.clock = CLOCK_MONOTONIC,
	.deliver = deliver,
	.say_disabled = say_disabled,
};

static void on_fault(int number, siginfo_t *info, void *user)
{
	if (picket_fault_handle(guard, info, user) == PICKET_FAULT_NOT_OURS)
		signal(number, SIG_DFL);
}

static struct picket_guard *start(const struct picket_guard_config *config)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	if (pipe(pipe_ends) || sigaction(SIGSEGV, &action, NULL))
		return NULL;
	if (picket_guard_create(&platform, config, &guard))
		return NULL;
	return guard;
}

static const char *stop(void)
{
	if (guard)
		picket_guard_destroy(guard);
	guard = NULL;
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	return disabled;
}

/* The kernel reads for us, and says when it cannot; past our own wrappers of system calls. */
static int read_nofault(uptr address)
{
	char byte;

	if (syscall(SYS_write, pipe_ends[1], address, 1) != 1)
		return -errno;
	return read(pipe_ends[0], &byte, 1) == 1 ? 0 : -errno;
}

static const char *audit(void)
{
	uptr first, size_bytes;

	if (disabled || !guard)
		return disabled;
	if (picket_guard_check_all(guard))
		return "an invariant does not hold";
	picket_guard_range(guard, &first, &size_bytes);
	for (uptr page = first; page < first + size_bytes; page += the_port.page_bytes) {
		bool visible = read_nofault(page) == 0;

		if (visible != picket_guard_page_visible(guard, page))
			return visible ? "a page is visible and should not be" :
					 "a page is hidden and should not be";
	}
	return NULL;
}

static uptr host_alloc(uptr size_bytes)
{
	return (uptr)malloc(size_bytes);
}

static void host_free(uptr address)
{
	free((void *)address);
}

static u32 record_count(void)
{
	return records_delivered;
}

static const struct picket_record *record(u32 index)
{
	return &records[index % RECORDS_MAX];
}

static void advance_ms(u32 time_ms)
{
	struct timespec pause = { time_ms / 1000, time_ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

struct sited {
	void (*function)(void *);
	void *argument;
};

/* Stacks begin with the caller of this, as they begin with the caller of malloc. */
static __attribute__((noinline)) void call_sited(void *argument)
{
	const struct sited *sited = argument;

	picket_thread.caller = __builtin_extract_return_addr(__builtin_return_address(0));
	sited->function(sited->argument);
	picket_thread.caller = NULL;
}

static void call_at_site(u32 site, void (*function)(void *), void *argument)
{
	struct sited sited = { function, argument };

	at_site(site, call_sited, &sited);
}

static void run_in_child(const struct th_case *test, int result_pipe)
{
	struct th_result result = th_run(&the_port, test, false);

	if (write(result_pipe, &result, sizeof(result)) != sizeof(result))
		_exit(1);
	_exit(0);
}

static struct th_result isolate(const struct th_case *test)
{
	struct th_result result = { .outcome = TH_FAILED, .why = "the process crashed" };
	int ends[2];
	pid_t child;

	fflush(stdout);
	if (pipe(ends))
		return result;
	child = fork();
	if (!child)
		run_in_child(test, ends[1]);
	close(ends[1]);
	if (child > 0 && read(ends[0], &result, sizeof(result)) != sizeof(result))
		result.outcome = TH_FAILED;
	close(ends[0]);
	waitpid(child, NULL, 0);
	return result;
}

int main(int argc, char **argv)
{
	the_port = (struct th_port){
		.name = "process",
		.page_bytes = (u32)sysconf(_SC_PAGESIZE),
		.offers = TH_NEEDS_NOFAULT,
		.lacks = { "a process cannot move its clock by hours",
			   "the kernel cannot be told which call to refuse" },
		.say = say,
		.isolate = isolate,
		.start = start,
		.stop = stop,
		.audit = audit,
		.touch = touch,
		.read_nofault = read_nofault,
		.host_alloc = host_alloc,
		.host_free = host_free,
		.record_count = record_count,
		.record = record,
		.advance_ms = advance_ms,
		.at_site = call_at_site,
	};
	return th_run_all(&the_port, argc > 1 ? argv[1] : NULL) != 0;
}
