/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "debug_files.h"

#include <dirent.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/system.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* It becomes a part of a path. */
static bool is_name(const char *name)
{
	return *name && strspn(name, LETTERS) == strlen(name);
}

static bool is_release(const char *release)
{
	return release && *release && *release != '.' &&
	       strspn(release, LETTERS ".+~") == strlen(release);
}

static bool is_image(const struct picket_kernel_part *part)
{
	return !strcmp(part->name, "vmlinux");
}

static bool has_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

/* "snd-pcm.ko.xz" is of the module "snd_pcm". */
static bool is_module_file(const char *file, const char *name)
{
	static const char *const endings[] = { ".ko",	 ".ko.debug", ".ko.xz",
					       ".ko.gz", ".ko.zst",   NULL };

	for (; *name; name++, file++)
		if (*file != *name && !(*file == '-' && *name == '_'))
			return false;
	return has_one_of(file, endings);
}

static bool is_image_file(const char *file, const char *release)
{
	size_t length = strlen("vmlinux");

	if (strncmp(file, "vmlinux", length))
		return false;
	if (!file[length] || !strcmp(file + length, ".debug"))
		return true;
	return file[length] == '-' && release && !strcmp(file + length + 1, release);
}

static bool is_file_of(const struct picket_kernel_part *part, const char *file)
{
	return is_image(part) ? is_image_file(file, part->release) :
				is_module_file(file, part->name);
}

static bool look_in(const char *directory, const struct picket_kernel_part *part,
		    const struct picket_file_taker *taker)
{
	DIR *entries = opendir(directory);
	const struct dirent *entry;
	char path[PATH_MAX];
	bool found = false;

	while (entries && !found && (entry = readdir(entries)) != NULL) {
		if (!is_file_of(part, entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		found = taker->take(taker->context, path);
	}
	if (entries)
		closedir(entries);
	return found;
}

bool picket_debug_files_given(const struct picket_kernel_part *part, const char *path,
			      const struct picket_file_taker *taker)
{
	char *copy = path && is_name(part->name) ? strdup(path) : NULL, *rest = copy, *directory;
	bool found = false;

	while (copy && !found && (directory = strsep(&rest, ":")) != NULL) {
		directory += strspn(directory, "+-");
		found = *directory && look_in(directory, part, taker);
	}
	free(copy);
	return found;
}

/* Modules lie in directories of their subsystems. */
static bool look_below(char *directory, const struct picket_kernel_part *part,
		       const struct picket_file_taker *taker)
{
	char *roots[] = { directory, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	FTSENT *entry;
	bool found = false;

	while (tree && !found && (entry = fts_read(tree)) != NULL)
		if ((entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK) &&
		    is_file_of(part, entry->fts_name))
			found = taker->take(taker->context, entry->fts_path);
	if (tree)
		fts_close(tree);
	return found;
}

static bool look_for_image(const char *release, const struct picket_file_taker *taker)
{
	static const char *const formats[] = {
		"/usr/lib/debug/boot/vmlinux-%s",
		"/usr/lib/debug/lib/modules/%s/vmlinux",
		"/usr/lib/debug/usr/lib/modules/%s/vmlinux",
		"/lib/modules/%s/build/vmlinux",
		NULL,
	};
	char relative[PATH_MAX], path[PATH_MAX];

	for (const char *const *format = formats; *format; format++) {
		snprintf(relative, sizeof(relative), *format, release);
		if (taker->take(taker->context, picket_system_path(path, "%s", relative)))
			return true;
	}
	return false;
}

bool picket_debug_files_installed(const struct picket_kernel_part *part,
				  const struct picket_file_taker *taker)
{
	char path[PATH_MAX];

	if (!is_name(part->name) || !is_release(part->release))
		return false;
	if (is_image(part))
		return look_for_image(part->release, taker);
	picket_system_path(path, "/usr/lib/debug/lib/modules/%s", part->release);
	if (look_below(path, part, taker))
		return true;
	picket_system_path(path, "/usr/lib/debug/usr/lib/modules/%s", part->release);
	if (look_below(path, part, taker))
		return true;
	picket_system_path(path, "/lib/modules/%s", part->release);
	return look_below(path, part, taker);
}
