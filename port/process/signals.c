/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "signals.h"

#include "fault.h"
#include "runtime.h"
#include "backtrace.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default"), used))

typedef void picket_handler(int signal);

/* In old programs only, and in no header any more. */
picket_handler *bsd_signal(int number, picket_handler *handler);

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

static void host_set(const struct sigaction *action)
{
	picket_u32 other = !host.current;

	host.entries[other] = *action;
	__atomic_store_n(&host.current, other, __ATOMIC_RELEASE);
}

static struct sigaction host_get(void)
{
	return host.entries[__atomic_load_n(&host.current, __ATOMIC_ACQUIRE)];
}

/* Looked up at each call: constructors of other libraries call these before ours has run. */
static int real_sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	static int (*next)(int, const struct sigaction *, struct sigaction *);

	if (!next)
		next = dlsym(RTLD_NEXT, "sigaction");
	return next(signal, action, old);
}

static int real_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	static int (*next)(int, const sigset_t *, sigset_t *);

	if (!next)
		next = dlsym(RTLD_NEXT, "pthread_sigmask");
	return next(how, set, old);
}

void picket_signals_default(int signal)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	real_sigaction(signal, &action, NULL);
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
		syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), signal, info);
}

/* As if the kernel had called the host's handler. */
static void mask_for_host(const struct sigaction *action, const ucontext_t *user)
{
	sigset_t mask;

	sigorset(&mask, &user->uc_sigmask, &action->sa_mask);
	if (!(action->sa_flags & SA_NODEFER))
		sigaddset(&mask, SIGSEGV);
	real_sigmask(SIG_SETMASK, &mask, NULL);
}

static void call_host(const struct sigaction *action, int signal, siginfo_t *info, ucontext_t *user)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };

	if (action->sa_flags & (int)SA_RESETHAND)
		host_set(&standard);
	mask_for_host(action, user);
	if (action->sa_flags & SA_SIGINFO)
		action->sa_sigaction(signal, info, user);
	else
		action->sa_handler(signal);
}

static void not_ours(int signal, siginfo_t *info, ucontext_t *user)
{
	struct sigaction action = host_get();
	bool fault = info->si_code > 0;

	/* The kernel does not let a fault be ignored, or wait behind a blocked signal. */
	if (action.sa_handler == SIG_DFL ||
	    (fault && (action.sa_handler == SIG_IGN || picket_thread.segv_blocked)))
		end_by_default(signal, info, user);
	else if (action.sa_handler != SIG_IGN)
		call_host(&action, signal, info, user);
}

/*
 * The record is out. With the page hidden again and no handler, the same instruction faults once
 * more, and the process ends with the signal and the address that it should.
 */
static void end_on_report(int signal, const siginfo_t *info)
{
	uptr page = (uptr)getpagesize();

	picket_plat_hide(&picket_runtime.platform, (uptr)info->si_addr & ~(page - 1), page);
	picket_signals_default(signal);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	int error = errno;
	enum picket_verdict verdict = picket_fault_handle(picket_runtime.guard, info, context);

	if (verdict == PICKET_FAULT_NOT_OURS) {
		if (info->si_code > 0)
			picket_backtrace_escape(context);
		not_ours(signal, info, context);
	} else if (verdict == PICKET_FAULT_REPORTED && picket_runtime.abort_on_report) {
		end_on_report(signal, info);
	}
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

static int host_sigaction(const struct sigaction *action, struct sigaction *old)
{
	struct sigaction before;

	while (!picket_lock_try(&host.lock))
		;
	before = host_get();
	if (action) {
		host_set(action);
		install(action->sa_flags & SA_RESTART);
	}
	picket_lock_release(&host.lock);
	if (old)
		*old = before;
	return 0;
}

/* A handler that blocks everything must not block the fault that makes a report. */
EXPORT int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction open;

	if (!host.ours)
		return real_sigaction(signal, action, old);
	if (signal == SIGSEGV)
		return host_sigaction(action, old);
	if (!action)
		return real_sigaction(signal, NULL, old);
	open = *action;
	sigdelset(&open.sa_mask, SIGSEGV);
	return real_sigaction(signal, &open, old);
}

static picket_handler *set_handler(const char *name, int signal, picket_handler *handler, int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags }, old;
	picket_handler *(*next)(int, picket_handler *);

	if (host.ours && signal == SIGSEGV && handler != SIG_ERR) {
		host_sigaction(&action, &old);
		return old.sa_handler;
	}
	next = dlsym(RTLD_NEXT, name);
	return next(signal, handler);
}

#define SYSTEM_V_FLAGS ((int)SA_RESETHAND | SA_NODEFER)

EXPORT picket_handler *(signal)(int number, picket_handler *handler)
{
	return set_handler("signal", number, handler, SA_RESTART);
}

EXPORT picket_handler *bsd_signal(int number, picket_handler *handler)
{
	return set_handler("signal", number, handler, SA_RESTART);
}

EXPORT picket_handler *ssignal(int number, picket_handler *handler)
{
	return set_handler("signal", number, handler, SA_RESTART);
}

EXPORT picket_handler *sysv_signal(int number, picket_handler *handler)
{
	return set_handler("sysv_signal", number, handler, SYSTEM_V_FLAGS);
}

EXPORT picket_handler *__sysv_signal(int number, picket_handler *handler)
{
	return set_handler("sysv_signal", number, handler, SYSTEM_V_FLAGS);
}

/* With @set changed by @how, would SIGSEGV be blocked? */
static bool blocks(int how, const sigset_t *set, bool before)
{
	bool named = sigismember(set, SIGSEGV) == 1;

	if (how == SIG_SETMASK)
		return named;
	if (how == SIG_BLOCK)
		return before || named;
	return before && !named;
}

/*
 * Threads that leave all signals to another thread block this one too, and a blocked fault ends
 * the process. So it is never blocked, and the host is told what it believes.
 */
static int host_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	bool before = picket_thread.segv_blocked;
	sigset_t open;
	int error;

	if (set) {
		open = *set;
		sigdelset(&open, SIGSEGV);
	}
	error = real_sigmask(how, set ? &open : NULL, old);
	if (error)
		return error;
	if (set)
		picket_thread.segv_blocked = blocks(how, set, before);
	if (old && before)
		sigaddset(old, SIGSEGV);
	return 0;
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return host.ours ? host_sigmask(how, set, old) : real_sigmask(how, set, old);
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int error = pthread_sigmask(how, set, old);

	if (!error)
		return 0;
	errno = error;
	return -1;
}

int picket_signals_start(void)
{
	struct sigaction before;
	sigset_t fault;

	if (real_sigaction(SIGSEGV, NULL, &before))
		return -1;
	host_set(&before);
	sigemptyset(&fault);
	sigaddset(&fault, SIGSEGV);
	real_sigmask(SIG_UNBLOCK, &fault, NULL);
	if (install(SA_RESTART))
		return -1;
	host.ours = true;
	return 0;
}
