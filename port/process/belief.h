/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the host believes to have set for SIGSEGV. In truth it is Picket's, see signals.c. */
#ifndef PICKET_BELIEF_H
#define PICKET_BELIEF_H

#include <picket/types.h>
#include <signal.h>
#include <stdbool.h>

/* An action, in the kernel's form: the handler gets three arguments whatever the flags say. */
struct picket_action {
	void (*handler)(int signal, siginfo_t *info, void *context);
	picket_u64 mask; /* as the host gave it */
	int flags;
};

struct picket_belief {
	struct picket_action action;
	/*
	 * What a handler finds that was set behind our back and calls the one before it, which is
	 * ours.
	 */
	struct picket_action below;
};

static inline bool picket_action_is_default(const struct picket_action *action)
{
	return action->handler == (void *)SIG_DFL;
}

static inline bool picket_action_is_ignored(const struct picket_action *action)
{
	return action->handler == (void *)SIG_IGN;
}

/** picket_action_from() - what the kernel makes of what the host gives. */
struct picket_action picket_action_from(const struct sigaction *action);

/** picket_action_to() - and what it tells when it is asked. */
void picket_action_to(const struct picket_action *action, struct sigaction *out);

/** picket_belief_get() - any context; never waits for a thread that was interrupted. */
struct picket_belief picket_belief_get(void);

/**
 * picket_belief_lock() - before a change. With all signals blocked: a handler that comes here too
 * must not find the lock its own. What is done under it touches no memory of the host's, so it
 * does not fault.
 *
 * Return: for picket_belief_unlock().
 */
picket_u64 picket_belief_lock(void);
void picket_belief_unlock(picket_u64 mask);

/** picket_belief_set() - under the lock. */
void picket_belief_set(const struct picket_belief *belief);

/** picket_belief_learn() - what the C library has added to an action of ours. Under the lock. */
void picket_belief_learn(const struct sigaction *installed);

/**
 * picket_belief_take() - the action for one signal.
 * @direct: the kernel called us, rather than a handler that was set behind our back.
 *
 * With SA_RESETHAND one of two that come at once gets it, as it must be.
 */
struct picket_action picket_belief_take(bool direct);

/** picket_belief_fork_child() - only the caller's thread lives on in this copy. */
void picket_belief_fork_child(void);

#endif
