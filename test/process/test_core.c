/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1:on_report=abort, looking on as a debugger: what the process dies of is
 * the bad access itself, with the page hidden as it was.
 */
#include "test/tap.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char **shared; /* where the child tells its object */

static void child(void)
{
	struct rlimit none = { 0 };
	char *object = malloc(40);

	setrlimit(RLIMIT_CORE, &none);
	*shared = object;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	free(object);
	__asm__ volatile("" : "+r"(object));
	((volatile char *)object)[7] = 1;
	_exit(1);
}

/* The third column of /proc/PID/maps for the address. */
static bool page_hidden(pid_t pid, const char *address)
{
	char path[64], line[512], access[8];
	unsigned long start, end;
	bool hidden = false;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 &&
		    start <= (unsigned long)address && (unsigned long)address < end)
			hidden = !strcmp(access, "---p");
	}
	if (maps)
		fclose(maps);
	return hidden;
}

static void test_bad_access(void)
{
	siginfo_t last = { 0 };
	bool hidden = false;
	int status = 0, stops = 0;
	pid_t pid = fork();

	if (!pid)
		child();
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && stops < 10) {
		ptrace(PTRACE_GETSIGINFO, pid, NULL, &last);
		hidden = page_hidden(pid, *shared + 7);
		stops++;
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)WSTOPSIG(status));
	}
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "it dies of SIGSEGV");
	tap_ok(stops == 2 && last.si_signo == SIGSEGV && last.si_code == SEGV_ACCERR,
	       "raised by the kernel, after the one that made the report");
	tap_ok(last.si_addr == *shared + 7, "with the address of the bad access");
	tap_ok(hidden, "whose page is hidden");
}

int main(void)
{
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_bad_access();
	return tap_done();
}
