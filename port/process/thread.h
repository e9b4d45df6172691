/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What Picket knows of a thread. All zero is a valid start: the first allocation of a thread takes
 * the slow path, which seeds the gate.
 */
#ifndef PICKET_THREAD_H
#define PICKET_THREAD_H

#include "../../core/guard/guard.h"

struct picket_thread {
	struct picket_gate gate;    /* first: the fast path counts down at offset 0 */
	const void *caller;	    /* where the host called the allocator; stacks begin there */
	const void *operator_frame; /* of our call of the real operator new, see operators.c */
	void *escape[5];	    /* out of an unwinder that touched bad memory */
	picket_s32 pid;		    /* 0: not asked yet */
	picket_s32 tid;
	picket_u64 named_ns; /* when its name was asked for */
	char name[PICKET_TASK_NAME_BYTES];
	picket_u32 busy;       /* inside Picket: allocations are not sampled */
	picket_u32 moves;      /* guarded objects that may still move at realloc, see objects.c */
	picket_s64 withheld;   /* of the gate's countdown, see look.c */
	picket_s64 stride;     /* allocations between looks; 0: a new thread */
	picket_u64 looked_ns;  /* when the last look was that the gate had not asked for */
	picket_u32 generation; /* of the policy that the gate has drawn by */
	bool unwinding;
	bool resolving;
	bool registered;
};

/*
 * Initial-exec: one instruction to reach, and no call that could allocate. It takes a little of
 * the static TLS surplus, as a preloaded library is loaded before there are threads.
 */
extern __thread struct picket_thread picket_thread
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

#endif
