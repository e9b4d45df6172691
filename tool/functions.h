/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of a kernel's part, by their names: where they are in the file that is at hand. A
 * module has no addresses of its own, and those of the kernel are not in its log.
 */
#ifndef PICKET_TOOL_FUNCTIONS_H
#define PICKET_TOOL_FUNCTIONS_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "core/report/report.h"

struct picket_functions;

/** picket_functions_create() - read the symbol table. Return: NULL: out of memory. */
struct picket_functions *picket_functions_create(Dwfl_Module *module);

/** picket_functions_destroy() - NULL is allowed. */
void picket_functions_destroy(struct picket_functions *functions);

/**
 * picket_functions_find() - where the function of a frame begins.
 * @same_build: the file is known to be of the build that ran.
 *
 * Of several functions of one name it is the one whose size the kernel tells; if that does not
 * decide, or the function is another one than ran, there is none.
 * Return: true, and *@address in libdwfl's terms.
 */
bool picket_functions_find(const struct picket_functions *functions,
			   const struct picket_frame *frame, bool same_build, Dwarf_Addr *address);

#endif
