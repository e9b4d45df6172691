/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Situations: what is blocked, sent and waited for, other processes, and system calls past us. */
#include "situations.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static void block(int number)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	sigprocmask(SIG_BLOCK, &one, NULL);
}

static void unblock(int number)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
}

static void blocked_fault(void)
{
	handle(leave, 0);
	block(SIGSEGV);
	bug();
	say_blocked();
	fault();
}

static void say_pending(void)
{
	sigset_t set;

	sigpending(&set);
	say("  pending %d\n", sigismember(&set, SIGSEGV));
}

static void blocked_sent(void)
{
	handle(note, 0);
	block(SIGSEGV);
	say_pending();
	raise(SIGSEGV);
	say_pending();
	bug();
	say("  calls %d\n", calls);
	unblock(SIGSEGV);
	say("  calls %d\n", calls);
	say_pending();
	block(SIGSEGV);
	kill(getpid(), SIGSEGV);
	say_pending();
	unblock(SIGSEGV);
	say("  calls %d\n", calls);
}

static void blocked_sent_default(void)
{
	block(SIGSEGV);
	kill(getpid(), SIGSEGV);
	bug();
	say_pending();
	unblock(SIGSEGV);
	say("  not here\n");
}

static void waited_for(void)
{
	const struct timespec now = { 0 };
	siginfo_t info;
	sigset_t set;
	int number = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	block(SIGSEGV);
	raise(SIGSEGV);
	say("  sigwait %d", sigwait(&set, &number));
	say(" %d\n", number);
	kill(getpid(), SIGSEGV);
	number = sigwaitinfo(&set, &info);
	say("  sigwaitinfo %d %d %d %d\n", number, info.si_signo, info.si_code,
	    info.si_pid == getpid());
	bug();
	errno = 0;
	number = sigtimedwait(&set, &info, &now);
	say("  sigtimedwait %d %d\n", number, errno == EAGAIN);
	say_pending();
}

static void sent(void)
{
	union sigval value = { .sival_int = 42 };

	handle(note, 0);
	errno = 0;
	kill(getpid(), SIGSEGV);
	say("  errno after the handler: %d\n", errno == ERANGE);
	bug();
	sigqueue(getpid(), SIGSEGV, value);
	say("  calls %d\n", calls);
	signal(SIGSEGV, SIG_DFL);
	bug();
	kill(getpid(), SIGSEGV);
}

static void *send_twice(void *thread)
{
	for (int i = 0; i < 2; i++) {
		usleep(50000);
		pthread_kill(*(pthread_t *)thread, SIGSEGV);
	}
	return NULL;
}

/* Until a handler that does not restart. */
static void interrupted(unsigned int flags)
{
	pthread_t self = pthread_self(), thread;
	int ends[2];
	char byte = 0;
	struct pollfd poll_fd;

	if (pipe(ends))
		return;
	handle(note, flags);
	pthread_create(&thread, NULL, send_twice, &self);
	poll_fd = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	say("  poll %d\n", poll(&poll_fd, 1, 3000));
	if (flags & SA_RESTART)
		alarm(1);
	say("  read %d\n", (int)read(ends[0], &byte, 1));
	pthread_join(thread, NULL);
}

static void on_alarm(int number)
{
	(void)number;
	say("  alarm\n");
}

static void restarted(void)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	interrupted(SA_RESTART);
}

static void not_restarted(void)
{
	interrupted(0);
}

static void on_usr2(int number)
{
	(void)number;
	bug();
	say_blocked();
}

/* Handlers run under the mask that is waited with. */
static void waiting_masks(void)
{
	const struct timespec second = { .tv_sec = 1 };
	struct sigaction action = { .sa_handler = on_usr2 };
	struct epoll_event event;
	sigset_t all, before;
	int epoll = epoll_create1(0);

	sigaction(SIGUSR2, &action, NULL);
	block(SIGUSR2);
	sigfillset(&all);
	sigdelset(&all, SIGUSR2);
	sigdelset(&all, SIGALRM);
	raise(SIGUSR2);
	say("  sigsuspend %d\n", sigsuspend(&all));
	raise(SIGUSR2);
	say("  ppoll %d\n", ppoll(NULL, 0, &second, &all));
	raise(SIGUSR2);
	say("  pselect %d\n", pselect(0, NULL, NULL, NULL, &second, &all));
	raise(SIGUSR2);
	say("  epoll_pwait %d\n", epoll_pwait(epoll, &event, 1, 1000, &all));
	raise(SIGUSR2);
	say("  epoll_pwait2 %d\n", epoll_pwait2(epoll, &event, 1, &second, &all));
	raise(SIGUSR2);
	say("  sigpause %d\n", sigpause(SIGUSR2));
	sigprocmask(SIG_SETMASK, &all, &before);
	say_blocked();
	bug();
}

static void block_after(int number, siginfo_t *info, void *context)
{
	repair(number, info, context);
	sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGSEGV);
}

static void mask_in_context(void)
{
	handle(block_after, 0);
	fault();
	say_blocked();
	bug();
	unblock(SIGSEGV);
	say_blocked();
}

static void many_escapes(void)
{
	struct sigaction action = { .sa_handler = leave_plain };
	volatile int count = 0;

	use_other_stack(32768, 0);
	action.sa_handler = (void (*)(int))(void *)leave_quietly;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGSEGV, &action, NULL);
	for (; count < 50; count++) {
		if (!sigsetjmp(escape, 1))
			fault();
		if (count % 25 == 0)
			bug();
	}
	say_blocked();
}

static void wrong_arguments(void)
{
	const int numbers[] = { 0, -1, 65, SIGKILL, SIGSTOP };
	struct sigaction action = { .sa_sigaction = leave };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		errno = 0;
		say("  sigaction %d: %d", numbers[i], sigaction(numbers[i], &action, NULL));
		say(" %d\n", errno);
	}
	errno = 0;
	say("  signal %s %d\n", name_of(signal(SIGSEGV, SIG_ERR)), errno);
	errno = 0;
	say("  sigprocmask %d", sigprocmask(77, &action.sa_mask, NULL));
	say(" %d\n", errno);
	sigfillset(&action.sa_mask);
	action.sa_flags = SA_SIGINFO | 0x400 | 0x800;
	sigaction(SIGSEGV, &action, NULL);
	say_action();
	bug();
}

static void on_bus(int number, siginfo_t *info, void *context)
{
	say_fault(number, info, context);
	bug();
	siglongjmp(escape, 1);
}

static void bus(void)
{
	struct sigaction action = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	char name[] = "/tmp/picket-situations-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	hidden = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	sigaction(SIGBUS, &action, NULL);
	try_fault();
	bug();
	try_fault();
	signal(SIGBUS, SIG_DFL);
	fault();
}

static void wild(void)
{
	struct sigaction action = { .sa_sigaction = leave, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	hidden = (char *)0x123;
	try_fault();
	bug();
#ifdef __x86_64__
	hidden = (char *)0x8000123412341234;
	try_fault();
#endif
}

static void executed(void)
{
	block(SIGSEGV);
	block(SIGUSR1);
	bug();
	execl("/proc/self/exe", "situations", "blocked", (char *)NULL);
}

static void vforked(void)
{
	int status;
	pid_t child;

	handle(leave, 0);
	child = vfork();
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)hidden = 1;
		_exit(0);
	}
	waitpid(child, &status, 0);
	say("  child ended by %d\n", WTERMSIG(status));
	say_action();
	try_fault();
	bug();
}

static int first_process(void *unused)
{
	(void)unused;
	bug();
	kill(getpid(), SIGSEGV);
	raise(SIGSEGV);
	say("  lives\n");
	handle(note, 0);
	raise(SIGSEGV);
	signal(SIGSEGV, SIG_DFL);
	bug();
	fault();
	return 0;
}

/* Only root may: else it says the same with Picket and without. */
static void process_1(void)
{
	int status;
	pid_t child;

	if (unshare(CLONE_NEWPID)) {
		say("  skipped\n");
		bug();
		bug();
		return;
	}
	child = fork();
	if (!child)
		_exit(first_process(NULL));
	waitpid(child, &status, 0);
	say("  ended by %d\n", WTERMSIG(status));
}

/* ---- by system calls of its own ---- */

struct kernel_action {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long long mask;
};

#ifdef __x86_64__
#define RAW_FLAGS (SA_SIGINFO | 0x4000000)
__asm__(".text\n.type raw_restorer, @function\nraw_restorer:\n\tmov $15, %eax\n\tsyscall\n");
void raw_restorer(void);
#else
#define RAW_FLAGS SA_SIGINFO
#endif

static struct kernel_action raw_before;

static void raw_sigaction(void (*handler)(int, siginfo_t *, void *))
{
	struct kernel_action action = { .handler = handler, .flags = RAW_FLAGS };

#ifdef __x86_64__
	action.restorer = raw_restorer;
#endif
	syscall(SYS_rt_sigaction, SIGSEGV, &action, &raw_before, 8);
}

static void raw_handler(void)
{
	raw_sigaction(repair);
	bug();
	fault();
	bug();
	say_action();
	mprotect(hidden, PAGE, PROT_NONE);
	handle(leave, 0);
	try_fault();
	bug();
	say("  calls %d\n", calls);
}

/* As a runtime does that hands on what is not its own. */
static void hand_on(int number, siginfo_t *info, void *context)
{
	say_fault(number, info, context);
	if (raw_before.handler == (void *)SIG_DFL || depth++ > 3)
		signal(number, SIG_DFL);
	else
		raw_before.handler(number, info, context);
}

static void raw_chain(void)
{
	handle(repair, 0);
	bug();
	raw_sigaction(hand_on);
	fault();
	mprotect(hidden, PAGE, PROT_NONE);
	bug();
	fault();
	say("  calls %d\n", calls);
	bug();
}

static void raw_chain_to_default(void)
{
	raw_sigaction(hand_on);
	bug();
	fault();
}

static void raw_mask(void)
{
	unsigned long long all = ~0ull, before;

	handle(leave, 0);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
	bug();
	say_blocked();
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
	say_blocked();
	try_fault();
}

const struct situation situations_masks[] = {
	{ "blocked, a fault", blocked_fault, 1 },
	{ "blocked, sent", blocked_sent, 1 },
	{ "blocked, sent, no handler", blocked_sent_default, 1 },
	{ "sigwait", waited_for, 1 },
	{ "sent", sent, 2 },
	{ "SA_RESTART", restarted, 0 },
	{ "no SA_RESTART", not_restarted, 0 },
	{ "masks of those who wait", waiting_masks, 7 },
	{ "mask in the context", mask_in_context, 1 },
	{ "siglongjmp", many_escapes, 2 },
	{ "wrong arguments", wrong_arguments, 1 },
	{ "SIGBUS", bus, 3 },
	{ "wild addresses", wild, 1 },
	{ "exec", executed, 2 },
	{ "vfork", vforked, 1 },
	{ "process 1", process_1, 2 },
	{ "raw sigaction", raw_handler, 3 },
	{ "raw sigaction, handing on", raw_chain, 3 },
	{ "raw sigaction, handing on to no handler", raw_chain_to_default, 1 },
	{ "raw sigprocmask", raw_mask, 1 },
	{ NULL, NULL, 0 },
};
