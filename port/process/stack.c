/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "stack.h"

#include "fault.h"
#include "mask.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_COUNT 8
#define STACK_BYTES (64 * 1024) /* the frame of a signal in it may have 11 KiB alone */
#define GUARD_BYTES (64 * 1024) /* the largest page there is */
#define STRIDE_BYTES (STACK_BYTES + GUARD_BYTES)

/* Lies at the top of its stack. */
struct call {
	void (*function)(void *argument);
	void *argument;
	void *escape[5];
	bool escaped;
};

/* A page that the kernel clears in a forked child, whose other threads are gone. */
struct claims {
	picket_u32 busy[STACK_COUNT];
};

static struct claims *claims;
static picket_uptr area; /* of stacks, each with its guard below */

int picket_stack_start(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	size_t size = STACK_COUNT * STRIDE_BYTES + (size_t)getpagesize();
	char *memory = mmap(NULL, size, PROT_NONE, flags, -1, 0);
	int error = 0;

	if (memory == MAP_FAILED)
		return -1;
	for (int i = 0; i < STACK_COUNT; i++)
		error |= mprotect(memory + i * STRIDE_BYTES + GUARD_BYTES, STACK_BYTES,
				  PROT_READ | PROT_WRITE);
	error |= mprotect(memory + STACK_COUNT * STRIDE_BYTES, (size_t)getpagesize(),
			  PROT_READ | PROT_WRITE);
	if (error) {
		munmap(memory, size);
		return -1;
	}
	madvise(memory, size, MADV_NOHUGEPAGE);
	/* Where the kernel does not know it, picket_stack_fork_child() must do. */
	madvise(memory, size, MADV_WIPEONFORK);
	claims = (void *)(memory + STACK_COUNT * STRIDE_BYTES);
	area = (picket_uptr)memory;
	return 0;
}

void picket_stack_fork_child(void)
{
	for (int i = 0; claims && i < STACK_COUNT; i++)
		__atomic_store_n(&claims->busy[i], 0, __ATOMIC_RELAXED);
}

static int claim(void)
{
	for (int i = 0; claims && i < STACK_COUNT; i++) {
		if (!__atomic_exchange_n(&claims->busy[i], 1, __ATOMIC_ACQUIRE))
			return i;
	}
	return -1;
}

static struct call *call_of(int stack)
{
	return (struct call *)(area + (picket_uptr)(stack + 1) * STRIDE_BYTES) - 1;
}

void picket_stack_escape(picket_uptr sp)
{
	struct call *call;

	if (sp - area >= STACK_COUNT * STRIDE_BYTES)
		return;
	call = call_of((int)((sp - area) / STRIDE_BYTES));
	if (!call->escaped) {
		call->escaped = true;
		__builtin_longjmp(call->escape, 1);
	}
}

/* Apart, as what is in registers is lost by the jump. */
static __attribute__((noinline)) void call_function(struct call *call)
{
	if (__builtin_setjmp(call->escape) == 0)
		call->function(call->argument);
}

/* On our stack. */
static void run(void *argument)
{
	const stack_t none = { .ss_flags = SS_DISABLE };
	picket_u64 mask;
	stack_t host;
	int cancel;

	sigaltstack(&none, &host);
	mask = picket_mask_change(SIG_UNBLOCK, picket_mask_of(SIGSEGV));
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	call_function(argument);
	pthread_setcancelstate(cancel, NULL);
	picket_mask_change(SIG_SETMASK, mask);
	if (!(host.ss_flags & SS_DISABLE))
		sigaltstack(&host, NULL);
}

int picket_stack_run(void (*function)(void *argument), void *argument)
{
	int stack = claim();
	struct call *call;
	bool escaped;

	if (stack < 0)
		return -EAGAIN;
	call = call_of(stack);
	*call = (struct call){ .function = function, .argument = argument };
	picket_fault_switch_stack((picket_uptr)call & ~(picket_uptr)15, run, call);
	escaped = call->escaped;
	__atomic_store_n(&claims->busy[stack], 0, __ATOMIC_RELEASE);
	return escaped ? -EFAULT : 0;
}
