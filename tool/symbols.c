/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "symbols.h"

/* The C++ ABI's own function, in libstdc++: there is no C header for it. */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

/* Inlined calls of one address whose names are demangled; more are rare, and stay mangled. */
#define NAMES_MAX 64

struct picket_symbolizer {
	char *debuginfo_path;
	struct picket_module *modules;
	char *names[NAMES_MAX]; /* demangled; freed at the next call */
	u32 name_count;
};

struct picket_symbolizer *picket_symbolizer_create(const char *debuginfo_path)
{
	struct picket_symbolizer *symbolizer = calloc(1, sizeof(*symbolizer));

	if (symbolizer && debuginfo_path) {
		symbolizer->debuginfo_path = strdup(debuginfo_path);
		if (!symbolizer->debuginfo_path) {
			free(symbolizer);
			return NULL;
		}
	}
	return symbolizer;
}

static void free_names(struct picket_symbolizer *symbolizer)
{
	while (symbolizer->name_count)
		free(symbolizer->names[--symbolizer->name_count]);
}

void picket_symbolizer_destroy(struct picket_symbolizer *symbolizer)
{
	if (!symbolizer)
		return;
	while (symbolizer->modules) {
		struct picket_module *module = symbolizer->modules;

		symbolizer->modules = module->next;
		picket_module_close(module);
	}
	free_names(symbolizer);
	free(symbolizer->debuginfo_path);
	free(symbolizer);
}

static bool is_module(const struct picket_module *module, const struct picket_frame *place)
{
	return !strcmp(module->path, place->module) &&
	       module->build_id_bytes == place->build_id_bytes &&
	       (!module->build_id_bytes ||
		!memcmp(module->build_id, place->build_id, module->build_id_bytes));
}

static struct picket_module *get_module(struct picket_symbolizer *symbolizer,
					const struct picket_frame *place)
{
	struct picket_module *module;

	for (module = symbolizer->modules; module; module = module->next)
		if (is_module(module, place))
			return module;
	module = picket_module_open(place->module, place->build_id, place->build_id_bytes,
				    &symbolizer->debuginfo_path);
	if (module) {
		module->next = symbolizer->modules;
		symbolizer->modules = module;
	}
	return module;
}

/* Return: the name people wrote, owned by the symbolizer, or the name itself if not mangled. */
static const char *demangle(struct picket_symbolizer *symbolizer, const char *name)
{
	char *plain;
	int status;

	if (!name || strncmp(name, "_Z", 2) != 0 || symbolizer->name_count == NAMES_MAX)
		return name;
	plain = __cxa_demangle(name, NULL, NULL, &status);
	if (!plain)
		return name;
	symbolizer->names[symbolizer->name_count++] = plain;
	return plain;
}

static const char *die_name(struct picket_symbolizer *symbolizer, Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Attribute *linkage = dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute);

	if (!linkage)
		linkage = dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute);
	if (linkage)
		return demangle(symbolizer, dwarf_formstring(linkage));
	return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

/* Where the function that was inlined as @die was called from. */
static void call_site(Dwarf_Die *cu, Dwarf_Die *die, struct picket_frame *caller)
{
	Dwarf_Attribute attribute;
	Dwarf_Files *files;
	Dwarf_Word value;
	size_t count;

	if (!dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &value))
		caller->line = (u32)value;
	if (!dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &value) &&
	    !dwarf_getsrcfiles(cu, &files, &count) && value < count)
		caller->file = dwarf_filesrc(files, value, NULL, NULL);
}

/*
 * Name the functions that enclose the address, innermost first, one frame each. Frame 0 has its
 * source line already; those after get theirs from the call sites. If there are too many, the
 * middle is left out: the last is the function that was called for real.
 */
static u32 name_frames(struct picket_symbolizer *symbolizer, Dwarf_Die *cu, Dwarf_Die *scopes,
		       int scope_count, struct picket_frame *out)
{
	u32 last = 0;
	bool any = false;

	for (int i = 0; i < scope_count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		any = true;
		out[last].function = die_name(symbolizer, &scopes[i]);
		out[last].inlined = tag == DW_TAG_inlined_subroutine;
		if (tag == DW_TAG_subprogram)
			break;
		if (last + 1 < PICKET_INLINE_MAX)
			last++;
		call_site(cu, &scopes[i], &out[last]);
	}
	return any ? last + 1 : 0;
}

/* dwarf_getscopes() leaves the physical nesting at an inlined call, the scopes of a DIE do not. */
static u32 dwarf_frames(struct picket_symbolizer *symbolizer, Dwfl_Module *module,
			Dwarf_Addr address, struct picket_frame *out)
{
	Dwarf_Addr bias;
	Dwarf_Die *cu = dwfl_module_addrdie(module, address, &bias);
	Dwarf_Die *scopes = NULL, *nested = NULL;
	u32 count = 0;
	int total;

	if (!cu)
		return 0;
	if (dwarf_getscopes(cu, address - bias, &scopes) > 0) {
		total = dwarf_getscopes_die(&scopes[0], &nested);
		count = name_frames(symbolizer, cu, nested, total, out);
	}
	free(nested);
	free(scopes);
	return count;
}

static void source_line(Dwfl_Module *module, Dwarf_Addr address, struct picket_frame *frame)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, address);
	int number = 0;

	if (!line)
		return;
	frame->file = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
	frame->line = (u32)number;
}

/* The symbol table knows the function that was called for real: the outermost of the frames. */
static void symbol(struct picket_symbolizer *symbolizer, Dwfl_Module *module, Dwarf_Addr address,
		   bool exact, struct picket_frame *frame)
{
	GElf_Off offset;
	GElf_Sym entry;
	const char *name = dwfl_module_addrinfo(module, address, &offset, &entry, NULL, NULL, NULL);

	if (!name)
		return;
	if (!frame->function)
		frame->function = demangle(symbolizer, name);
	frame->function_offset = offset + (exact ? 0 : 1);
	frame->function_size = entry.st_size;
}

static void copy_places(const struct picket_frame *place, struct picket_frame *out, u32 count)
{
	for (u32 i = 0; i < count; i++)
		out[i] = (struct picket_frame){
			.pc = place->pc,
			.module_offset = place->module_offset,
			.module = place->module,
			.build_id = place->build_id,
			.build_id_bytes = place->build_id_bytes,
		};
}

u32 picket_symbolizer_frames(struct picket_symbolizer *symbolizer, const struct picket_frame *place,
			     bool exact, struct picket_frame *out)
{
	struct picket_module *module = NULL;
	Dwarf_Addr address;
	u32 count;

	free_names(symbolizer);
	copy_places(place, out, PICKET_INLINE_MAX);
	if (place->module && place->module_offset)
		module = get_module(symbolizer, place);
	if (!module || !module->dwfl_module)
		return 1;
	/* A return address may be behind the end of its function; the call never is. */
	address = place->module_offset + module->bias - (exact ? 0 : 1);
	source_line(module->dwfl_module, address, &out[0]);
	count = dwarf_frames(symbolizer, module->dwfl_module, address, out);
	if (!count)
		count = 1;
	symbol(symbolizer, module->dwfl_module, address, exact, &out[count - 1]);
	return count;
}
