/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "signals.h"

#include "backtrace.h"
#include "belief.h"
#include "fault.h"
#include "mask.h"
#include "runtime.h"
#include "stack.h"
#include "symbol.h"

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
 *
 * A SIGSEGV that some process sends while it is believed blocked is sent on as this signal, and
 * waits until the host opens its mask.
 */
#define STAND_IN SIGSTKFLT
#define STAND_IN_MARK 0x5045474d /* in si_errno: it was a SIGSEGV */

#define SEGV_BIT (1ull << (SIGSEGV - 1))
#define STAND_IN_BIT (1ull << (STAND_IN - 1))

/* What the kernel itself raises, for our own code too, ends the process if it is blocked. */
#define BLOCKED_IN_HANDLER                                                                         \
	~(1ull << (SIGBUS - 1) | 1ull << (SIGSYS - 1) | 1ull << (SIGTRAP - 1) |                    \
	  1ull << (SIGILL - 1) | 1ull << (SIGFPE - 1))
#define FLAG_TAGS 0x800 /* SA_EXPOSE_TAGBITS */

/* SIGSEGV is Picket's, or will be at the first sample. */
static bool ours;
static bool installed; /* it has been */

static struct sigaction stand_in_action; /* the host's own for that signal */

/*
 * Found at the start, as handlers call them and cannot look them up. Constructors of other
 * libraries call them before that.
 */
static struct {
	int (*action)(int, const struct sigaction *, struct sigaction *);
	int (*mask)(int, const sigset_t *, sigset_t *);
	picket_handler *(*signal)(int, picket_handler *);
	int (*interrupt)(int, int);
} real;

static __attribute__((constructor)) void find_real(void)
{
	if (real.interrupt)
		return;
	real.action = picket_symbol_next("sigaction");
	real.mask = picket_symbol_next("pthread_sigmask");
	real.signal = picket_symbol_next("signal");
	real.interrupt = picket_symbol_next("siginterrupt");
}

/* ---- masks ---- */

static picket_u64 to_kernel(picket_u64 mask)
{
	picket_u64 others = mask & ~(SEGV_BIT | STAND_IN_BIT);

	return mask & SEGV_BIT ? others | STAND_IN_BIT : others;
}

void picket_signals_mask_to_kernel(sigset_t *kernel, const sigset_t *set)
{
	*kernel = *set;
	if (sigismember(set, SIGSEGV) == 1)
		sigaddset(kernel, STAND_IN);
	else
		sigdelset(kernel, STAND_IN);
	sigdelset(kernel, SIGSEGV);
}

void picket_signals_mask_to_host(sigset_t *mask)
{
	if (sigismember(mask, STAND_IN) == 1)
		sigaddset(mask, SIGSEGV);
}

bool picket_signals_are_ours(void)
{
	return ours;
}

/* ---- a signal came ---- */

struct delivery {
	int signal;
	siginfo_t *info;
	ucontext_t *user;
	enum picket_verdict verdict;
};

void picket_signals_default(int signal)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	if (signal == SIGSEGV && !picket_runtime_is_vfork_child())
		ours = false;
	real.action(signal, &action, NULL);
}

static void send_again(int signal, siginfo_t *info)
{
	syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), signal, info);
}

/* The process dies of something else, perhaps of what a canary has seen. */
static void look_before_the_end(void *argument)
{
	const struct delivery *delivery = argument;
	const struct picket_context context = { .user = delivery->user };

	picket_thread.caller = (const void *)picket_context_pc(&context);
	picket_guard_sweep(picket_runtime.guard, PICKET_SLOTS_MAX, PICKET_FOUND_PANIC);
}

/* A real fault comes again when we return; a signal that was sent must be sent again. */
static void end_by_default(int signal, siginfo_t *info, ucontext_t *user)
{
	struct delivery delivery = { .signal = signal, .info = info, .user = user };

	if (picket_runtime.guard)
		picket_stack_run(look_before_the_end, &delivery);
	picket_signals_default(signal);
	if (info->si_code <= 0)
		send_again(signal, info);
}

/* As if the kernel had called the host's handler. */
static void mask_for_handler(const struct picket_action *action, const ucontext_t *user)
{
	picket_u64 mask = picket_mask_from(&user->uc_sigmask);

	mask |= to_kernel(action->mask);
	if (!(action->flags & SA_NODEFER))
		mask |= STAND_IN_BIT;
	picket_mask_change(SIG_SETMASK, mask & ~SEGV_BIT);
}

static void call_host(const struct picket_action *action, int signal, siginfo_t *info,
		      ucontext_t *user)
{
	picket_u64 after;

	action->handler(signal, info, user);
	/* It may have written there what shall be blocked when it has returned. */
	after = picket_mask_from(&user->uc_sigmask);
	if (after & SEGV_BIT) {
		after = to_kernel(after);
		memcpy(&user->uc_sigmask, &after, sizeof(after));
	}
}

static bool is_blocked(const ucontext_t *user)
{
	return picket_mask_from(&user->uc_sigmask) & STAND_IN_BIT;
}

static void on_stand_in(int signal, siginfo_t *info, void *context);

/* To wait for the host's mask: as the sender meant it, for the thread or for any. */
static void send_on(siginfo_t *info)
{
	struct sigaction action = { .sa_sigaction = on_stand_in,
				    .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction now;

	if (!real.action(STAND_IN, NULL, &now) && now.sa_sigaction != on_stand_in) {
		stand_in_action = now;
		real.action(STAND_IN, &action, NULL);
	}
	info->si_errno = STAND_IN_MARK;
	if (info->si_code == SI_TKILL)
		send_again(STAND_IN, info);
	else
		syscall(SYS_rt_sigqueueinfo, getpid(), STAND_IN, info);
}

/* The kernel does not let a fault be ignored, or wait behind a blocked signal. */
static void not_ours(siginfo_t *info, ucontext_t *user, bool direct, int error)
{
	bool fault = info->si_code > 0;
	struct picket_action action;

	if (direct && is_blocked(user)) {
		if (fault)
			end_by_default(SIGSEGV, info, user);
		else
			send_on(info);
		return;
	}
	action = picket_belief_take(direct);
	/* The kernel does not let the first process of a system or container be ended so. */
	if (picket_action_is_default(&action) && !fault && getpid() == 1)
		return;
	if (picket_action_is_default(&action) || (fault && picket_action_is_ignored(&action))) {
		end_by_default(SIGSEGV, info, user);
	} else if (!picket_action_is_ignored(&action)) {
		if (direct)
			mask_for_handler(&action, user);
		errno = error;
		call_host(&action, SIGSEGV, info, user);
	}
}

bool picket_signals_waited(siginfo_t *info)
{
	if (info->si_signo != STAND_IN || info->si_errno != STAND_IN_MARK)
		return false;
	info->si_signo = SIGSEGV;
	info->si_errno = 0;
	return true;
}

static void on_stand_in(int signal, siginfo_t *info, void *context)
{
	struct picket_action action;

	if (picket_signals_waited(info)) {
		not_ours(info, context, true, errno);
		return;
	}
	action = picket_action_from(&stand_in_action);
	if (picket_action_is_default(&action))
		end_by_default(signal, info, context);
	else if (!picket_action_is_ignored(&action))
		action.handler(signal, info, context);
}

/*
 * The record is out. With the page hidden again and no handler, the same instruction faults once
 * more, and the process ends with the signal and the address that it should. If the page cannot be
 * hidden, the same signal is sent instead.
 */
static void end_on_report(int signal, siginfo_t *info)
{
	uptr page = (uptr)getpagesize();
	uptr start = picket_fault_address(info) & ~(page - 1);

	picket_signals_default(signal);
	if (picket_plat_hide(&picket_runtime.platform, start, page))
		send_again(signal, info);
}

static void report(void *argument)
{
	struct delivery *delivery = argument;

	picket_runtime_check_fork();
	delivery->verdict =
		picket_fault_handle(picket_runtime.guard, delivery->info, delivery->user);
	if (delivery->verdict == PICKET_FAULT_REPORTED && picket_runtime.abort_on_report)
		end_on_report(delivery->signal, delivery->info);
}

/* Without a report. */
static void let_pass(int error, uptr address)
{
	if (error == -EFAULT)
		picket_guard_disable(picket_runtime.guard, "a fault while reporting");
	else
		__atomic_fetch_add(&picket_runtime.lost, 1, __ATOMIC_RELAXED);
	picket_guard_let(picket_runtime.guard, address);
}

bool picket_signals_handle(int signal, siginfo_t *info, void *context)
{
	const struct picket_context interrupted = { .user = context };
	struct delivery delivery = { .signal = signal, .info = info, .user = context };
	int error;

	if (info->si_code > 0) {
		picket_backtrace_escape(context);
		picket_stack_escape(picket_context_sp(&interrupted));
	}
	if (!picket_fault_is_ours(picket_runtime.guard, info))
		return false;
	error = picket_stack_run(report, &delivery);
	if (error)
		let_pass(error, picket_fault_address(info));
	return error || delivery.verdict != PICKET_FAULT_NOT_OURS;
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	bool direct = picket_fault_is_direct(__builtin_dwarf_cfa(), info, context);
	int error = errno;

	if (picket_signals_handle(signal, info, context))
		errno = error;
	else
		not_ours(info, context, direct, error);
}

/* ---- SIGSEGV is taken, and changed by the host ---- */

/*
 * On the alternate stack, where there is one, if the host has no handler: it may fault with its
 * stack used up. If it has, then on the stack on which it wants that to run.
 */
static void install(const struct picket_action *action)
{
	const int kept = SA_RESTART | SA_ONSTACK | FLAG_TAGS;
	const picket_u64 mask = BLOCKED_IN_HANDLER;
	bool has_handler = !picket_action_is_default(action) && !picket_action_is_ignored(action);
	struct sigaction now = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	now.sa_flags |= has_handler ? action->flags & kept : SA_RESTART | SA_ONSTACK;
	memcpy(&now.sa_mask, &mask, sizeof(mask));
	real.action(SIGSEGV, &now, NULL);
	real.action(SIGSEGV, NULL, &now);
	picket_belief_learn(&now);
	installed = true;
}

static struct picket_action host_change(const struct sigaction *action)
{
	picket_u64 mask = picket_belief_lock();
	struct picket_action old = picket_belief_get().action, new = picket_action_from(action);

	install(&new);
	/* Now it is known what the C library has added. */
	new = picket_action_from(action);
	picket_belief_set(&(const struct picket_belief){ new, new });
	picket_belief_unlock(mask);
	return old;
}

static int host_sigaction(const struct sigaction *action, struct sigaction *old)
{
	struct picket_action before = picket_belief_get().action;

	if (action) {
		struct sigaction copy = *action;

		/* It shares our memory, but its actions are its own, and it is about to exec. */
		if (picket_runtime_is_vfork_child())
			real.action(SIGSEGV, &copy, NULL);
		else
			before = host_change(&copy);
	}
	if (old)
		picket_action_to(&before, old);
	return 0;
}

/* A handler that blocks everything must not block the fault that makes a report. */
EXPORT int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction open;
	int error;

	find_real();
	if (!ours)
		return real.action(signal, action, old);
	if (signal == SIGSEGV)
		return host_sigaction(action, old);
	if (action) {
		open = *action;
		picket_signals_mask_to_kernel(&open.sa_mask, &action->sa_mask);
	}
	error = real.action(signal, action ? &open : NULL, old);
	if (!error && old)
		picket_signals_mask_to_host(&old->sa_mask);
	return error;
}

int __sigaction(int signal, const struct sigaction *action, struct sigaction *old);

EXPORT int __sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	return sigaction(signal, action, old);
}

picket_handler *picket_signals_set(int signal, picket_handler *handler)
{
	find_real();
	return real.signal(signal, handler);
}

int picket_signals_interrupt(int signal, int flag)
{
	find_real();
	return real.interrupt(signal, flag);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	sigset_t open;
	int error;

	find_real();
	if (!ours)
		return real.mask(how, set, old);
	if (set)
		picket_signals_mask_to_kernel(&open, set);
	error = real.mask(how, set ? &open : NULL, old);
	if (!error && old)
		picket_signals_mask_to_host(old);
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
	picket_u64 mask = picket_mask_get();

	if (mask & SEGV_BIT)
		picket_mask_change(SIG_SETMASK, to_kernel(mask));
}

/*
 * SIGSEGV is not ours (any more): a runtime took it by system calls of its own. It becomes the
 * host's handler, behind ours. What it found before itself, and may call, is ours: that stands for
 * what was the host's until now.
 */
static void adopt(void)
{
	picket_u64 mask = picket_belief_lock();
	struct picket_belief belief = picket_belief_get();
	struct sigaction now;

	if (ours && !real.action(SIGSEGV, NULL, &now) && now.sa_sigaction != on_fault) {
		if (installed)
			belief.action = picket_action_from(&now);
		else
			belief = (struct picket_belief){ picket_action_from(&now),
							 picket_action_from(&now) };
		picket_belief_set(&belief);
		install(&belief.action);
	}
	picket_belief_unlock(mask);
}

void picket_signals_keep(void)
{
	struct sigaction now;

	if (!ours)
		return;
	open_mask();
	if (!real.action(SIGSEGV, NULL, &now) && now.sa_sigaction != on_fault &&
	    !picket_runtime_is_vfork_child())
		adopt();
}

/* A runtime that starts by itself (Go) shall find no handler of ours to call: see keep(). */
int picket_signals_start(void)
{
	struct sigaction before;
	struct picket_belief belief;

	find_real();
	if (real.action(SIGSEGV, NULL, &before))
		return -1;
	belief = (struct picket_belief){ picket_action_from(&before), picket_action_from(&before) };
	picket_belief_set(&belief);
	open_mask();
	ours = true;
	return 0;
}
