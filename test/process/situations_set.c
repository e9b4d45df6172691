/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Situations: how handlers are set, and on which stack they run. */
#include "situations.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void (*bsd_signal(int number, void (*handler)(int)))(int); /* in no header any more */

static void no_handler(void)
{
	say_action();
	bug();
	say_action();
	fault();
}

static void by_sigaction(void)
{
	handle(leave, 0);
	say_action();
	try_fault();
	bug();
	try_fault();
	say_blocked();
}

static void after_a_bug(void)
{
	bug();
	handle(leave, SA_RESTART);
	say_action();
	bug();
	try_fault();
}

static void by_signal(void)
{
	say("  was %s\n", name_of(signal(SIGSEGV, leave_plain)));
	say_action();
	try_fault();
	bug();
	siginterrupt(SIGSEGV, 1);
	say_action();
	say("  was %s\n", name_of(signal(SIGSEGV, SIG_IGN)));
	say_action();
	say("  was %s\n", name_of(signal(SIGSEGV, SIG_DFL)));
	bug();
}

static void by_old_names(void)
{
	int (*get_mask)(void); /* the linker warns of it */

	say("  was %s\n", name_of(bsd_signal(SIGSEGV, leave_plain)));
	say_action();
	try_fault();
	say("  was %s\n", name_of(ssignal(SIGSEGV, leave_plain)));
	say("  was %s\n", name_of(sigset(SIGSEGV, leave_plain)));
	say_action();
	try_fault();
	bug();
	say("  was %s\n", name_of(sigset(SIGSEGV, SIG_HOLD)));
	say("  blocked before: %d\n", sigsetmask(0) >> (SIGSEGV - 1) & 1);
	get_mask = (int (*)(void))dlsym(RTLD_DEFAULT, "siggetmask");
	say("  %x %x\n", sigblock(1), get_mask ? get_mask() : 0);
	sighold(SIGSEGV);
	say_blocked();
	bug();
	sigrelse(SIGSEGV);
	sigignore(SIGSEGV);
	say_action();
	say("  was %s\n", name_of(sysv_signal(SIGSEGV, leave_plain)));
	say_action();
	try_fault();
	say_action();
	bug();
	fault();
}

static void once(void)
{
	handle(repair, SA_RESETHAND);
	fault();
	say_action();
	bug();
	mprotect(hidden, PAGE, PROT_NONE);
	fault();
}

static void nested(int number, siginfo_t *info, void *context)
{
	say_fault(number, info, context);
	say_blocked();
	if (depth++ < 2)
		fault();
	mprotect(hidden, PAGE, PROT_READ | PROT_WRITE);
}

static void nested_allowed(void)
{
	handle(nested, SA_NODEFER);
	fault();
	bug();
	say_blocked();
}

static void nested_forbidden(void)
{
	handle(nested, 0);
	bug();
	fault();
}

static void bug_in_handler(int number, siginfo_t *info, void *context)
{
	bug();
	repair(number, info, context);
}

static void with_bug_in_handler(void)
{
	handle(bug_in_handler, 0);
	fault();
}

static void ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	raise(SIGSEGV);
	bug();
	say("  lives\n");
	fault();
}

static void on_stack(void)
{
	use_other_stack(32768, 0);
	handle(leave, SA_ONSTACK);
	try_fault();
	bug();
	say_other_stack();
	try_fault();
}

static void not_on_stack(void)
{
	use_other_stack(32768, 0);
	handle(leave, 0);
	try_fault();
	bug();
	say_other_stack();
}

static void disarming_stack(void)
{
	use_other_stack(32768, AUTODISARM);
	handle(repair, SA_ONSTACK);
	fault();
	say_other_stack();
	bug();
	say_other_stack();
}

/* What the kernel's frame and a handler that does nothing need, and 1 KiB. */
static void count_call(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	calls++;
	syscall(SYS_mprotect, hidden, PAGE, PROT_READ | PROT_WRITE);
}

static void smallest_stack(void)
{
	use_other_stack((size_t)sysconf(_SC_MINSIGSTKSZ) + 1024, 0);
	handle(count_call, SA_ONSTACK);
	fault();
	bug();
	say("  calls %d\n", calls);
	say_other_stack();
}

/* Until the stack ends. */
static __attribute__((noinline)) int use_up(volatile char *before)
{
	volatile char room[1024];

	room[0] = before[0];
	return use_up(room) + room[0];
}

static void overflow_caught(void)
{
	char start = 0;

	use_other_stack(32768, 0);
	handle(leave_quietly, SA_ONSTACK);
	for (int i = 0; i < 2; i++) {
		if (!sigsetjmp(escape, 1))
			use_up(&start);
	}
	bug();
	say_other_stack();
}

static void overflow_fatal(void)
{
	char start = 0;

	use_other_stack(32768, 0);
	handle(leave_quietly, 0);
	bug();
	use_up(&start);
}

const struct situation situations_set[] = {
	{ "no handler", no_handler, 1 },
	{ "sigaction", by_sigaction, 1 },
	{ "sigaction, after a bug", after_a_bug, 2 },
	{ "signal", by_signal, 2 },
	{ "older names", by_old_names, 3 },
	{ "SA_RESETHAND", once, 1 },
	{ "SA_NODEFER", nested_allowed, 1 },
	{ "a fault in the handler", nested_forbidden, 1 },
	{ "a bug in the handler", with_bug_in_handler, 1 },
	{ "SIG_IGN", ignored, 1 },
	{ "SA_ONSTACK", on_stack, 1 },
	{ "a stack, and no SA_ONSTACK", not_on_stack, 1 },
	{ "SS_AUTODISARM", disarming_stack, 1 },
	{ "the smallest stack", smallest_stack, 1 },
	{ "stack overflow, caught", overflow_caught, 1 },
	{ "stack overflow, fatal", overflow_fatal, 1 },
	{ NULL, NULL, 0 },
};
