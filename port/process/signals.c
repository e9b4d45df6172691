/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "signals.h"

#include "backtrace.h"
#include "fault.h"
#include "runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default"), used))

/*
 * SIGSEGV is never blocked in truth: a blocked fault ends the process. Whether the host believes
 * it to be, the kernel keeps for us as the mask bit of a signal that Linux never sends. So the
 * belief goes where masks go without our knowing: into handlers and back, with siglongjmp() and
 * swapcontext(), to new threads.
 */
#define STAND_IN SIGSTKFLT

/*
 * What the host believes to have set for SIGSEGV. A change writes the other entry and then turns
 * to it, so that the handler, which cannot wait, always finds one that is whole.
 */
static struct {
	struct sigaction entries[2];
	picket_u32 current;
	bool ours; /* SIGSEGV is Picket's */
	struct picket_lock lock;
} host;

/*
 * Found at the start, as handlers may call them and dlsym() is not for handlers. Constructors of
 * other libraries call them before that.
 */
static struct {
	int (*action)(int, const struct sigaction *, struct sigaction *);
	int (*mask)(int, const sigset_t *, sigset_t *);
	picket_handler *(*signal)(int, picket_handler *);
} real;

static void find_real(void)
{
	if (real.signal)
		return;
	real.action = dlsym(RTLD_NEXT, "sigaction");
	real.mask = dlsym(RTLD_NEXT, "pthread_sigmask");
	real.signal = dlsym(RTLD_NEXT, "signal");
}

static int real_sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	find_real();
	return real.action(signal, action, old);
}

static int real_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	find_real();
	return real.mask(how, set, old);
}

static sigset_t mask_to_kernel(const sigset_t *set)
{
	sigset_t mask = *set;

	if (sigismember(set, SIGSEGV) == 1)
		sigaddset(&mask, STAND_IN);
	else
		sigdelset(&mask, STAND_IN);
	sigdelset(&mask, SIGSEGV);
	return mask;
}

static void mask_to_host(sigset_t *mask)
{
	if (sigismember(mask, STAND_IN) == 1)
		sigaddset(mask, SIGSEGV);
}

static struct sigaction host_get(void)
{
	return host.entries[__atomic_load_n(&host.current, __ATOMIC_ACQUIRE)];
}

static void host_set(const struct sigaction *action)
{
	picket_u32 other = !host.current;

	host.entries[other] = *action;
	__atomic_store_n(&host.current, other, __ATOMIC_RELEASE);
}

/* With all signals blocked: a handler that comes here too must not find the lock its own. */
static sigset_t host_lock(void)
{
	sigset_t all, mask;

	sigfillset(&all);
	real_sigmask(SIG_SETMASK, &all, &mask);
	while (!picket_lock_try(&host.lock))
		;
	return mask;
}

static void host_unlock(const sigset_t *mask)
{
	picket_lock_release(&host.lock);
	real_sigmask(SIG_SETMASK, mask, NULL);
}

void picket_signals_fork_child(void)
{
	picket_lock_init(&host.lock);
}

void picket_signals_default(int signal)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	real_sigaction(signal, &action, NULL);
}

static void send_again(int signal, siginfo_t *info)
{
	syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), signal, info);
}

/*
 * The process dies of something else, perhaps of what a canary has seen. A real fault comes again
 * when we return; a signal that was sent must be sent again.
 */
static void end_by_default(int signal, siginfo_t *info, ucontext_t *user)
{
	const struct picket_context context = { .user = user };

	picket_thread.caller = (const void *)picket_context_pc(&context);
	if (picket_runtime.guard)
		picket_guard_sweep(picket_runtime.guard, PICKET_SLOTS_MAX, PICKET_FOUND_PANIC);
	picket_signals_default(signal);
	if (info->si_code <= 0)
		send_again(signal, info);
}

/* As if the kernel had called the host's handler. */
static void mask_for_handler(const struct sigaction *action, const ucontext_t *user)
{
	sigset_t mask = user->uc_sigmask;

	mask_to_host(&mask);
	sigorset(&mask, &mask, &action->sa_mask);
	if (!(action->sa_flags & SA_NODEFER))
		sigaddset(&mask, SIGSEGV);
	mask = mask_to_kernel(&mask);
	real_sigmask(SIG_SETMASK, &mask, NULL);
}

static void host_reset(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t mask = host_lock();

	host_set(&standard);
	host_unlock(&mask);
}

static void call_host(const struct sigaction *action, int signal, siginfo_t *info, ucontext_t *user)
{
	if (action->sa_flags & (int)SA_RESETHAND)
		host_reset();
	mask_for_handler(action, user);
	if (action->sa_flags & SA_SIGINFO)
		action->sa_sigaction(signal, info, user);
	else
		action->sa_handler(signal);
}

static void not_ours(int signal, siginfo_t *info, ucontext_t *user)
{
	struct sigaction action = host_get();
	bool fault = info->si_code > 0;
	bool blocked = sigismember(&user->uc_sigmask, STAND_IN) == 1;

	/* The kernel does not let a fault be ignored, or wait behind a blocked signal. */
	if (action.sa_handler == SIG_DFL || (fault && (action.sa_handler == SIG_IGN || blocked)))
		end_by_default(signal, info, user);
	else if (action.sa_handler != SIG_IGN)
		call_host(&action, signal, info, user);
}

/*
 * The record is out. With the page hidden again and no handler, the same instruction faults once
 * more, and the process ends with the signal and the address that it should. If the page cannot be
 * hidden, the same signal is sent instead.
 */
static void end_on_report(int signal, siginfo_t *info)
{
	uptr page = (uptr)getpagesize();
	uptr start = (uptr)info->si_addr & ~(page - 1);

	picket_signals_default(signal);
	if (picket_plat_hide(&picket_runtime.platform, start, page))
		send_again(signal, info);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	int error = errno;
	enum picket_verdict verdict;

	if (info->si_code > 0)
		picket_backtrace_escape(context);
	verdict = picket_fault_handle(picket_runtime.guard, info, context);
	if (verdict == PICKET_FAULT_NOT_OURS)
		not_ours(signal, info, context);
	else if (verdict == PICKET_FAULT_REPORTED && picket_runtime.abort_on_report)
		end_on_report(signal, info);
	errno = error;
}

/*
 * On the alternate stack where there is one: a host that has one may fault with its stack used
 * up. Not blocked meanwhile: the unwinder may fault on a broken stack, see backtrace.c.
 */
static int install(int restart)
{
	struct sigaction action = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | restart,
	};

	return real_sigaction(SIGSEGV, &action, NULL);
}

static void host_change(const struct sigaction *action)
{
	sigset_t mask = host_lock();

	host_set(action);
	install(action->sa_flags & SA_RESTART);
	host_unlock(&mask);
}

static int host_sigaction(const struct sigaction *action, struct sigaction *old)
{
	struct sigaction before = host_get();

	if (action) {
		struct sigaction copy = *action;

		/* It shares our memory, but its actions are its own, and it is about to exec. */
		if (picket_runtime_is_vfork_child())
			real_sigaction(SIGSEGV, &copy, NULL);
		else
			host_change(&copy);
	}
	if (old)
		*old = before;
	return 0;
}

/* A handler that blocks everything must not block the fault that makes a report. */
EXPORT int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction open;
	int error;

	if (!host.ours)
		return real_sigaction(signal, action, old);
	if (signal == SIGSEGV)
		return host_sigaction(action, old);
	if (action) {
		open = *action;
		open.sa_mask = mask_to_kernel(&action->sa_mask);
	}
	error = real_sigaction(signal, action ? &open : NULL, old);
	if (!error && old)
		mask_to_host(&old->sa_mask);
	return error;
}

/* Of other signals the C library's own knows what siginterrupt() said. */
picket_handler *picket_signals_set(int signal, picket_handler *handler)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	find_real();
	if (signal != SIGSEGV || handler == SIG_ERR)
		return real.signal(signal, handler);
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, signal);
	return sigaction(signal, &action, &old) ? SIG_ERR : old.sa_handler;
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	sigset_t open;
	int error;

	if (!host.ours)
		return real_sigmask(how, set, old);
	if (set)
		open = mask_to_kernel(set);
	error = real_sigmask(how, set ? &open : NULL, old);
	if (!error && old)
		mask_to_host(old);
	return error;
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int error = pthread_sigmask(how, set, old);

	if (!error)
		return 0;
	errno = error;
	return -1;
}

/* A mask from the parent stays as it is if the parent was watched too: it has the stand-in. */
static void open_mask(void)
{
	sigset_t mask;

	real_sigmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGSEGV) != 1)
		return;
	mask = mask_to_kernel(&mask);
	real_sigmask(SIG_SETMASK, &mask, NULL);
}

int picket_signals_start(void)
{
	struct sigaction before;

	if (real_sigaction(SIGSEGV, NULL, &before))
		return -1;
	host_set(&before);
	open_mask();
	if (install(SA_RESTART))
		return -1;
	host.ours = true;
	return 0;
}
