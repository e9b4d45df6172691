/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libpicket.a in a program with an allocator of its own, that of example/embed. Each part is a
 * process of its own, as a detector is started once; what it finds is written to pipes.
 */
#include "example/embed/arena.h"
#include "test/tap.h"

#include <errno.h>
#include <picket/embed.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static int heard;
static struct picket_record last;

static void hear(const struct picket_record *record, void *context)
{
	(void)context;
	last = *record;
	heard++;
}

static const struct picket_listener listener = { .record = hear };

static bool heard_one(enum picket_bug bug)
{
	bool right = heard == 1 && last.bug == bug;

	heard = 0;
	return right;
}

static char read_byte(const char *address)
{
	return *(volatile const char *)address;
}

static int start(const char *options)
{
	int error = picket_start(options, 0);

	picket_listen(&listener);
	return error;
}

/* ---- parts, each in a child; they return what fails, or NULL ---- */

static const char *part_before(void)
{
	struct picket_statistics statistics = { .live = 1 };
	char *object = arena_alloc(40);

	if (!object || arena_size(object) < 40)
		return "no object";
	if (picket_is_running() || picket_owns(object) || picket_alloc(1, 0) || picket_size(object))
		return "a detector before the start";
	if (picket_switch(true) != -ENODEV || picket_set_rate(1) != -ENODEV ||
	    picket_listen(&listener) != -ENODEV || picket_release(object, NULL) != -EINVAL)
		return "an error that is not said";
	if (picket_read_statistics(&statistics, sizeof(statistics)) != -ENODEV || statistics.live)
		return "statistics of nothing";
	arena_free(object);
	return picket_start("rate=1:log=/dev/null", 0) || picket_start("", 0) != -EALREADY ?
		       "the start" :
		       NULL;
}

static const char *part_wrong_options(void)
{
	if (picket_start("colour=red", 0) != -EINVAL || picket_is_running())
		return "wrong options are taken";
	for (int i = 0; i < 5000; i++)
		arena_free(arena_alloc(40));
	return picket_start("", 0) == -EALREADY && !picket_alloc(1, 0) ? NULL : "it started again";
}

static const char *part_wrong_flags(void)
{
	if (picket_start("", 0x10) != -EINVAL || picket_is_running())
		return "wrong flags are taken";
	return picket_start("", 0) == -EALREADY ? NULL : "it started again";
}

static const char *part_bugs(void)
{
	char *object, *other;

	if (start("rate=1:align=1:side=right:log=/dev/null"))
		return "the start";
	object = arena_alloc(40);
	if (!picket_is_guarded(object) || arena_size(object) != 40)
		return "not guarded";
	read_byte(object + 40);
	if (!heard_one(PICKET_BUG_OUT_OF_BOUNDS) || strcmp(last.object.allocator, "arena"))
		return "an overflow, and whose it was";
	memset(object, 'x', 40);
	other = arena_realloc(object, 80);
	if (!other || other == object || other[39] != 'x')
		return "data lost at realloc";
	if (read_byte(object) != 'x' || !heard_one(PICKET_BUG_USE_AFTER_FREE))
		return "a use after realloc";
	arena_free(object);
	if (!heard_one(PICKET_BUG_DOUBLE_FREE))
		return "a double free";
	arena_free(other + 1);
	if (!heard_one(PICKET_BUG_INVALID_FREE))
		return "a free of the middle";
	arena_free(other);
	return heard ? "a right free" : NULL;
}

/* The first frame of an allocation is the program's, whatever lies between. */
static const char *part_claims(void)
{
	struct picket_allocation wanted = {
		.size_bytes = 64,
		.align_bytes = 64,
		.family = PICKET_FAMILY_NEW,
		.zero = true,
		.caller = __builtin_return_address(0),
	};
	struct picket_deallocation claim = { .size_bytes = 63, .family = PICKET_FAMILY_NEW };
	char *object;

	if (start("rate=1:log=/dev/null"))
		return "the start";
	object = picket_sample(&wanted);
	if (!object || (picket_uptr)object % 64 || object[0] || object[63])
		return "alignment and zeros";
	if (picket_release(object, &claim) || !heard_one(PICKET_BUG_MISMATCH))
		return "a wrong size";
	if (last.mismatch.size_bytes != 63 || last.alloc_stack.pc[0] != (picket_uptr)wanted.caller)
		return "what was claimed, and where";
	object = picket_sample(&wanted);
	claim.size_bytes = 64;
	claim.family = PICKET_FAMILY_MALLOC;
	if (picket_release(object, &claim) || !heard_one(PICKET_BUG_MISMATCH))
		return "a wrong family";
	wanted.align_bytes = 48;
	return picket_sample(&wanted) ? "an alignment that there is not" : NULL;
}

static const char *part_full(void)
{
	struct picket_statistics statistics;
	int guarded = 0;

	if (start("rate=1:slots=8:log=/dev/null"))
		return "the start";
	for (int i = 0; i < 100; i++)
		guarded += picket_is_guarded(arena_alloc(100));
	picket_read_statistics(&statistics, sizeof(statistics));
	if (guarded < 4 || guarded > 8 || statistics.not_guarded < 92)
		return "more objects than slots";
	return picket_alloc(100, 0) ? "an object on purpose has no slot either" : NULL;
}

static const char *part_on_purpose(void)
{
	char *object;

	if (start("interval=0:log=/dev/null"))
		return "the start";
	for (int i = 0; i < 5000; i++) {
		if (picket_owns(arena_alloc(16)))
			return "a sample";
	}
	object = picket_alloc(24, 0);
	if (!picket_is_guarded(object) || picket_free(object))
		return "an object on purpose";
	read_byte(object);
	return heard_one(PICKET_BUG_USE_AFTER_FREE) ? NULL : "its use after free";
}

static sigjmp_buf out;
static int others_faults;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	others_faults += info->si_addr == (void *)16;
	siglongjmp(out, 1);
}

static void take_faults(void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
}

static void fault_elsewhere(void)
{
	if (!sigsetjmp(out, 1))
		read_byte((const char *)16);
}

static const char *part_handler_before(void)
{
	char *object;

	take_faults(on_fault);
	if (start("rate=1:log=/dev/null"))
		return "the start";
	fault_elsewhere();
	if (others_faults != 1 || heard)
		return "a fault elsewhere is the program's";
	object = arena_alloc(16);
	arena_free(object);
	read_byte(object);
	fault_elsewhere();
	return heard_one(PICKET_BUG_USE_AFTER_FREE) && others_faults == 2 ? NULL : "both kinds";
}

static void ask_picket(int number, siginfo_t *info, void *context)
{
	if (!picket_handle_fault(number, info, context))
		on_fault(number, info, context);
}

static const char *own_handler(unsigned int flags)
{
	struct sigaction action;
	char *object;

	if (picket_start("rate=1:log=/dev/null", flags))
		return "the start";
	picket_listen(&listener);
	sigaction(SIGSEGV, NULL, &action);
	if (flags && action.sa_handler != SIG_DFL)
		return "a handler that nobody wanted";
	take_faults(ask_picket);
	fault_elsewhere();
	object = arena_alloc(16);
	object[15] = 'x';
	arena_free(object);
	if (read_byte(object + 15) != 'x' || !heard_one(PICKET_BUG_USE_AFTER_FREE))
		return "a bug by way of the program's handler";
	return others_faults == 1 ? NULL : "the program's own fault";
}

static const char *part_own_handler(void)
{
	return own_handler(PICKET_START_NO_HANDLER);
}

static const char *part_handler_after(void)
{
	return own_handler(0);
}

static bool stop;

static void *busy_thread(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		arena_free(arena_alloc(32));
	return unused;
}

struct count {
	picket_u64 objects;
	const char *found;
};

static void count_object(void *object, size_t size, void *context)
{
	struct count *count = context;

	count->objects++;
	if (size == 77)
		count->found = object;
}

static struct count count_all(void)
{
	struct count count = { 0 };

	picket_iterate(NULL, ~(size_t)0, count_object, &count);
	return count;
}

/* With the door shut, what is in the pool stays as it is, whatever other threads are at. */
static const char *stands_still(const char *mine)
{
	struct picket_statistics before, after;
	struct count count;

	picket_disable();
	picket_read_statistics(&before, sizeof(before));
	count = count_all();
	for (int i = 0; i < 50; i++)
		sched_yield();
	picket_read_statistics(&after, sizeof(after));
	picket_enable();
	if (before.guarded != after.guarded || before.freed != after.freed)
		return "others go on";
	return count.objects == before.live && count.found == mine ? NULL : "objects not shown";
}

static const char *part_disable(void)
{
	pthread_t threads[THREADS];
	const char *failed = NULL, *mine;

	if (start("rate=1:log=/dev/null"))
		return "the start";
	mine = arena_alloc(77);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, busy_thread, NULL);
	for (int i = 0; i < 100 && !failed; i++)
		failed = stands_still(mine);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return failed;
}

/* A range shows what starts in it, and freed objects are shown in none. */
static const char *part_iterate(void)
{
	char *object;
	struct count count = { 0 };

	if (start("rate=1:log=/dev/null"))
		return "the start";
	object = arena_alloc(77);
	picket_iterate(object, 1, count_object, &count);
	if (count.objects != 1 || count.found != object)
		return "a range of one byte";
	picket_iterate(object + 1, 70, count_object, &count);
	arena_free(object);
	picket_iterate(object, 1, count_object, &count);
	return count.objects == 1 ? NULL : "what is not there";
}

static bool child_works(bool raw)
{
	char *object;

	if (raw)
		picket_fork_child();
	else
		picket_enable();
	heard = 0;
	object = arena_alloc(16);
	arena_free(object);
	read_byte(object);
	return last.access_task.pid == getpid() && heard_one(PICKET_BUG_USE_AFTER_FREE);
}

static bool in_child(bool raw)
{
	int status;
	pid_t pid;

	if (!raw)
		picket_disable();
	pid = raw ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : fork();
	if (!pid)
		_exit(!child_works(raw));
	if (!raw)
		picket_enable();
	return waitpid(pid, &status, 0) == pid && !status;
}

static const char *part_fork(void)
{
	if (start("rate=1:log=/dev/null"))
		return "the start";
	if (!in_child(false))
		return "a child forked with the door shut";
	if (!in_child(true))
		return "a child of a raw clone";
	return child_works(true) ? NULL : "the parent goes on";
}

static const struct {
	const char *name;
	const char *(*run)(void);
} parts[] = {
	{ "before the start all is the allocator's", part_before },
	{ "wrong options: off, and the allocator works", part_wrong_options },
	{ "wrong flags", part_wrong_flags },
	{ "bugs with the allocator's objects", part_bugs },
	{ "what an allocation and a free claim", part_claims },
	{ "more objects than slots", part_full },
	{ "no samples, objects on purpose", part_on_purpose },
	{ "a handler from before the start", part_handler_before },
	{ "a program's own handler", part_own_handler },
	{ "a handler from after the start", part_handler_after },
	{ "disable, with threads", part_disable },
	{ "iterate", part_iterate },
	{ "fork", part_fork },
};

/* The end of a pipe tells what failed; a crash leaves it empty. */
static void run_part(size_t index)
{
	char why[100] = "it crashed";
	int ends[2], status;
	pid_t pid;

	if (pipe(ends))
		return;
	pid = fork();
	if (!pid) {
		const char *failed = parts[index].run();

		failed = failed ? failed : "";
		_exit(write(ends[1], failed, strlen(failed) + 1) < 0);
	}
	close(ends[1]);
	if (read(ends[0], why, sizeof(why)) < 0)
		why[0] = '?';
	close(ends[0]);
	waitpid(pid, &status, 0);
	if (!tap_ok(!why[0] && !status, "%s", parts[index].name))
		printf("# %s, status %d\n", why, status);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		run_part(i);
	return tap_done();
}
