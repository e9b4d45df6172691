/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From the path and build-id of a module that ran to an open file with its symbols.
 */
#ifndef PICKET_TOOL_MODULE_H
#define PICKET_TOOL_MODULE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "core/types.h"
#include "functions.h"

struct picket_module {
	struct picket_module *next;
	char *path;    /* of a kernel's part its name */
	char *release; /* of the kernel; NULL: none of a kernel's, or not known */
	bool is_kernel;
	bool is_other_build; /* the file that was tried last */
	u8 *build_id;
	u32 build_id_bytes;
	Dwfl *dwfl; /* of its own: two executables may be linked to the same addresses */
	Dwfl_Module *dwfl_module;	    /* NULL: no file with that build-id was found */
	Dwarf_Addr bias;		    /* dwfl's address less the module's own */
	struct picket_functions *functions; /* of a kernel's part */
};

/**
 * picket_module_open() - find the file of a module.
 * @debuginfo_path: as dwfl_standard_find_debuginfo() has it; must outlive the module.
 *
 * Says on standard error if the file is gone or is another build.
 * Return: the module, its dwfl_module NULL if nothing was found; NULL: out of memory.
 */
struct picket_module *picket_module_open(const char *path, const u8 *build_id, u32 build_id_bytes,
					 char **debuginfo_path);

/**
 * picket_module_open_kernel() - find the debug information of a kernel module or of "vmlinux".
 * @name, @release: as recorded; release may be NULL.
 *
 * That there is none is no matter, as functions have their names without. It is looked for in the
 * directories of @debuginfo_path, directly, where packages install it, and by build-id. Says on
 * standard error if a file in one of those directories is another build.
 * Return: as picket_module_open(); functions is set if dwfl_module is.
 */
struct picket_module *picket_module_open_kernel(const char *name, const char *release,
						const u8 *build_id, u32 build_id_bytes,
						char **debuginfo_path);

/** picket_module_close() - free it. */
void picket_module_close(struct picket_module *module);

#endif
