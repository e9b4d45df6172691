/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/place.h"

#define DIGEST_START 0xcbf29ce484222325ull
#define DIGEST_PRIME 0x100000001b3ull

/* A build directory has a link `source`; the installed ones are in the directory of sources. */
static const char *const places[] = {
	"../source", "../../source", PICKET_SOURCES_FROM_COMMAND, PICKET_SOURCES_DIRECTORY, NULL,
};

/* What each module is made of, and nothing that an earlier build may have left beside it. */
static const char *const parts[] = { "VERSION", "core", "include", "port/linux/base",
				     "port/linux/compat" };
static const char *const suffixes[] = { "VERSION", "Kbuild", ".c", ".h", ".S", ".def", ".mk" };

int picket_sources_find(char path[PATH_MAX])
{
	return picket_place_find(places, path);
}

static bool is_source(const char *name)
{
	size_t length = strlen(name);

	if (strstr(name, ".mod.c"))
		return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t ending = strlen(suffixes[i]);

		if (length >= ending && !strcmp(name + length - ending, suffixes[i]))
			return true;
	}
	return false;
}

/* What to do with each file and directory; 0 or a negative errno, which ends it. */
struct visitor {
	int (*visit)(struct visitor *visitor, const FTSENT *entry, const char *relative);
	const char *to;
	u64 digest;
};

static int by_name(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int walk(const char *sources, FTS *tree, struct visitor *visitor)
{
	FTSENT *entry;
	int error = 0;

	while (!error && (entry = fts_read(tree)) != NULL) {
		const char *relative = entry->fts_path + strlen(sources) + 1;

		if (entry->fts_info == FTS_D ||
		    (entry->fts_info == FTS_F && is_source(entry->fts_name)))
			error = visitor->visit(visitor, entry, relative);
		else if (entry->fts_errno && entry->fts_info != FTS_DP)
			error = -entry->fts_errno;
	}
	return error;
}

static int walk_part(const char *sources, const char *part, struct visitor *visitor)
{
	char path[2 * PATH_MAX], *roots[] = { path, NULL };
	FTS *tree;
	int error;

	snprintf(path, sizeof(path), "%s/%s", sources, part);
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		return -errno;
	error = walk(sources, tree, visitor);
	fts_close(tree);
	return error;
}

static int walk_parts(const char *sources, const char *directory, struct visitor *visitor)
{
	int error = walk_part(sources, directory, visitor);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !error; i++)
		error = walk_part(sources, parts[i], visitor);
	return error;
}

static u64 digest_bytes(u64 digest, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		digest = (digest ^ (u8)bytes[i]) * DIGEST_PRIME;
	return digest;
}

u64 picket_digest_add(u64 digest, const char *text)
{
	return digest_bytes(digest, text, strlen(text) + 1);
}

static int digest_file(struct visitor *visitor, const FTSENT *entry, const char *relative)
{
	char bytes[16384];
	ssize_t count = 0;
	int fd;

	if (entry->fts_info == FTS_D)
		return 0;
	visitor->digest = picket_digest_add(visitor->digest, relative);
	fd = open(entry->fts_accpath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	while (fd >= 0 && (count = read(fd, bytes, sizeof(bytes))) > 0)
		visitor->digest = digest_bytes(visitor->digest, bytes, (size_t)count);
	if (fd < 0 || count < 0)
		return -errno;
	close(fd);
	return 0;
}

int picket_sources_digest(const char *sources, const char *directory, u64 *digest)
{
	struct visitor visitor = { .visit = digest_file, .digest = DIGEST_START };
	int error = walk_parts(sources, directory, &visitor);

	*digest = visitor.digest;
	return error;
}

static int copy_bytes(int from, int to)
{
	ssize_t count;

	while ((count = sendfile(to, from, NULL, 1 << 20)) > 0)
		;
	return count < 0 ? -errno : 0;
}

static int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out, error;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	error = out < 0 ? -errno : copy_bytes(in, out);
	close(in);
	if (out >= 0 && close(out) && !error)
		error = -errno;
	return error;
}

/* Make the directories above "port/linux/guard". */
static int make_directories(const char *path, size_t from)
{
	char part[2 * PATH_MAX];

	for (const char *slash = path + from; (slash = strchr(slash, '/')) != NULL; slash++) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0700) && errno != EEXIST)
			return -errno;
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

static int copy(struct visitor *visitor, const FTSENT *entry, const char *relative)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", visitor->to, relative);
	if (entry->fts_info == FTS_D)
		return make_directories(path, strlen(visitor->to) + 1);
	return copy_file(entry->fts_accpath, path);
}

int picket_sources_copy(const char *sources, const char *directory, const char *to)
{
	struct visitor visitor = { .visit = copy, .to = to };

	return walk_parts(sources, directory, &visitor);
}

void picket_tree_remove(const char *directory)
{
	char path[PATH_MAX], *roots[] = { path, NULL };
	FTS *tree;
	FTSENT *entry;

	snprintf(path, sizeof(path), "%s", directory);
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (tree && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_DP)
			rmdir(entry->fts_accpath);
		else if (entry->fts_info != FTS_D)
			unlink(entry->fts_accpath);
	}
	if (tree)
		fts_close(tree);
}
