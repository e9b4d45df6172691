/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: what programs make of themselves. processes DEED [DIRECTORY]
 * Each uses a freed object at the end, in the process that it has become. Exit status 0: all went
 * well; 77: this machine does not let it be tried.
 */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define CANNOT 77
#define WORKERS 4

static volatile char sum;

static void use_after_free(char *object)
{
	free(object);
	__asm__ volatile("" : "+r"(object));
	sum = object[3];
}

static int bug(void)
{
	use_after_free(malloc(40));
	return 0;
}

static int status_of(pid_t child)
{
	int status = -1;

	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int in_child(int (*deed)(void))
{
	pid_t child = fork();

	if (!child)
		exit(deed());
	return child < 0 ? 1 : status_of(child);
}

/* Daemons fork twice, leave their session and their directory, and close what they have open. */
static char *inherited;

static int second_half(void)
{
	pid_t child;

	setsid();
	child = fork();
	if (child)
		return child < 0;
	if (chdir("/"))
		return 1;
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	use_after_free(inherited);
	return 0;
}

static int daemon_twice(void)
{
	inherited = malloc(40);
	return in_child(second_half);
}

/* Each worker has its own bug, on an object that the master has made. */
static int prefork(void)
{
	char *objects[WORKERS];
	pid_t workers[WORKERS];
	int bad = 0;

	for (int i = 0; i < WORKERS; i++)
		objects[i] = malloc(40);
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (!workers[i]) {
			use_after_free(objects[i]);
			exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++) {
		bad += status_of(workers[i]);
		free(objects[i]);
	}
	return bad;
}

static int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return CANNOT;
	return bug();
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	for (unsigned long each = 0; each < 64; each++)
		prctl(PR_CAPBSET_DROP, each, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_capset, &header, none))
		return CANNOT;
	return bug();
}

static int leave_namespaces(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS |
		    CLONE_NEWIPC))
		return CANNOT;
	return in_child(bug);
}

/* What hides under an empty file system mounted over it is closed. */
static int close_proc(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || mount("none", "/proc", "tmpfs", 0, "size=4k"))
		return CANNOT;
	return access("/proc/self", F_OK) ? bug() : 1;
}

static const char *directory;

static int change_root(void)
{
	if (chroot(directory) || chdir("/"))
		return CANNOT;
	return bug();
}

/* A child in the memory of its parent that does what it should not. */
static int child_stack_deed(void *unused)
{
	(void)unused;
	for (int i = 0; i < 100; i++) {
		void *volatile object = malloc(40);

		memset(object, 1, 40);
		free(object);
	}
	_exit(0);
}

static int share_memory(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	void *object = malloc(40);
	pid_t child = clone(child_stack_deed, stack + sizeof(stack),
			    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	int status = child < 0 ? 1 : status_of(child);

	free(object);
	return status ? status : bug();
}

/* Descendants only run this program again. */
static int exec_chain(void)
{
	char *const arguments[] = { "processes", "bug", NULL };

	free(malloc(40));
	execv("/proc/self/exe", arguments);
	return 1;
}

static int exec_after_vfork(void)
{
	char *const arguments[] = { "processes", "bug", NULL };
	pid_t child = vfork();

	if (!child) {
		execv("/proc/self/exe", arguments);
		_exit(1);
	}
	return child < 0 ? 1 : status_of(child);
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		int (*deed)(void);
	} deeds[] = {
		{ "bug", bug },
		{ "daemon", daemon_twice },
		{ "prefork", prefork },
		{ "nobody", become_nobody },
		{ "capabilities", drop_capabilities },
		{ "unshare", leave_namespaces },
		{ "proc", close_proc },
		{ "chroot", change_root },
		{ "clone", share_memory },
		{ "exec", exec_chain },
		{ "vfork", exec_after_vfork },
	};

	directory = count > 2 ? arguments[2] : NULL;
	for (size_t i = 0; count > 1 && i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (!strcmp(arguments[1], deeds[i].name))
			return deeds[i].deed();
	return 2;
}
