/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1 and a json file: the program's own handler of SIGSEGV sees its own
 * faults, and nothing of the faults in the pool, in whatever way it was set.
 */
#include "test/tap.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not every C library has them; Picket brings them. */
sighandler_t sysv_signal(int signal, sighandler_t handler) __attribute__((weak));
int sigblock(int bits) __attribute__((weak));
int sigsetmask(int bits) __attribute__((weak));

static sigjmp_buf escape;
static volatile sig_atomic_t calls;
static void *volatile fault_address;
static volatile int fault_code;
static void *volatile allocated;
static char *hidden; /* a page of the program's own that faults */

static void on_segv(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	calls++;
	fault_address = info->si_addr;
	fault_code = info->si_code;
	siglongjmp(escape, 1);
}

static void on_segv_plain(int signal)
{
	(void)signal;
	calls++;
	siglongjmp(escape, 1);
}

/* An own fault: is the handler called? */
static bool own_fault(void)
{
	int before = calls;

	if (!sigsetjmp(escape, 1))
		*(volatile char *)hidden = 1;
	return calls == before + 1;
}

/* A late read of a guarded object: does it go on, unseen by the handler? */
static bool pool_fault(void)
{
	int before = calls;
	char *object = malloc(24);

	strcpy(object, "still here");
	free(object);
	__asm__ volatile("" : "+r"(object));
	return ((volatile char *)object)[6] == 'h' && calls == before;
}

static void both(const char *how)
{
	tap_ok(own_fault(), "%s: it sees its own fault", how);
	tap_ok(pool_fault(), "%s: and none in the pool", how);
	tap_ok(own_fault(), "%s: its own once more", how);
}

static void test_sigaction(void)
{
	struct sigaction action = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO }, old, now;

	sigfillset(&action.sa_mask);
	tap_ok(!sigaction(SIGSEGV, &action, &old) && old.sa_handler == SIG_DFL,
	       "at first there is no handler");
	tap_ok(!sigaction(SIGSEGV, NULL, &now) && now.sa_sigaction == on_segv &&
		       now.sa_flags & SA_SIGINFO,
	       "sigaction says what was set");
	both("sigaction");
	tap_ok(fault_address == hidden && fault_code == SEGV_ACCERR, "with the right address");
}

static void test_signal(void)
{
	tap_ok(signal(SIGSEGV, on_segv_plain) == (sighandler_t)(void *)on_segv,
	       "signal returns the last handler");
	both("signal");
	tap_ok(sysv_signal(SIGSEGV, on_segv_plain) == on_segv_plain, "sysv_signal");
	tap_ok(own_fault(), "its handler is called");
	tap_ok(signal(SIGSEGV, on_segv_plain) == SIG_DFL, "and only once");
}

static void test_blocked(void)
{
	sigset_t all, before, now;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	tap_ok(pool_fault(), "a report while all signals are blocked");
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	tap_ok(sigismember(&now, SIGSEGV), "the program sees it blocked");
	tap_ok(!sigprocmask(SIG_SETMASK, &before, &now) && sigismember(&now, SIGSEGV), "until");
	sigprocmask(SIG_BLOCK, NULL, &now);
	tap_ok(!sigismember(&now, SIGSEGV), "it is not");
}

static void on_usr1(int signal)
{
	(void)signal;
	allocated = malloc(100);
	tap_ok(pool_fault(), "a report in a signal handler that blocks everything");
	free(allocated);
}

static void test_handler(void)
{
	struct sigaction action = { .sa_handler = on_usr1 };

	sigfillset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

/* The belief of what is blocked must be right after all that changes masks unseen. */
static void on_usr2(int signal)
{
	sigset_t all;

	(void)signal;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

static bool believed_blocked(void)
{
	sigset_t now;

	pthread_sigmask(SIG_SETMASK, NULL, &now);
	return sigismember(&now, SIGSEGV);
}

static void *in_thread(void *result)
{
	*(bool *)result = believed_blocked();
	return NULL;
}

static void test_belief(void)
{
	struct sigaction action, now;
	bool in_thread_too = false;
	sigset_t all, before;
	pthread_t thread;

	signal(SIGSEGV, on_segv_plain);
	signal(SIGUSR2, on_usr2);
	raise(SIGUSR2);
	tap_ok(!believed_blocked() && own_fault(), "what a handler blocked is open after it");
	sigfillset(&all);
	if (!sigsetjmp(escape, 1)) {
		sigprocmask(SIG_SETMASK, &all, NULL);
		siglongjmp(escape, 1);
	}
	tap_ok(!believed_blocked() && own_fault(), "and open again after siglongjmp");
	sigprocmask(SIG_SETMASK, &all, &before);
	pthread_create(&thread, NULL, in_thread, &in_thread_too);
	pthread_join(thread, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	tap_ok(in_thread_too, "a new thread takes it over");
	sigaction(SIGUSR1, NULL, &now);
	tap_ok(sigismember(&now.sa_mask, SIGSEGV), "sigaction says what a handler blocks");
	action = (struct sigaction){ .sa_handler = on_usr1 };
	sigaddset(&action.sa_mask, SIGTERM);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR1, NULL, &now);
	tap_ok(!sigismember(&now.sa_mask, SIGSEGV) && sigismember(&now.sa_mask, SIGTERM),
	       "and what it does not");
}

/* A report from the program's own handler of SIGSEGV, on a small stack of its own. */
static volatile bool reported_in_handler;

static void on_segv_with_bug(int signal, siginfo_t *info, void *context)
{
	char *volatile object = malloc(24);

	(void)signal;
	(void)info;
	(void)context;
	free(object);
	reported_in_handler = ((volatile char *)object)[3] || true;
	siglongjmp(escape, 1);
}

static void test_bug_in_handler(void)
{
	struct sigaction action = { .sa_sigaction = on_segv_with_bug,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	static char stack[8192 + 4096];
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) },
		none = { .ss_flags = SS_DISABLE };

	sigaltstack(&own, NULL);
	sigaction(SIGSEGV, &action, NULL);
	if (!sigsetjmp(escape, 1))
		*(volatile char *)hidden = 1;
	tap_ok(reported_in_handler, "a report in the program's own handler of SIGSEGV");
	signal(SIGSEGV, on_segv_plain);
	tap_ok(pool_fault(), "and one on an alternate stack");
	sigaltstack(&none, NULL);
}

static void test_old_ways(void)
{
	sigset(SIGSEGV, on_segv_plain);
	both("sigset");
	tap_ok(sighold(SIGSEGV) == 0 && believed_blocked() && pool_fault(), "sighold");
	tap_ok(sigset(SIGSEGV, on_segv_plain) == SIG_HOLD && !believed_blocked(), "and sigset");
	tap_ok(sigset(SIGSEGV, SIG_HOLD) == on_segv_plain && sigrelse(SIGSEGV) == 0 &&
		       !believed_blocked(),
	       "sigrelse");
	tap_ok(sigblock(-1) == 0 && believed_blocked() && pool_fault(), "sigblock");
	tap_ok(sigsetmask(0) != 0 && !believed_blocked() && own_fault(), "sigsetmask");
	tap_ok(sigignore(SIGUSR1) == 0 && signal(SIGUSR1, SIG_DFL) == SIG_IGN, "sigignore");
	tap_ok(sigset(1000, SIG_IGN) == SIG_ERR && sighold(1000) == -1,
	       "wrong signals are refused");
}

/* What it sets is its own, though it writes into our memory. */
static int waited_for; /* the last signal that came */
static bool reported_waiting;

static void on_waited(int number)
{
	waited_for = number;
	reported_waiting = pool_fault();
}

/* Two signals are pending; under a mask that blocks SIGSEGV only one of them comes. */
static void test_waiting(void)
{
	struct sigaction action = { .sa_handler = on_waited };
	sigset_t both, all_others, before;

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	sigprocmask(SIG_BLOCK, &both, &before);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigfillset(&all_others);
	sigdelset(&all_others, SIGUSR2);
	raise(SIGUSR1);
	raise(SIGUSR2);
	tap_ok(sigsuspend(&all_others) == -1 && waited_for == SIGUSR2 && reported_waiting,
	       "a report while sigsuspend blocks SIGSEGV");
	sighold(SIGSEGV);
	raise(SIGUSR2);
	waited_for = 0;
	tap_ok(sigpause(SIGUSR2) == -1 && waited_for == SIGUSR2 && reported_waiting,
	       "and while sigpause does, that opens one signal");
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void test_vfork(void)
{
	int status = -1;
	pid_t child;

	signal(SIGSEGV, on_segv_plain);
	child = vfork();
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		_exit(0);
	}
	waitpid(child, &status, 0);
	tap_ok(own_fault(), "a vfork child that sets a handler leaves its parent's");
}

static int end_of_child(void (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		act();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void die_by_fault(void)
{
	signal(SIGSEGV, SIG_DFL);
	*(volatile char *)hidden = 1;
}

static void die_ignoring(void)
{
	signal(SIGSEGV, SIG_IGN);
	raise(SIGSEGV);
	*(volatile char *)hidden = 1;
}

static void die_by_kill(void)
{
	signal(SIGSEGV, SIG_DFL);
	kill(getpid(), SIGSEGV);
	pause();
}

static void die_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	*(volatile char *)hidden = 1;
}

static void on_segv_crashing(int signal)
{
	(void)signal;
	if (calls++ < 3)
		*(volatile char *)hidden = 1;
	_exit(1);
}

static void die_in_handler(void)
{
	calls = 0;
	signal(SIGSEGV, on_segv_crashing);
	*(volatile char *)hidden = 1;
}

static void live_ignoring(void)
{
	signal(SIGSEGV, SIG_IGN);
	raise(SIGSEGV);
}

static void test_deaths(void)
{
	tap_ok(end_of_child(die_by_fault) == SIGSEGV, "a fault without handler ends the process");
	tap_ok(end_of_child(die_ignoring) == SIGSEGV, "so does one that is ignored");
	tap_ok(end_of_child(die_by_kill) == SIGSEGV, "and SIGSEGV from a process");
	tap_ok(end_of_child(die_blocked) == SIGSEGV, "and a fault while it is blocked");
	tap_ok(end_of_child(die_in_handler) == SIGSEGV, "and one in the handler");
	tap_ok(end_of_child(live_ignoring) == 0, "but SIGSEGV from a process can be ignored");
}

int main(void)
{
	hidden = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	test_sigaction();
	test_signal();
	test_blocked();
	test_handler();
	test_belief();
	test_bug_in_handler();
	test_old_ways();
	test_waiting();
	test_vfork();
	test_deaths();
	return tap_done();
}
