/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "port/process/control.h"
#include "program.h"

#define SCRIPT_LINE_BYTES 256	     /* what the kernel reads of "#!..." */
#define SCRIPT_DEPTH_MAX 4	     /* how often the kernel lets a script name a script */
#define DEFAULT_PATH "/bin:/usr/bin" /* execvp's, if PATH is unset */
#define FILE_CAPABILITIES "security.capability"

/* What of an ELF file decides whether our library can be loaded into it. */
struct image {
	unsigned char class;
	unsigned char data;
	GElf_Half machine;
	bool interpreted;
	bool has_control;      /* the block of Picket's that `picket ctl` looks for, too */
	char loader[PATH_MAX]; /* base name of the dynamic loader: it tells C libraries apart */
};

static int check_file(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return errno == EACCES ? -EACCES : -ENOENT;
	if (!S_ISREG(status.st_mode) || eaccess(path, X_OK))
		return -EACCES;
	return 0;
}

/* Return: 0, -EACCES or -ENOENT. A directory that may not be searched says nothing of a file. */
static int check_in(const char *directory, int length, const char *name, char path[PATH_MAX])
{
	int error;

	if (snprintf(path, PATH_MAX, "%.*s%s%s", length, directory, length ? "/" : "./", name) >=
	    PATH_MAX)
		return -ENOENT;
	error = check_file(path);
	return error && access(path, F_OK) ? -ENOENT : error;
}

static int search(const char *directories, const char *name, char path[PATH_MAX])
{
	int result = -ENOENT;

	for (;;) {
		const char *end = strchrnul(directories, ':');
		int error = check_in(directories, (int)(end - directories), name, path);

		if (!error)
			return 0;
		if (error == -EACCES)
			result = -EACCES;
		if (!*end)
			return result;
		directories = end + 1;
	}
}

int picket_program_find(const char *name, char path[PATH_MAX])
{
	const char *directories = getenv("PATH");

	if (*name && !strchr(name, '/'))
		return search(directories ? directories : DEFAULT_PATH, name, path);
	if (snprintf(path, PATH_MAX, "%s", name) >= PATH_MAX)
		return -ENOENT;
	return check_file(path);
}

/* Return: what the file holds of a segment; NULL: less than it says. */
static const char *segment_bytes(Elf *elf, const GElf_Phdr *header)
{
	size_t size;
	const char *file = elf_rawfile(elf, &size);

	if (!file || header->p_offset >= size || header->p_filesz > size - header->p_offset)
		return NULL;
	return file + header->p_offset;
}

static void read_loader(Elf *elf, const GElf_Phdr *header, struct image *image)
{
	const char *path = segment_bytes(elf, header), *slash;

	image->interpreted = true;
	if (!path || !memchr(path, '\0', header->p_filesz))
		return;
	slash = strrchr(path, '/');
	snprintf(image->loader, sizeof(image->loader), "%s", slash ? slash + 1 : path);
}

static bool has_control(Elf *elf, const GElf_Phdr *header)
{
	const char *bytes = segment_bytes(elf, header);

	return bytes && header->p_flags & PF_W &&
	       memmem(bytes, header->p_filesz, PICKET_CONTROL_MAGIC, PICKET_CONTROL_MAGIC_BYTES);
}

static void read_segment(Elf *elf, const GElf_Phdr *header, struct image *image)
{
	if (header->p_type == PT_INTERP)
		read_loader(elf, header, image);
	else if (header->p_type == PT_LOAD && has_control(elf, header))
		image->has_control = true;
}

/* Return: it is an ELF file, and *image describes it. */
static bool read_elf(Elf *elf, struct image *image)
{
	GElf_Ehdr header;
	GElf_Phdr segment;
	size_t count;

	memset(image, 0, sizeof(*image));
	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
	    elf_getphdrnum(elf, &count))
		return false;
	image->class = header.e_ident[EI_CLASS];
	image->data = header.e_ident[EI_DATA];
	image->machine = header.e_machine;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &segment))
			read_segment(elf, &segment, image);
	return true;
}

static bool read_image(int fd, struct image *image)
{
	Elf *elf;
	bool good;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	good = elf && read_elf(elf, image);
	elf_end(elf);
	return good;
}

/* This command stands for the library: both come from one build. */
static bool read_own_image(struct image *image)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && read_image(fd, image);

	if (fd >= 0)
		close(fd);
	return good;
}

static const char *foreign_image(const struct image *image)
{
	struct image own;

	if (!read_own_image(&own))
		return NULL;
	if (image->class != own.class || image->data != own.data || image->machine != own.machine)
		return "is made for another kind of processor than libpicket.so";
	if (!image->interpreted)
		return "is statically linked, so no library can be preloaded";
	if (strcmp(image->loader, own.loader) != 0)
		return "uses another C library than libpicket.so";
	return NULL;
}

/*
 * The kernel has the loader and Picket ignore the environment of a program that gains rights. Marks
 * of the file count only where the kernel honours them, and only if they change anything for this
 * user.
 */
static const char *gains_rights(int fd)
{
	struct stat status;
	struct statvfs mount;
	bool honoured = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 &&
			(fstatvfs(fd, &mount) || !(mount.f_flag & ST_NOSUID));

	if (fstat(fd, &status))
		return NULL;
	if (!honoured)
		status.st_mode &= ~(mode_t)(S_ISUID | S_ISGID);
	if ((status.st_mode & S_ISUID ? status.st_uid : geteuid()) != getuid())
		return "is set-uid, so LD_PRELOAD and PICKET_OPTIONS are ignored";
	if ((status.st_mode & S_ISGID && status.st_mode & S_IXGRP ? status.st_gid : getegid()) !=
	    getgid())
		return "is set-gid, so LD_PRELOAD and PICKET_OPTIONS are ignored";
	if (honoured && getuid() != 0 && fgetxattr(fd, FILE_CAPABILITIES, NULL, 0) > 0)
		return "has file capabilities, so LD_PRELOAD and PICKET_OPTIONS are ignored";
	return NULL;
}

/* Return: it is a script; *interpreter is what runs it. */
static bool read_script(int fd, char interpreter[SCRIPT_LINE_BYTES])
{
	char line[SCRIPT_LINE_BYTES + 1], *start;
	ssize_t length = pread(fd, line, SCRIPT_LINE_BYTES, 0);

	if (length < 2 || line[0] != '#' || line[1] != '!')
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	start = line + 2 + strspn(line + 2, " \t");
	start[strcspn(start, " \t")] = '\0';
	snprintf(interpreter, SCRIPT_LINE_BYTES, "%s", start);
	return true;
}

static const char *unreachable_image(int fd, bool *linked)
{
	struct image image;
	const char *why;

	if (!read_image(fd, &image))
		return NULL;
	*linked = image.has_control && !image.interpreted;
	why = *linked ? NULL : foreign_image(&image);
	return why ? why : gains_rights(fd);
}

const char *picket_program_unreachable(const char *path, bool *linked)
{
	char interpreter[SCRIPT_LINE_BYTES];
	const char *why = NULL;

	*linked = false;
	for (int depth = 0; depth <= SCRIPT_DEPTH_MAX; depth++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		bool script;

		if (fd < 0)
			return NULL;
		script = read_script(fd, interpreter);
		if (!script)
			why = unreachable_image(fd, linked);
		close(fd);
		if (!script)
			return why;
		path = interpreter;
	}
	return NULL;
}
