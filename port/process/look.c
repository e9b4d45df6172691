/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "look.h"

#include "control.h"
#include "policy.h"
#include "runtime.h"

#define STRIDE_MAX 4096
#define TARGET_NS 20000000ull

/* What the gate has assigned is given out in strides; what was seen stays exact. */
static void give(struct picket_thread *thread, s64 count)
{
	thread->gate.countdown += count;
	thread->gate.assigned += count;
	thread->withheld -= count;
}

static void stride_adapt(struct picket_thread *thread)
{
	u64 now = picket_plat_time_ns(&picket_runtime.platform);
	u64 elapsed = now - thread->looked_ns;

	thread->looked_ns = now;
	if (elapsed > 2 * TARGET_NS)
		thread->stride /= 2;
	else if (elapsed < TARGET_NS)
		thread->stride *= 2;
	if (thread->stride < 1)
		thread->stride = 1;
	if (thread->stride > STRIDE_MAX)
		thread->stride = STRIDE_MAX;
}

/* Return: the gate has let more pass, and this allocation is one of them. */
static bool resume(struct picket_thread *thread)
{
	if (!thread->withheld)
		return false;
	stride_adapt(thread);
	picket_gate_tell(picket_runtime.guard, &thread->gate);
	give(thread, thread->withheld < thread->stride ? thread->withheld : thread->stride);
	return true;
}

/* Sampling was changed: what the gate has drawn under the old policy means nothing. */
static void restart(struct picket_thread *thread, u32 generation)
{
	thread->generation = generation;
	thread->withheld = 0;
	thread->gate.epoch = 0;
}

bool picket_look(struct picket_thread *thread)
{
	u32 generation;

	picket_control_answer();
	generation = picket_policy_generation();
	if (generation != thread->generation)
		restart(thread, generation);
	else if (resume(thread))
		return false;
	return picket_gate_pass(picket_runtime.guard, &thread->gate);
}

void picket_look_end(struct picket_thread *thread)
{
	if (!thread->stride)
		thread->stride = 1;
	if (thread->gate.countdown > thread->stride)
		give(thread, thread->stride - thread->gate.countdown);
}
