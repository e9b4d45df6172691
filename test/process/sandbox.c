/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1, in a sandbox of system calls. sandbox kill|refuse|control
 *
 *	kill	what doc/processes.md lists is allowed, anything else ends the process; objects are
 *		allocated and freed, in threads too, and two bugs are reported
 *	refuse	all calls that Picket makes after the start fail
 *	control	as kill, and then a call that is not on the list
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The lists of doc/processes.md. */
static const int sampling[] = {
	SYS_madvise, SYS_mprotect, SYS_rt_sigaction,  SYS_rt_sigprocmask, SYS_getpid,
	SYS_gettid,  SYS_prctl,	   SYS_clock_gettime, SYS_sched_yield,
};
static const int reporting[] = {
	SYS_mremap,	  SYS_mmap,  SYS_sigaltstack, SYS_rt_sigpending, SYS_rt_sigtimedwait,
	SYS_rt_sigreturn, SYS_uname, SYS_openat,      SYS_fstat,	 SYS_ppoll,
	SYS_write,	  SYS_close, SYS_socket,      SYS_setsockopt,	 SYS_sendto,
};
/* What this program does by itself: its allocator, its threads, its end. */
static const int own[] = {
	SYS_brk,    SYS_munmap,		 SYS_exit, SYS_exit_group, SYS_futex, SYS_clone,
	SYS_clone3, SYS_set_robust_list, SYS_rseq,
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FILTER_MAX 128

static struct sock_filter filter[FILTER_MAX];
static unsigned short length;

static void add(struct sock_filter instruction)
{
	filter[length++] = instruction;
}

static void answer(const int *calls, size_t count, unsigned int verdict)
{
	for (size_t i = 0; i < count; i++) {
		add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)calls[i],
						 0, 1));
		add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
	}
}

static int enter(void)
{
	struct sock_fprog program = { .len = length, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int enter_sandbox(bool refuse)
{
	add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, nr)));
	answer(own, COUNT(own), SECCOMP_RET_ALLOW);
	if (refuse) {
		answer(sampling, COUNT(sampling), SECCOMP_RET_ERRNO | EPERM);
		answer(reporting, COUNT(reporting), SECCOMP_RET_ERRNO | EPERM);
		add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	} else {
		answer(sampling, COUNT(sampling), SECCOMP_RET_ALLOW);
		answer(reporting, COUNT(reporting), SECCOMP_RET_ALLOW);
		add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	}
	return enter();
}

static void *work(void *unused)
{
	void *objects[64];

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 64; i++)
			memset(objects[i] = malloc((size_t)(i * 20 + 1)), i, (size_t)(i * 20 + 1));
		for (int i = 0; i < 64; i++)
			free(objects[i] = realloc(objects[i], 200));
	}
	return unused;
}

/* A freed object is used, and one is freed twice. */
static void bugs(void)
{
	char *object = malloc(40);
	volatile char byte;

	free(object);
	__asm__ volatile("" : "+r"(object));
	byte = object[3];
	(void)byte;
	free(object);
}

int main(int count, char **arguments)
{
	bool refuse = count > 1 && !strcmp(arguments[1], "refuse");
	pthread_t thread;

	work(NULL);
	if (enter_sandbox(refuse))
		return 77;
	work(NULL);
	if (count > 1 && !strcmp(arguments[1], "control"))
		syscall(SYS_getppid);
	if (!refuse) {
		if (pthread_create(&thread, NULL, work, NULL))
			return 1;
		pthread_join(thread, NULL);
		bugs();
	}
	return 0;
}
