/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: the stack cannot be walked, as the frame pointer that the unwind
 * tables name leads nowhere, or into the pool. The program must not notice, nor be blamed. And a
 * signal handler that runs while Picket walks has faults of its own.
 */
#include "test/tap.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef __x86_64__
/* Say that the caller's frame hangs on rbp, put the argument there, and call malloc(40). */
void *malloc_without_stack(void *frame);
__asm__(".text\n"
	".type malloc_without_stack, @function\n"
	"malloc_without_stack:\n"
	"	.cfi_startproc\n"
	"	push %rbp\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset rbp, -16\n"
	"	mov %rsp, %rbp\n"
	"	.cfi_def_cfa_register rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	mov %rbp, %rbx\n"
	"	mov %rdi, %rbp\n"
	"	mov $40, %edi\n"
	"	call malloc@PLT\n"
	"	mov %rbx, %rbp\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size malloc_without_stack, . - malloc_without_stack\n");

static void test_broken(const char *where, void *frame)
{
	sigset_t before, now;
	char *object;

	sigemptyset(&before);
	sigaddset(&before, SIGSEGV);
	sigaddset(&before, SIGUSR1);
	sigprocmask(SIG_BLOCK, &before, NULL);
	object = malloc_without_stack(frame);
	sigprocmask(SIG_UNBLOCK, &before, &now);
	tap_ok(object, "a frame %s: there is an object", where);
	tap_ok(sigismember(&now, SIGSEGV) && sigismember(&now, SIGUSR1), "and the mask is as set");
	memset(object, 1, 40);
	free(object);
}
#endif

static sigjmp_buf escape;
static char *hidden;
static volatile int probes;

static void on_segv(int signal)
{
	(void)signal;
	siglongjmp(escape, 1);
}

/* Any moment may be inside the unwinder; the jump must be ours, into this very handler. */
static void on_alarm(int signal)
{
	(void)signal;
	if (!sigsetjmp(escape, 1))
		*(volatile char *)hidden = 1;
	probes++;
}

static void test_probing(void)
{
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	bool good = true;

	signal(SIGSEGV, on_segv);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (probes < 2000) {
		char *volatile object = malloc(40);

		object[0] = 1;
		good = good && object[0] == 1;
		free(object);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	tap_ok(good, "a handler that probes memory while stacks are walked");
}

int main(void)
{
	hidden = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	alarm(60);
#ifdef __x86_64__
	char *freed = malloc(4000);

	free(freed);
	__asm__ volatile("" : "+r"(freed));
	test_broken("that is no memory", hidden + 64);
	test_broken("at the end of the addresses", (void *)-64l);
	test_broken("in the pool", freed + 64);
#else
	tap_skip("broken stacks", "needs code of this machine");
#endif
	test_probing();
	return tap_done();
}
