/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/complain.h"
#include "log.h"
#include "refusal.h"
#include "system.h"
#include "tool/process.h"

static const char *const directories[] = { "updates", "extra", "updates/dkms" };
static const char *const suffixes[] = { "ko", "ko.xz" };
static const char xz_magic[6] = { '\xfd', '7', 'z', 'X', 'Z', '\0' };

int picket_ko_find_installed(const struct picket_ko *ko, char path[PATH_MAX])
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		for (size_t j = 0; j < sizeof(suffixes) / sizeof(suffixes[0]); j++) {
			picket_system_path(path, "/lib/modules/%s/%s/%s.%s",
					   picket_system_release(), directories[i], ko->name,
					   suffixes[j]);
			if (!access(path, F_OK))
				return 0;
		}
	return -ENOENT;
}

static bool is_compressed(int fd)
{
	char magic[sizeof(xz_magic)];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, xz_magic, sizeof(magic));
}

/* The kernel takes no file that somebody may still write to: hence a descriptor only to read. */
static int read_only(int fd)
{
	char path[64];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return again;
}

/* Return: a descriptor of what was in @fd, which is closed; -1: said. */
static int decompress(const struct picket_ko *ko, int fd, const char *path)
{
	static char *const arguments[] = { "xz", "-dc", NULL };
	struct picket_streams streams = { .input = fd,
					  .output = memfd_create("picket.ko", MFD_CLOEXEC),
					  .errors = STDERR_FILENO };
	int status = picket_process_run(arguments, NULL, &streams);

	close(fd);
	if (!status)
		return read_only(streams.output);
	if (status == -ENOENT)
		picket_complain("%s: '%s' is compressed and there is no xz; Debian's package "
				"xz-utils has it",
				ko->command, path);
	else
		picket_complain("%s: '%s' cannot be decompressed by xz", ko->command, path);
	close(streams.output);
	return -1;
}

/* Opening must neither wait nor act, whatever the file is. Return: a descriptor; -1: said. */
static int open_file(const struct picket_ko *ko, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd >= 0 && !fstat(fd, &status) && S_ISREG(status.st_mode))
		return is_compressed(fd) ? decompress(ko, fd, path) : fd;
	picket_complain("%s: cannot load '%s': %s", ko->command, path,
			fd < 0 ? strerror(errno) : "is no regular file");
	if (fd >= 0)
		close(fd);
	return -1;
}

int picket_ko_load(const struct picket_ko *ko, const char *path, const char *parameters)
{
	char said[256], why[PICKET_REFUSAL_BYTES];
	int fd = open_file(ko, path), mark, error;

	if (fd < 0)
		return -EINVAL;
	mark = picket_log_mark();
	error = picket_system_load_module(fd, parameters);
	picket_log_said(mark, ko->name, said, sizeof(said));
	close(fd);
	if (error)
		picket_complain("%s: the kernel refuses '%s': %s", ko->command, path,
				picket_refusal_reason(-error, said, why));
	return error;
}
