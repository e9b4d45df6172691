/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int picket_process_run(char *const arguments[], char *const environment[],
		       const struct picket_streams *streams)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	if (streams->input < 0)
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&actions, streams->input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, streams->output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, streams->errors, STDERR_FILENO);
	error = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments,
			     environment ? environment : environ);
	posix_spawn_file_actions_destroy(&actions);
	return error ? -error : wait_for(pid);
}
