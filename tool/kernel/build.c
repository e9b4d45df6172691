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
#define DIGEST_DIGITS 16
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

struct build {
	const struct picket_ko *ko;
	char sources[PATH_MAX];
	char headers[PATH_MAX];
	char cache[PATH_MAX];
	char name[256]; /* of the directory in the cache: RELEASE-MODULE-DIGEST */
};

/* Root's; or else one of the user, for a module that is not loaded but compiled against. */
static void choose_cache(char path[PATH_MAX])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char parent[PATH_MAX];

	if (picket_system_is_root()) {
		picket_system_path(path, CACHE);
		return;
	}
	if (cache && *cache == '/')
		snprintf(parent, sizeof(parent), "%s", cache);
	else
		snprintf(parent, sizeof(parent), "%s/.cache", home ? home : "");
	mkdir(parent, 0700);
	snprintf(path, PATH_MAX, "%.*s/picket", PATH_MAX - 8, parent);
}

int picket_kbuild_check(const struct picket_ko *ko, const char *path)
{
	if (!strpbrk(path, " \t\n:'\"$#"))
		return 0;
	picket_complain("%s: Kbuild cannot work with the name '%.128s'", ko->command, path);
	return -1;
}

/* Nobody else may be able to put anything there. Return: a descriptor; -1: said. */
static int open_cache(const struct picket_ko *ko, const char *path)
{
	struct stat status;
	int fd;

	if (mkdir(path, 0700) && errno != EEXIST) {
		picket_complain("%s: cannot make '%s': %s", ko->command, path, strerror(errno));
		return -1;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &status) && status.st_uid == geteuid() &&
	    !(status.st_mode & OTHERS_WRITE))
		return fd;
	picket_complain("%s: '%s' is not used to build in: it must be a directory that belongs to "
			"%s and that nobody else can write to",
			ko->command, path, picket_system_is_root() ? "root" : "the user");
	if (fd >= 0)
		close(fd);
	return -1;
}

int picket_ko_sources(const struct picket_ko *ko, char path[PATH_MAX])
{
	if (!picket_sources_find(path))
		return 0;
	picket_complain("%s: the sources of %s.ko are neither beside this command nor at '%s'%s",
			ko->command, ko->name, path, ko->otherwise);
	return -1;
}

static int find_sources(struct build *build)
{
	u64 digest;
	int error;

	if (picket_ko_sources(build->ko, build->sources))
		return -1;
	error = picket_sources_digest(build->sources, build->ko->directory, &digest);
	if (error) {
		picket_complain("%s: cannot read '%s': %s", build->ko->command, build->sources,
				strerror(-error));
		return -1;
	}
	digest = picket_digest_add(digest, picket_system_version());
	snprintf(build->name, sizeof(build->name), "%.128s-%.32s-%016llx", picket_system_release(),
		 build->ko->name, digest);
	return 0;
}

/* What an interrupted build left goes, and the same module for this kernel from other sources. */
static void clean(const struct build *build)
{
	DIR *directory = opendir(build->cache);
	size_t length = strlen(build->name) - DIGEST_DIGITS;
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL) {
		char path[2 * PATH_MAX];

		if (strcmp(entry->d_name, "build") &&
		    (strncmp(entry->d_name, build->name, length) ||
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

	snprintf(modules, sizeof(modules), "M=%s/%s", directory, build->ko->directory);
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
		picket_complain("%s: cannot write '%s': %s", build->ko->command, path,
				strerror(errno));
		return -1;
	}
	status = run_make(build, directory, log);
	close(log);
	if (!status)
		return 0;
	read_failure(path, text, sizeof(text));
	picket_complain("%s: %s.ko cannot be built: %s; '%s' tells all", build->ko->command,
			build->ko->name, text, path);
	return -1;
}

static int keep_file(const struct build *build, const char *directory, const char *file)
{
	char made[2 * PATH_MAX], kept[2 * PATH_MAX];

	snprintf(made, sizeof(made), "%s/%s/%s", directory, build->ko->directory, file);
	snprintf(kept, sizeof(kept), "%s/%s/%s", build->cache, build->name, file);
	return rename(made, kept);
}

/*
 * Only a whole module ever has the name by which it is found, and then what modules are compiled
 * against is there already.
 */
static int keep(const struct build *build, const char *directory, const char *module)
{
	char kept[2 * PATH_MAX], file[NAME_MAX];

	snprintf(kept, sizeof(kept), "%s/%s", build->cache, build->name);
	snprintf(file, sizeof(file), "%s.ko", build->ko->name);
	if ((!mkdir(kept, 0700) || errno == EEXIST) &&
	    (!keep_file(build, directory, "Module.symvers") || errno == ENOENT) &&
	    !keep_file(build, directory, file))
		return 0;
	picket_complain("%s: cannot keep '%s': %s", build->ko->command, module, strerror(errno));
	return -1;
}

static int build_here(const struct build *build, const char *module)
{
	char directory[PATH_MAX + 8];
	int error;

	snprintf(directory, sizeof(directory), "%s/build", build->cache);
	error = mkdir(directory, 0700) ?
			-errno :
			picket_sources_copy(build->sources, build->ko->directory, directory);
	if (error) {
		picket_complain("%s: cannot copy '%s' to '%s': %s", build->ko->command,
				build->sources, directory, strerror(-error));
		return -1;
	}
	if (make(build, directory) || keep(build, directory, module))
		return -1;
	picket_tree_remove(directory);
	return 0;
}

static int find_or_build(struct build *build, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s/%s.ko", build->cache, build->name, build->ko->name) >=
	    PATH_MAX)
		return -1;
	if (!access(path, R_OK))
		return 0;
	if (picket_headers_find(build->ko, build->headers))
		return -1;
	printf("building %s.ko for %s ...\n", build->ko->name, picket_system_release());
	fflush(stdout);
	clean(build);
	return build_here(build, path);
}

int picket_ko_build(const struct picket_ko *ko, char path[PATH_MAX])
{
	static struct build build;
	int lock, error;

	build.ko = ko;
	if (find_sources(&build))
		return -1;
	choose_cache(build.cache);
	if (picket_kbuild_check(ko, build.cache))
		return -1;
	lock = open_cache(ko, build.cache);
	if (lock < 0)
		return -1;
	flock(lock, LOCK_EX);
	error = find_or_build(&build, path);
	close(lock);
	return error;
}
