/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "runtime.h"

#include "belief.h"
#include "control.h"
#include "libc.h"
#include "modules.h"
#include "next.h"
#include "report.h"
#include "signals.h"
#include "stack.h"
#include "stats.h"
#include "backtrace.h"
#include "work.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define FAR_AWAY (1ll << 62) /* allocations; a thread does not live that long */
#define GUARD_PAGES 4	     /* costs address space only, and catches steps of whole structures */
#define RETAIN_PAGES 64	     /* with 255 slots freed data stays below 1.1 MiB */
#define JITTER 7
#define SWEEP_SLOTS 2
#define COARSE_CLOCK_MS 10 /* the coarse clock ticks every 4 ms, or 10 with CONFIG_HZ=100 */

__thread struct picket_thread picket_thread;

/* Its countdown, which is all that <picket/embed.h> knows of it. */
extern __thread picket_s64 picket_countdown
	__attribute__((alias("picket_thread"), tls_model("initial-exec")));

static pthread_key_t thread_key;
static picket_u32 alive_forever = 1; /* where the kernel cannot clear a page in the child */
struct picket_runtime picket_runtime = { .alive = &alive_forever };

extern int __cxa_atexit(void (*function)(void *), void *argument, void *library);

/* ---- a thread ---- */

/*
 * What a thread has counted since its last slow path is known to nobody else. To be called again
 * after the destructors of others, which may allocate; the C library bounds how often.
 */
static void thread_end(void *thread)
{
	picket_gate_tell(picket_runtime.guard, &((struct picket_thread *)thread)->gate);
	pthread_setspecific(thread_key, thread);
}

/* The key stores a pointer that glibc has room for in each thread; its destructor only adds. */
static void thread_begin(void)
{
	picket_thread.registered = true;
	picket_thread.busy++;
	pthread_setspecific(thread_key, &picket_thread);
	picket_thread.busy--;
}

bool picket_runtime_ready(void)
{
	if (!picket_runtime.guard) {
		picket_next_resolve();
		if (picket_runtime.started)
			picket_thread.gate.countdown = FAR_AWAY;
		return false;
	}
	if (!picket_thread.registered)
		thread_begin();
	picket_signals_keep();
	return true;
}

/* ---- fork ---- */

static void fork_child(void)
{
	struct picket_gate *gate = &picket_thread.gate;

	*picket_runtime.alive = 1;
	picket_runtime.pid = getpid();
	picket_belief_fork_child();
	picket_stack_fork_child();
	picket_report_fork_child();
	picket_runtime.reported = 0;
	picket_runtime.lost = 0;
	picket_runtime.finished = 0;
	picket_thread.pid = 0;
	picket_work_fork_child();
	picket_gate_tell(picket_runtime.guard, gate);
	picket_guard_fork_child(picket_runtime.guard);
	picket_policy_fork_child();
	picket_control_fork_child();
	/* Into the slow path at once, where the gate finds that it must draw anew. */
	gate->countdown = 0;
	gate->assigned = 0;
	picket_thread.withheld = 0;
}

void picket_runtime_check_fork(void)
{
	if (!__atomic_load_n(picket_runtime.alive, __ATOMIC_RELAXED))
		fork_child();
}

bool picket_runtime_is_vfork_child(void)
{
	picket_runtime_check_fork();
	return getpid() != picket_runtime.pid;
}

/* fork() tells us; a raw clone() or _Fork() does not, and is noticed in the slow path. */
static void fork_watch(void)
{
	size_t page = (size_t)getpagesize();
	void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	picket_runtime.pid = getpid();
	if (memory != MAP_FAILED && !madvise(memory, page, MADV_WIPEONFORK)) {
		picket_runtime.alive = memory;
		*picket_runtime.alive = 1;
	}
	pthread_atfork(NULL, NULL, fork_child);
}

/* ---- the end ---- */

static int final_status(int status)
{
	picket_u64 wanted = picket_runtime.options.exit_code;

	if (!wanted || !__atomic_load_n(&picket_runtime.reported, __ATOMIC_RELAXED))
		return status;
	return (int)wanted;
}

static void last_check(const void *caller)
{
	picket_thread.caller = caller;
	picket_guard_sweep(picket_runtime.guard, PICKET_SLOTS_MAX, PICKET_FOUND_EXIT);
	picket_stats_say_lost();
	if (picket_runtime.options.stats) {
		picket_gate_tell(picket_runtime.guard, &picket_thread.gate);
		picket_stats_publish();
	}
}

int picket_runtime_finish(int status, const void *caller)
{
	if (!picket_runtime.guard)
		return status;
	/* Its parent is not ending. */
	if (picket_runtime_is_vfork_child())
		return status;
	if (!__atomic_exchange_n(&picket_runtime.finished, 1, __ATOMIC_RELAXED))
		last_check(caller);
	return final_status(status);
}

/*
 * Registered before the program's own exit handlers and before the one that runs destructors, so
 * it is called after them. glibc goes on with what is left (stdio is flushed last) when exit() is
 * called again.
 */
static void at_exit(void *unused)
{
	int status = picket_runtime_finish(-1, CALLER);

	(void)unused;
	if (status != -1)
		exit(status);
}

/* There are no destructors here, and nothing to flush. */
static void on_quick_exit(void *unused)
{
	int status = picket_runtime_finish(-1, CALLER);

	(void)unused;
	if (status != -1)
		picket_runtime_exit(status);
}

void picket_runtime_exit(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

/* ---- the start ---- */

static void say_disabled(const char *why)
{
	char bytes[256];
	struct picket_line line;

	__atomic_store_n(&picket_stats_enabled, 0, __ATOMIC_RELAXED);
	picket_line_start(&line, bytes, sizeof(bytes));
	picket_line_text(&line, "switched itself off: ");
	picket_line_text(&line, why);
	picket_report_warn(bytes);
}

static u32 alignment_of_choice(picket_u64 choice)
{
	return choice ? 1u << (choice - 1) : 0;
}

/* Most objects are small. The largest class makes objects of up to 64 KiB fit. */
static void config_classes(struct picket_guard_config *config, u32 slots)
{
	config->classes[0] = (struct picket_class_config){ 1, slots * 3 / 4 };
	config->classes[1] = (struct picket_class_config){ 2, slots / 8 };
	config->classes[2] = (struct picket_class_config){ 4, slots / 16 };
	config->classes[3] =
		(struct picket_class_config){ 16, slots - slots * 3 / 4 - slots / 8 - slots / 16 };
	config->class_count = 4;
}

static void config_policy(struct picket_guard_config *config, const struct picket_options *options)
{
	config->covered_percent = (u32)options->skip_covered;
	if (options->rate) {
		config->policy = PICKET_POLICY_COUNT;
		config->policy_param = options->rate;
		/* Everything means everything, also what comes from one place. */
		if (options->rate == 1)
			config->covered_percent = 100;
		return;
	}
	if (!options->interval)
		return; /* PICKET_POLICY_OFF */
	config->policy = PICKET_POLICY_INTERVAL;
	config->policy_param = options->interval;
	config->first_delay_ms = options->delay;
	config->burst = (u32)options->burst;
	config->jitter = JITTER;
}

static void config_make(struct picket_guard_config *config, const struct picket_options *options)
{
	*config = (struct picket_guard_config){
		.caps = { .page_bytes = (u32)getpagesize(), .slot_pages_max = 16 },
		.guard_pages = GUARD_PAGES,
		.align_default = 16,
		.align_right = alignment_of_choice(options->align),
		.retain_pages = RETAIN_PAGES,
		.seed = options->seed,
		.first_side = (enum picket_side)options->side,
		.sweep_slots = SWEEP_SLOTS,
		.budget_permille = (u32)options->budget,
		.allocator = "malloc",
	};
	config_classes(config, (u32)options->slots);
	config_policy(config, options);
}

/* A file named from here, whatever directory the program goes to. */
static void make_absolute(char *path)
{
	char whole[PICKET_OPTION_TEXT_BYTES];
	size_t length = strlen(path), start;

	if (!length || path[0] == '/' || !getcwd(whole, sizeof(whole)))
		return;
	start = strlen(whole);
	if (start + 1 + length >= sizeof(whole))
		return;
	whole[start] = '/';
	memcpy(whole + start + 1, path, length + 1);
	memcpy(path, whole, start + length + 2);
}

/* Return: 0 or -EINVAL. */
static int options_read(const char *text)
{
	struct picket_options *options = &picket_runtime.options;
	char error[PICKET_OPTION_ERROR_BYTES];

	picket_options_default(options);
	if (picket_options_parse(options, text, error, sizeof(error))) {
		char bytes[PICKET_OPTION_ERROR_BYTES + 32];
		struct picket_line line;

		picket_line_start(&line, bytes, sizeof(bytes));
		picket_line_text(&line, "off: PICKET_OPTIONS: ");
		picket_line_text(&line, error);
		picket_report_warn(bytes);
		return -EINVAL;
	}
	make_absolute(options->log);
	make_absolute(options->json);
	return 0;
}

static bool is_sampling(void)
{
	return picket_runtime.options.rate || picket_runtime.options.interval;
}

static int guard_start(struct picket_guard **guard)
{
	const struct picket_options *options = &picket_runtime.options;
	struct picket_guard_config config;
	bool fine = !options->rate && options->interval < COARSE_CLOCK_MS;

	picket_runtime.guard_all = options->rate == 1;
	picket_policy_start(options);
	picket_runtime.abort_on_report = options->on_report == 1;
	picket_runtime.platform = (struct picket_platform){
		.clock = fine ? CLOCK_MONOTONIC : CLOCK_MONOTONIC_COARSE,
		.deliver = picket_report_deliver,
		.say_disabled = say_disabled,
	};
	config_make(&config, options);
	return picket_guard_create(&picket_runtime.platform, &config, guard);
}

static int watch_process(unsigned int how)
{
	return picket_stack_start() || pthread_key_create(&thread_key, thread_end) ||
	       (!(how & PICKET_BEGIN_NO_HANDLER) && picket_signals_start()) ||
	       __cxa_atexit(at_exit, NULL, NULL) || picket_libc_at_quick_exit(on_quick_exit);
}

/* Return: 0; -ENOMEM: something that Picket needs is not to be had, and it stays off. */
static int start(unsigned int how)
{
	struct picket_guard *guard;
	uptr pool_start, pool_bytes;

	picket_modules_start();
	if (guard_start(&guard)) {
		picket_report_warn("off: no memory for the pool");
		return -ENOMEM;
	}
	if (watch_process(how)) {
		picket_report_warn("off: no stack, thread key, signal or exit handler to be had");
		picket_guard_destroy(guard);
		return -ENOMEM;
	}
	picket_backtrace_prepare();
	fork_watch();
	picket_stats_start(guard);
	picket_control_start();
	picket_guard_range(guard, &pool_start, &pool_bytes);
	picket_next_seal(pool_start, pool_bytes);
	__atomic_store_n(&picket_runtime.guard, guard, __ATOMIC_RELEASE);
	return 0;
}

static int read_and_start(const char *options, unsigned int how)
{
	int error = options ? options_read(options) : -ECANCELED;

	if (error)
		return error;
	return how & PICKET_BEGIN_IDLE || is_sampling() ? start(how) : -ECANCELED;
}

int picket_runtime_begin(const char *options, unsigned int how)
{
	int kept = errno;
	int error;

	picket_next_resolve();
	picket_report_start();
	error = read_and_start(options, how);
	if (error)
		picket_next_seal(0, 0);
	picket_runtime.started = true;
	picket_thread.gate.countdown = 0;
	errno = kept;
	return error;
}
