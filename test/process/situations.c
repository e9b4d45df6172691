/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a program sees of its own SIGSEGV, as text: situations.sh compares what it says without
 * Picket and with it. Between, it makes a bug that nobody notices without Picket. Each situation
 * has a process of its own.
 * Usage: situations [NAME]; situations blocked (it has run itself, and says what is blocked).
 */
#include "situations.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

char *hidden;
char *other_stack;
size_t other_stack_bytes;
sigjmp_buf escape;
volatile int calls;
volatile int depth;

/* At once: a signal may end the process at any time. */
void say(const char *format, ...)
{
	char line[256];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_exit(100);
}

/* A late read: one report. */
__attribute__((noinline)) void bug(void)
{
	char *object = malloc(24);

	memset(object, 1, 24);
	free(object);
	__asm__ volatile("" : "+r"(object));
	(void)((volatile char *)object)[6];
}

__attribute__((noinline)) void fault(void)
{
	*(volatile char *)hidden = 1;
}

bool on_other_stack(void)
{
	char here;

	return &here >= other_stack && &here < other_stack + other_stack_bytes;
}

void say_blocked(void)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	say("  blocked:");
	for (int number = 1; number < 32; number++) {
		if (number != SIGSTKFLT && sigismember(&mask, number) == 1)
			say(" %d", number);
	}
	say("\n");
}

/* ---- handlers ---- */

void say_fault(int number, const siginfo_t *info, const void *context)
{
	const ucontext_t *user = context;

	(void)user;
	say("  handler: signal %d code %d errno %d", number, info->si_code, info->si_errno);
	if (info->si_code > 0)
		say(" address %s", info->si_addr == hidden ? "right" : "wrong");
#ifdef __x86_64__
	if (info->si_code > 0)
		say(" trap %d error %d cr2 %s", (int)user->uc_mcontext.gregs[REG_TRAPNO],
		    (int)user->uc_mcontext.gregs[REG_ERR],
		    (char *)user->uc_mcontext.gregs[REG_CR2] == hidden ? "right" : "wrong");
#endif
	say(" own stack %d\n", on_other_stack());
}

void leave(int number, siginfo_t *info, void *context)
{
	calls++;
	say_fault(number, info, context);
	say_blocked();
	siglongjmp(escape, 1);
}

void leave_plain(int number)
{
	calls++;
	say("  plain handler: signal %d own stack %d\n", number, on_other_stack());
	siglongjmp(escape, 1);
}

void leave_quietly(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	say("  signal %d own stack %d\n", number, on_other_stack());
	siglongjmp(escape, 1);
}

/* Makes the page accessible, so that the instruction succeeds. */
void repair(int number, siginfo_t *info, void *context)
{
	calls++;
	say_fault(number, info, context);
	mprotect(hidden, PAGE, PROT_READ | PROT_WRITE);
}

void note(int number, siginfo_t *info, void *context)
{
	calls++;
	say_fault(number, info, context);
	errno = ERANGE;
}

void handle(void (*handler)(int, siginfo_t *, void *), unsigned int flags)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = (int)(flags | SA_SIGINFO) };

	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGUSR1);
	sigaction(SIGSEGV, &action, NULL);
}

void try_fault(void)
{
	if (!sigsetjmp(escape, 1))
		fault();
}

const char *name_of(const void *handler)
{
	static const struct {
		const void *handler;
		const char *name;
	} names[] = {
		{ (void *)SIG_DFL, "default" }, { (void *)SIG_IGN, "ignore" },
		{ (void *)SIG_ERR, "error" },	{ (void *)SIG_HOLD, "hold" },
		{ (void *)leave, "leave" },	{ (void *)leave_plain, "leave_plain" },
		{ (void *)repair, "repair" },	{ (void *)note, "note" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].handler == handler)
			return names[i].name;
	}
	return "another";
}

void say_action(void)
{
	struct sigaction now;

	memset(&now, 0, sizeof(now));
	sigaction(SIGSEGV, NULL, &now);
	say("  set: %s flags %x restorer %d mask", name_of(now.sa_sigaction), now.sa_flags,
	    now.sa_flags & 0x4000000 && now.sa_restorer);
	for (int number = 1; number < 32; number++) {
		if (sigismember(&now.sa_mask, number) == 1)
			say(" %d", number);
	}
	say("\n");
}

void use_other_stack(size_t bytes, unsigned int flags)
{
	stack_t stack = { .ss_size = bytes, .ss_flags = (int)flags };

	other_stack_bytes = bytes;
	other_stack = mmap(NULL, PAGE + 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(other_stack + PAGE, 65536, PROT_READ | PROT_WRITE);
	other_stack += PAGE;
	stack.ss_sp = other_stack;
	say("  sigaltstack %d\n", sigaltstack(&stack, NULL));
}

void say_other_stack(void)
{
	stack_t now;

	sigaltstack(NULL, &now);
	say("  stack: flags %x, the one that was set %d\n", (unsigned int)now.ss_flags,
	    now.ss_sp == other_stack && now.ss_size == other_stack_bytes);
}

/* Without Picket what is right: so the texts are equal if all are reported. */
static int reports(int bugs)
{
	const char *file = getenv("REPORTS");
	static int before;
	int lines = 0, c;
	FILE *in = file ? fopen(file, "r") : NULL;

	if (!in)
		return bugs;
	while ((c = getc(in)) != EOF)
		lines += c == '\n';
	fclose(in);
	bugs = lines - before;
	before = lines;
	return bugs;
}

static void run(const struct situation *situation)
{
	pid_t child;
	int status;

	say("%s:\n", situation->name);
	child = fork();
	if (!child) {
		alarm(10);
		situation->act();
		_exit(0);
	}
	waitpid(child, &status, 0);
	say("  end %x reports %d\n", status & ~0x80, reports(situation->bugs));
}

int main(int argc, char **argv)
{
	const struct situation *tables[] = { situations_set, situations_masks };

	if (argc > 1 && !strcmp(argv[1], "blocked")) {
		say_blocked();
		bug();
		return 0;
	}
	hidden = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 2; i++) {
		for (const struct situation *at = tables[i]; at->name; at++) {
			if (argc < 2 || !strcmp(argv[1], at->name))
				run(at);
		}
	}
	return 0;
}
