/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "belief.h"

#include "mask.h"
#include "port_types.h"

#define NEVER_BLOCKED (1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1))
#define FLAG_UNSUPPORTED 0x400 /* what a program sets to find out whether flags are refused */
#define FLAG_RESTORER 0x4000000

/*
 * A change writes the other entry and then turns to it, so that the handler, which cannot wait,
 * always finds one that is whole.
 */
static struct {
	struct picket_belief entries[2];
	picket_u32 sequence; /* lowest bit: the entry */
	/* What the C library adds to an action, and tells when asked for it. */
	int restorer_flag;
	void (*restorer)(void);
	struct picket_lock lock;
} host;

struct picket_action picket_action_from(const struct sigaction *action)
{
	return (struct picket_action){
		.handler = action->sa_sigaction,
		.mask = picket_mask_from(&action->sa_mask) & ~NEVER_BLOCKED,
		.flags = (action->sa_flags & ~FLAG_UNSUPPORTED) | host.restorer_flag,
	};
}

void picket_action_to(const struct picket_action *action, struct sigaction *out)
{
	out->sa_sigaction = action->handler;
	out->sa_flags = action->flags;
	out->sa_restorer = action->flags & FLAG_RESTORER ? host.restorer : NULL;
	memcpy(&out->sa_mask, &action->mask, sizeof(action->mask));
}

void picket_belief_learn(const struct sigaction *installed)
{
	host.restorer_flag = installed->sa_flags & FLAG_RESTORER;
	host.restorer = installed->sa_restorer;
}

struct picket_belief picket_belief_get(void)
{
	struct picket_belief belief;
	picket_u32 sequence;

	do {
		sequence = __atomic_load_n(&host.sequence, __ATOMIC_ACQUIRE);
		belief = host.entries[sequence & 1];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (__atomic_load_n(&host.sequence, __ATOMIC_RELAXED) != sequence);
	return belief;
}

void picket_belief_set(const struct picket_belief *belief)
{
	picket_u32 next = host.sequence + 1;

	host.entries[next & 1] = *belief;
	__atomic_store_n(&host.sequence, next, __ATOMIC_RELEASE);
}

picket_u64 picket_belief_lock(void)
{
	picket_u64 mask = picket_mask_change(SIG_SETMASK, ~0ull);

	while (!picket_lock_try(&host.lock))
		;
	return mask;
}

void picket_belief_unlock(picket_u64 mask)
{
	picket_lock_release(&host.lock);
	picket_mask_change(SIG_SETMASK, mask);
}

struct picket_action picket_belief_take(bool direct)
{
	struct picket_belief belief = picket_belief_get();
	struct picket_action action;
	picket_u64 mask;

	if (!direct)
		return belief.below;
	if (!((unsigned int)belief.action.flags & SA_RESETHAND))
		return belief.action;
	mask = picket_belief_lock();
	belief = picket_belief_get();
	action = belief.action;
	if ((unsigned int)action.flags & SA_RESETHAND) {
		belief.action.handler = (void *)SIG_DFL;
		belief.below = belief.action;
		picket_belief_set(&belief);
	}
	picket_belief_unlock(mask);
	return action;
}

void picket_belief_fork_child(void)
{
	picket_lock_init(&host.lock);
}
