/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/complain.h"
#include "headers.h"
#include "sources.h"
#include "system.h"
#include "tool/process.h"

#define CACHE "/var/cache/picket"
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

struct build {
	char sources[PATH_MAX];
	char headers[PATH_MAX];
	char cache[PATH_MAX];
	char name[256]; /* of the directory in the cache: RELEASE-DIGEST */
};

/* Nobody else may be able to put anything there. Return: a descriptor; -1: said. */
static int open_cache(const char *path)
{
	struct stat status;
	int fd;

	if (mkdir(path, 0700) && errno != EEXIST) {
		picket_complain("kernel start: cannot make '%s': %s", path, strerror(errno));
		return -1;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &status) && status.st_uid == geteuid() &&
	    !(status.st_mode & OTHERS_WRITE))
		return fd;
	picket_complain("kernel start: '%s' is not used to build in: it must be a directory that "
			"belongs to root and that nobody else can write to",
			path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int find_sources(struct build *build)
{
	u64 digest;
	int error = picket_sources_find(build->sources);

	if (error) {
		picket_complain("kernel start: the sources of picket.ko are neither beside this "
				"command nor at '%s'; --module-file=FILE takes a picket.ko that "
				"was built",
				build->sources);
		return -1;
	}
	error = picket_sources_digest(build->sources, &digest);
	if (error) {
		picket_complain("kernel start: cannot read '%s': %s", build->sources,
				strerror(-error));
		return -1;
	}
	digest = picket_digest_add(digest, picket_system_version());
	snprintf(build->name, sizeof(build->name), "%.128s-%016llx", picket_system_release(),
		 digest);
	return 0;
}

/* What an interrupted build left goes, and modules for the same kernel from other sources. */
static void clean(const struct build *build)
{
	DIR *directory = opendir(build->cache);
	size_t length = strlen(picket_system_release());
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL) {
		char path[2 * PATH_MAX];

		if (strcmp(entry->d_name, "build") &&
		    (strncmp(entry->d_name, build->name, length + 1) ||
		     strlen(entry->d_name) != strlen(build->name)))
			continue;
		snprintf(path, sizeof(path), "%s/%s", build->cache, entry->d_name);
		picket_tree_remove(path);
	}
	if (directory)
		closedir(directory);
}

static char *const *clean_environment(const char *directory)
{
	static char search[PATH_MAX], temporary[2 * PATH_MAX];
	static char *environment[] = { search, temporary, "LC_ALL=C", NULL };
	const char *path = getenv("PATH");

	snprintf(search, sizeof(search), "PATH=%s", path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
	snprintf(temporary, sizeof(temporary), "TMPDIR=%s", directory);
	return environment;
}

/* Variables of make and Kbuild in our environment must not change what is built. */
static int run_make(const struct build *build, const char *directory, int log)
{
	char modules[2 * PATH_MAX], jobs[32];
	char *arguments[] = {
		"make", jobs, "-C", (char *)build->headers, modules, "modules", NULL
	};
	struct picket_streams streams = { .input = -1, .output = log, .errors = log };

	snprintf(modules, sizeof(modules), "M=%s/port/linux/guard", directory);
	snprintf(jobs, sizeof(jobs), "-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	return picket_process_run(arguments, clean_environment(directory), &streams);
}

/* The first line of the log that tells an error; else its last. */
static void read_failure(const char *log, char *text, size_t bytes)
{
	FILE *stream = fopen(log, "re");
	char line[512];

	snprintf(text, bytes, "nothing was said");
	while (stream && fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			snprintf(text, bytes, "%s", line);
		if (strstr(line, "error:") || strstr(line, "*** "))
			break;
	}
	if (stream)
		fclose(stream);
}

static int make(const struct build *build, const char *directory)
{
	char path[2 * PATH_MAX], text[512];
	int log, status;

	snprintf(path, sizeof(path), "%s/log", directory);
	log = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (log < 0) {
		picket_complain("kernel start: cannot write '%s': %s", path, strerror(errno));
		return -1;
	}
	status = run_make(build, directory, log);
	close(log);
	if (!status)
		return 0;
	read_failure(path, text, sizeof(text));
	picket_complain("kernel start: picket.ko cannot be built: %s; '%s' tells all", text, path);
	return -1;
}

/* Only a whole module ever has the name by which it is found. */
static int keep(const struct build *build, const char *directory, const char *module)
{
	char made[2 * PATH_MAX], kept[2 * PATH_MAX];

	snprintf(made, sizeof(made), "%s/port/linux/guard/picket.ko", directory);
	snprintf(kept, sizeof(kept), "%s/%s", build->cache, build->name);
	if ((!mkdir(kept, 0700) || errno == EEXIST) && !rename(made, module))
		return 0;
	picket_complain("kernel start: cannot keep '%s': %s", module, strerror(errno));
	return -1;
}

static int build_here(const struct build *build, const char *module)
{
	char directory[PATH_MAX + 8];
	int error;

	snprintf(directory, sizeof(directory), "%s/build", build->cache);
	error = mkdir(directory, 0700) ? -errno : picket_sources_copy(build->sources, directory);
	if (error) {
		picket_complain("kernel start: cannot copy '%s' to '%s': %s", build->sources,
				directory, strerror(-error));
		return -1;
	}
	if (make(build, directory) || keep(build, directory, module))
		return -1;
	picket_tree_remove(directory);
	return 0;
}

static int find_or_build(struct build *build, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s/picket.ko", build->cache, build->name) >= PATH_MAX)
		return -1;
	if (!access(path, R_OK))
		return 0;
	if (picket_headers_find(build->headers))
		return -1;
	printf("building picket.ko for %s ...\n", picket_system_release());
	fflush(stdout);
	clean(build);
	return build_here(build, path);
}

int picket_ko_build(char path[PATH_MAX])
{
	static struct build build;
	int lock, error;

	if (find_sources(&build))
		return -1;
	lock = open_cache(picket_system_path(build.cache, CACHE));
	if (lock < 0)
		return -1;
	flock(lock, LOCK_EX);
	error = find_or_build(&build, path);
	close(lock);
	return error;
}
