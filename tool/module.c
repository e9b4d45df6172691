/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "debug_files.h"
#include "module.h"

#define DEFAULT_DEBUG_DIRECTORY "/usr/lib/debug"
#define HEX_BYTES (2 * 64 + 1)

/* Enough for the notes of what a search comes upon. */
static int no_address(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		      const char *section, GElf_Word index, const GElf_Shdr *header,
		      Dwarf_Addr *address)
{
	(void)module, (void)data, (void)name, (void)base, (void)section, (void)index, (void)header;
	*address = 0;
	return 0;
}

/* For a search by build-id: libdwfl's addresses of sections are only for files that were found. */
static Dwfl_Callbacks *search_callbacks(char **debuginfo_path)
{
	static Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.section_address = no_address,
	};

	callbacks.debuginfo_path = debuginfo_path;
	return &callbacks;
}

/* Callbacks for files that were found: nothing but their debug files is searched. */
static Dwfl_Callbacks *file_callbacks(char **debuginfo_path)
{
	static Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.section_address = dwfl_offline_section_address,
	};

	callbacks.debuginfo_path = debuginfo_path;
	return &callbacks;
}

static void hex(const u8 *bytes, u32 count, char *out)
{
	static const char digits[] = "0123456789abcdef";

	if (count > (HEX_BYTES - 1) / 2)
		count = (HEX_BYTES - 1) / 2;
	for (u32 i = 0; i < count; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/* A module without build-id matches by its path alone: there is nothing better. */
static bool same_build(const struct picket_module *module)
{
	const unsigned char *bits;
	GElf_Addr address;
	int count;

	if (!module->build_id_bytes)
		return true;
	count = dwfl_module_build_id(module->dwfl_module, &bits, &address);
	return count == (int)module->build_id_bytes &&
	       !memcmp(bits, module->build_id, module->build_id_bytes);
}

static void forget(struct picket_module *module)
{
	picket_functions_destroy(module->functions);
	module->functions = NULL;
	if (module->dwfl)
		dwfl_end(module->dwfl);
	module->dwfl = NULL;
	module->dwfl_module = NULL;
}

static bool begin(struct picket_module *module, const Dwfl_Callbacks *callbacks)
{
	forget(module);
	module->dwfl = dwfl_begin(callbacks);
	return module->dwfl != NULL;
}

/* A record names any path it likes: nothing must be opened that waits or acts when opened. */
static bool is_regular(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode);
}

/*
 * @fd: of the file, which is used up; or -1.
 * Return: it is an ELF file of the wanted build, and is open now.
 */
static bool open_offline(struct picket_module *module, const char *path, int fd,
			 char **debuginfo_path)
{
	if (begin(module, file_callbacks(debuginfo_path)))
		module->dwfl_module = dwfl_report_offline(module->dwfl, module->path, path, fd);
	if (!module->dwfl_module && fd >= 0)
		close(fd);
	if (module->dwfl)
		dwfl_report_end(module->dwfl, NULL, NULL);
	module->is_other_build = module->dwfl_module && !same_build(module);
	if (module->dwfl_module && !module->is_other_build &&
	    dwfl_module_getelf(module->dwfl_module, &module->bias))
		return true;
	forget(module);
	return false;
}

static bool open_file(struct picket_module *module, const char *path, char **debuginfo_path)
{
	return is_regular(path) && open_offline(module, path, -1, debuginfo_path);
}

/* Return: the file that elfutils finds by build-id, at debuginfod servers too; -1: none. */
static int find_build_id(struct picket_module *module, char **debuginfo_path, char **path)
{
	Dwarf_Addr whole = (Dwarf_Addr)1 << 47;
	Dwfl_Module *wanted;
	Elf *elf = NULL;
	int fd = -1;

	if (!begin(module, search_callbacks(debuginfo_path)))
		return -1;
	wanted = dwfl_report_module(module->dwfl, module->path, 0, whole);
	if (wanted &&
	    !dwfl_module_report_build_id(wanted, module->build_id, module->build_id_bytes, 0))
		fd = dwfl_build_id_find_elf(wanted, NULL, NULL, 0, path, &elf);
	if (elf)
		elf_end(elf);
	return fd;
}

/*
 * It is opened as any file is: as a module that ran, libdwfl has no place for one that is not
 * linked to its addresses yet.
 */
static bool open_build_id(struct picket_module *module, char **debuginfo_path)
{
	char *path = NULL;
	int fd = find_build_id(module, debuginfo_path, &path);
	bool found =
		fd >= 0 && open_offline(module, path ? path : module->path, fd, debuginfo_path);

	free(path);
	if (!found)
		forget(module);
	return found;
}

/*
 * A debug file can stand for its module: it has the same addresses. elfutils takes it only beside
 * the module's own file, which is not to be had here.
 */
static bool open_debug_file(struct picket_module *module, const char *directory,
			    char **debuginfo_path)
{
	char name[PATH_MAX], id[HEX_BYTES];
	int length;

	hex(module->build_id, module->build_id_bytes, id);
	length = snprintf(name, sizeof(name), "%s/.build-id/%.2s/%s.debug", directory, id, id + 2);
	return length < (int)sizeof(name) && access(name, R_OK) == 0 &&
	       open_file(module, name, debuginfo_path);
}

/* Every absolute directory of the path, as elfutils does for files by build-id. */
static bool open_debug_files(struct picket_module *module, char **debuginfo_path)
{
	const char *path = *debuginfo_path ? *debuginfo_path : DEFAULT_DEBUG_DIRECTORY;
	char *copy = strdup(path), *rest = copy, *directory;
	bool found = false;

	while (copy && !found && (directory = strsep(&rest, ":")) != NULL) {
		directory += strspn(directory, "+-");
		found = directory[0] == '/' && open_debug_file(module, directory, debuginfo_path);
	}
	free(copy);
	return found;
}

/* A search for a kernel's part. */
struct search {
	struct picket_module *module;
	char **debuginfo_path;
	bool says_other_build;
};

static bool has_lines(const struct picket_module *module)
{
	Dwarf_Addr bias;

	return dwfl_module_getdwarf(module->dwfl_module, &bias) != NULL;
}

static bool take_file(void *context, const char *path)
{
	struct search *search = context;
	struct picket_module *module = search->module;

	if (!is_regular(path))
		return false;
	if (open_file(module, path, search->debuginfo_path) && has_lines(module))
		return true;
	if (search->says_other_build && module->is_other_build)
		picket_complain("%s: is another build than the one that ran, and is not used",
				path);
	return false;
}

static void find_kernel(struct picket_module *module, char **debuginfo_path)
{
	const struct picket_kernel_part part = { module->path, module->release };
	struct search search = { module, debuginfo_path, true };
	const struct picket_file_taker taker = { take_file, &search };
	bool found = picket_debug_files_given(&part, *debuginfo_path, &taker);

	search.says_other_build = false;
	if (!found)
		found = picket_debug_files_installed(&part, &taker);
	if (!found && module->build_id_bytes > 1)
		found = open_debug_files(module, debuginfo_path) ||
			open_build_id(module, debuginfo_path);
	if (found && has_lines(module))
		module->functions = picket_functions_create(module->dwfl_module);
	if (!module->functions)
		forget(module);
}

static void say_missing(const struct picket_module *module)
{
	char id[HEX_BYTES];

	hex(module->build_id, module->build_id_bytes, id);
	picket_complain("%s: %s; no file with build-id %s was found: its addresses have no names",
			module->path,
			access(module->path, R_OK) ? "is gone" :
						     "is another build than the one that ran",
			module->build_id_bytes ? id : "(none recorded)");
}

static bool has_file(const struct picket_module *module)
{
	return module->path[0] == '/';
}

static void find(struct picket_module *module, char **debuginfo_path)
{
	if (has_file(module) && open_file(module, module->path, debuginfo_path))
		return;
	if (module->build_id_bytes > 1 &&
	    (open_build_id(module, debuginfo_path) || open_debug_files(module, debuginfo_path)))
		return;
	if (has_file(module))
		say_missing(module);
}

static struct picket_module *create(const char *path, const u8 *build_id, u32 build_id_bytes)
{
	struct picket_module *module = calloc(1, sizeof(*module));

	if (!module)
		return NULL;
	module->path = strdup(path);
	module->build_id = malloc(build_id_bytes + 1);
	if (!module->path || !module->build_id) {
		picket_module_close(module);
		return NULL;
	}
	if (build_id_bytes)
		memcpy(module->build_id, build_id, build_id_bytes);
	module->build_id_bytes = build_id_bytes;
	return module;
}

struct picket_module *picket_module_open(const char *path, const u8 *build_id, u32 build_id_bytes,
					 char **debuginfo_path)
{
	struct picket_module *module = create(path, build_id, build_id_bytes);

	if (module)
		find(module, debuginfo_path);
	return module;
}

struct picket_module *picket_module_open_kernel(const char *name, const char *release,
						const u8 *build_id, u32 build_id_bytes,
						char **debuginfo_path)
{
	struct picket_module *module = create(name, build_id, build_id_bytes);

	if (!module)
		return NULL;
	module->is_kernel = true;
	module->release = release ? strdup(release) : NULL;
	find_kernel(module, debuginfo_path);
	return module;
}

void picket_module_close(struct picket_module *module)
{
	forget(module);
	free(module->path);
	free(module->release);
	free(module->build_id);
	free(module);
}
