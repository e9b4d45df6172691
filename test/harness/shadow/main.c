/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shadow suite in a process: PROGRAM [PART_OF_A_NAME], or PROGRAM --defects
 *
 * Each case runs in a child, so that a crash is one failed case. With --defects the suite tests
 * itself: each way in which a port can be wrong must fail at least one case.
 */
#include "../../tap.h"
#include "host.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_SECONDS 120

static struct sh_port the_port;
static const struct sh_case *to_run;
static struct sh_result result;
static char *user_memory;

static const char *const defect_names[HOST_DEFECT_COUNT] = {
	[HOST_SOUND] = "has no defect",
	[HOST_DROPS_POISON] = "drops every seventh poison",
	[HOST_SIZE_TOO_LARGE] = "takes objects for larger than they are",
	[HOST_SILENT_FREE] = "does not tell of frees",
	[HOST_NEVER_OPENS] = "does not tell of allocations",
	[HOST_NO_SLOTS] = "does not know its slots",
	[HOST_NO_STACKS] = "takes no stacks",
	[HOST_NO_STACK_BOUNDS] = "does not know where its stack ends",
	[HOST_LOSES_REPORTS] = "loses every fifth report",
	[HOST_REPORTS_TWICE] = "reports everything twice",
	[HOST_SILENT_UNMAP] = "does not tell of areas that are freed",
	[HOST_KEEPS_SHADOW] = "keeps the shadow of areas",
};

static void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

void sh_after_grace(void (*function)(void *), void *argument)
{
	function(argument);
}

void sh_work(void (*function)(void *), void *argument)
{
	function(argument);
}

static void from_user(void *memory, uptr bytes)
{
	if (picket_shadow_check((uptr)memory, bytes, PICKET_ACCESS_WRITE,
				(uptr)__builtin_return_address(0)))
		memcpy(memory, user_memory, bytes);
}

static void to_user(void *memory, uptr bytes)
{
	if (picket_shadow_check((uptr)memory, bytes, PICKET_ACCESS_READ,
				(uptr)__builtin_return_address(0)))
		memcpy(user_memory, memory, bytes);
}

const struct sh_operation sh_user_copies[] = {
	{ "copy_from_user", from_user },
	{ "copy_to_user", to_user },
	{ NULL, NULL },
};

static void run_case(void)
{
	result = sh_run(&the_port, to_run);
}

static void run_child(const struct sh_case *test, int pipe_end)
{
	alarm(CASE_SECONDS);
	to_run = test;
	host_on_stack(run_case);
	_exit(write(pipe_end, &result, sizeof(result)) != sizeof(result));
}

/* A child has our addresses, so the texts of its result are ours. */
static struct sh_result isolate(const struct sh_case *test)
{
	struct sh_result got = { .outcome = SH_FAILED, .why = "cannot start" };
	int ends[2];
	pid_t child;

	fflush(stdout);
	if (pipe(ends))
		return got;
	child = fork();
	if (!child)
		run_child(test, ends[1]);
	close(ends[1]);
	if (read(ends[0], &got, sizeof(got)) != sizeof(got))
		got = (struct sh_result){ .outcome = SH_FAILED, .why = "the process died" };
	close(ends[0]);
	waitpid(child, NULL, 0);
	return got;
}

static struct sh_port the_port = {
	.offers = SH_NEEDS_PAGES | SH_NEEDS_MEMPOOL | SH_NEEDS_CACHE_CHECK | SH_NEEDS_JUMPS |
		  SH_NEEDS_USER | SH_NEEDS_TASKS | SH_IS_LONG | SH_NEEDS_MAP_ACCOUNTS,
	.say = say,
	.isolate = isolate,
	.record_count = host_records,
	.record_last = host_last,
	.audit = host_audit,
};

/* Stops at the first case that fails. A sound port fails none but those that must miss. */
static const char *first_failure(void)
{
	for (u32 table = 0; sh_suite[table]; table++) {
		for (const struct sh_case *one = sh_suite[table]; one->name; one++) {
			struct sh_result now = sh_run_isolated(&the_port, one);

			if (now.outcome == SH_FAILED || now.outcome == SH_MISSED)
				return one->name;
		}
	}
	return NULL;
}

static int test_defects(void)
{
	for (u32 defect = 0; defect < HOST_DEFECT_COUNT; defect++) {
		const char *first;

		host_defect = (enum host_defect)defect;
		first = first_failure();
		tap_ok(defect == HOST_SOUND ? !first : first != NULL, "a port that %s fails %s",
		       defect_names[defect], first ? first : "no case");
	}
	return tap_done();
}

int main(int count, char **arguments)
{
	host_start();
	user_memory = mmap(NULL, HOST_PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	the_port.variant = host_variant;
	if (count > 1 && !strcmp(arguments[1], "--defects"))
		return test_defects();
	return sh_run_all(&the_port, count > 1 ? arguments[1] : NULL) ? 1 : 0;
}
