/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "functions.h"

#include <stdlib.h>
#include <string.h>

#define PADDING_BYTES_MAX 128 /* between functions: of alignment, and room for a few calls */

struct function {
	const char *name;
	GElf_Addr address;
	GElf_Xword size;     /* 0: of assembler, not known */
	GElf_Xword distance; /* to the next symbol, which the kernel takes for the size; 0: none */
	GElf_Word section;
};

struct picket_functions {
	size_t count;
	struct function *by_name;
};

/* How well a function is the one that a frame tells of. */
enum match {
	MATCH_NONE,
	MATCH_MAYBE,
	MATCH_SIZE,
	MATCH_PLACE,
};

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const struct function *)left)->name,
		      ((const struct function *)right)->name);
}

static int compare_places(const void *left, const void *right)
{
	const struct function *one = left, *other = right;

	if (one->section != other->section)
		return one->section < other->section ? -1 : 1;
	return (one->address > other->address) - (one->address < other->address);
}

static bool is_code(const GElf_Sym *symbol, GElf_Word section)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return section != SHN_UNDEF && (type == STT_FUNC || type == STT_NOTYPE);
}

/* Several symbols may stand for one place. */
static void set_distances(struct function *by_place, size_t count)
{
	for (size_t i = count; i-- > 1;) {
		struct function *each = &by_place[i - 1];

		if (each->section != each[1].section)
			continue;
		each->distance = each[1].address - each->address;
		if (!each->distance)
			each->distance = each[1].distance;
	}
}

static void read_symbols(Dwfl_Module *module, int count, struct picket_functions *functions)
{
	for (int i = 0; i < count; i++) {
		struct function *function = &functions->by_name[functions->count];
		GElf_Sym symbol;

		function->name = dwfl_module_getsym_info(module, i, &symbol, &function->address,
							 &function->section, NULL, NULL);
		function->size = symbol.st_size;
		if (function->name && function->name[0] && is_code(&symbol, function->section))
			functions->count++;
	}
	qsort(functions->by_name, functions->count, sizeof(struct function), compare_places);
	set_distances(functions->by_name, functions->count);
	qsort(functions->by_name, functions->count, sizeof(struct function), compare_names);
}

struct picket_functions *picket_functions_create(Dwfl_Module *module)
{
	struct picket_functions *functions = calloc(1, sizeof(*functions));
	int count = dwfl_module_getsymtab(module);

	if (!functions || count <= 0)
		return functions;
	functions->by_name = calloc((size_t)count, sizeof(*functions->by_name));
	if (!functions->by_name) {
		free(functions);
		return NULL;
	}
	read_symbols(module, count, functions);
	return functions;
}

void picket_functions_destroy(struct picket_functions *functions)
{
	if (functions)
		free(functions->by_name);
	free(functions);
}

/* The kernel's image is not moved in its file: what a record says of the place decides. */
static bool is_place(const struct function *function, const struct picket_frame *frame)
{
	return frame->module && !strcmp(frame->module, "vmlinux") &&
	       function->address + frame->function_offset == frame->module_offset;
}

static enum match match(const struct function *function, const struct picket_frame *frame,
			bool same_build)
{
	u64 size = frame->function_size;
	bool are_known = size && function->size;

	if (function->size && frame->function_offset > function->size)
		return MATCH_NONE;
	if (is_place(function, frame))
		return MATCH_PLACE;
	if (size && size == function->distance)
		return MATCH_SIZE;
	if (are_known && function->size > size)
		return MATCH_NONE;
	if (same_build)
		return MATCH_MAYBE;
	/* Of the last function the kernel counts what there is up to the end of the page. */
	return are_known && (!function->distance || size - function->size < PADDING_BYTES_MAX) ?
		       MATCH_MAYBE :
		       MATCH_NONE;
}

/* Return: where functions of the name begin in the table; NULL: there are none. */
static const struct function *first_of(const struct picket_functions *functions, const char *name)
{
	const struct function key = { .name = name };
	const struct function *found = NULL;

	if (functions->count)
		found = bsearch(&key, functions->by_name, functions->count, sizeof(key),
				compare_names);

	while (found && found > functions->by_name && !strcmp(found[-1].name, name))
		found--;
	return found;
}

bool picket_functions_find(const struct picket_functions *functions,
			   const struct picket_frame *frame, bool same_build, Dwarf_Addr *address)
{
	const struct function *each = first_of(functions, frame->function);
	const struct function *end = functions->by_name + functions->count;
	enum match best = MATCH_NONE;
	bool is_only = false;

	for (; each && each < end && !strcmp(each->name, frame->function); each++) {
		enum match now = match(each, frame, same_build);

		if (now == MATCH_NONE || now < best)
			continue;
		is_only = now > best || (is_only && *address == each->address);
		best = now;
		*address = each->address;
	}
	return is_only;
}
