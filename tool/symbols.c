/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "symbols.h"

/* The C++ ABI's own function, in libstdc++: there is no C header for it. */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

/* A program that reports often does so from few addresses, and a look-up costs ten renderings. */
#define ANSWERS 4096u /* 2 to the 12th, see get_answer() */

/* The frames of one address, but for what the caller knows: the place itself. */
struct answer {
	const struct picket_module *module; /* NULL: none yet */
	u64 module_offset;		    /* of a kernel's part its address in libdwfl's terms */
	bool exact;
	u32 count;
	struct picket_frame frames[PICKET_INLINE_MAX];
	char *names[PICKET_INLINE_MAX]; /* of the frames, as far as they were demangled */
};

struct picket_symbolizer {
	char *debuginfo_path;
	struct picket_module *modules;
	struct answer answers[ANSWERS]; /* by hash; the newer one stays */
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

static void forget(struct answer *answer)
{
	for (u32 i = 0; i < PICKET_INLINE_MAX; i++)
		free(answer->names[i]);
	memset(answer, 0, sizeof(*answer));
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
	for (u32 i = 0; i < ANSWERS; i++)
		forget(&symbolizer->answers[i]);
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

static struct picket_module *add_module(struct picket_symbolizer *symbolizer,
					struct picket_module *module)
{
	if (module) {
		module->next = symbolizer->modules;
		symbolizer->modules = module;
	}
	return module;
}

static struct picket_module *get_module(struct picket_symbolizer *symbolizer,
					const struct picket_frame *place)
{
	struct picket_module *module;

	for (module = symbolizer->modules; module; module = module->next)
		if (!module->is_kernel && is_module(module, place))
			return module;
	return add_module(symbolizer,
			  picket_module_open(place->module, place->build_id, place->build_id_bytes,
					     &symbolizer->debuginfo_path));
}

static bool is_of_release(const struct picket_module *module, const char *release)
{
	return module->is_kernel &&
	       !strcmp(module->release ? module->release : "", release ? release : "");
}

static struct picket_module *get_kernel_part(struct picket_symbolizer *symbolizer,
					     const struct picket_frame *place, const char *release)
{
	struct picket_module *module;

	for (module = symbolizer->modules; module; module = module->next)
		if (is_of_release(module, release) && is_module(module, place))
			return module;
	return add_module(symbolizer, picket_module_open_kernel(
					      place->module, release, place->build_id,
					      place->build_id_bytes, &symbolizer->debuginfo_path));
}

/* Return: the name people wrote, also in *@owned, or the name itself if not mangled. */
static const char *demangle(const char *name, char **owned)
{
	int status;

	free(*owned);
	*owned = NULL;
	if (name && !strncmp(name, "_Z", 2))
		*owned = __cxa_demangle(name, NULL, NULL, &status);
	return *owned ? *owned : name;
}

static const char *die_name(Dwarf_Die *die, char **owned)
{
	Dwarf_Attribute attribute;
	Dwarf_Attribute *linkage = dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute);

	if (!linkage)
		linkage = dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attribute);
	if (linkage)
		return demangle(dwarf_formstring(linkage), owned);
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
static u32 name_frames(Dwarf_Die *cu, Dwarf_Die *scopes, int scope_count, struct answer *answer)
{
	struct picket_frame *frames = answer->frames;
	u32 last = 0;
	bool any = false;

	for (int i = 0; i < scope_count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		any = true;
		frames[last].function = die_name(&scopes[i], &answer->names[last]);
		frames[last].inlined = tag == DW_TAG_inlined_subroutine;
		if (tag == DW_TAG_subprogram)
			break;
		if (last + 1 < PICKET_INLINE_MAX)
			last++;
		call_site(cu, &scopes[i], &frames[last]);
	}
	return any ? last + 1 : 0;
}

/* dwarf_getscopes() leaves the physical nesting at an inlined call, the scopes of a DIE do not. */
static u32 dwarf_frames(Dwfl_Module *module, Dwarf_Addr address, struct answer *answer)
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
		count = name_frames(cu, nested, total, answer);
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
static void symbol(Dwfl_Module *module, Dwarf_Addr address, struct answer *answer)
{
	struct picket_frame *frame = &answer->frames[answer->count - 1];
	GElf_Off offset;
	GElf_Sym entry;
	const char *name = dwfl_module_addrinfo(module, address, &offset, &entry, NULL, NULL, NULL);

	if (!name)
		return;
	if (!frame->function)
		frame->function = demangle(name, &answer->names[answer->count - 1]);
	frame->function_offset = offset + (answer->exact ? 0 : 1);
	frame->function_size = entry.st_size;
}

static void look_up(const struct picket_module *module, struct answer *answer)
{
	Dwfl_Module *file = module->dwfl_module;
	/* A return address may be behind the end of its function; the call never is. */
	Dwarf_Addr address = answer->module_offset - (answer->exact ? 0 : 1);

	if (!module->is_kernel)
		address += module->bias;
	source_line(file, address, &answer->frames[0]);
	answer->count = dwarf_frames(file, address, answer);
	if (!answer->count)
		answer->count = 1;
	if (!module->is_kernel)
		symbol(file, address, answer);
}

static const struct answer *get_answer(struct picket_symbolizer *symbolizer,
				       const struct picket_module *module, u64 module_offset,
				       bool exact)
{
	u64 key = (module_offset << 1 | exact) ^ (u64)(uptr)module;
	struct answer *answer = &symbolizer->answers[key * 0x9e3779b97f4a7c15ull >> 52];

	if (answer->module == module && answer->module_offset == module_offset &&
	    answer->exact == exact)
		return answer;
	forget(answer);
	answer->module = module;
	answer->module_offset = module_offset;
	answer->exact = exact;
	look_up(module, answer);
	return answer;
}

static void set_place(struct picket_frame *frame, const struct picket_frame *place)
{
	frame->pc = place->pc;
	frame->module_offset = place->module_offset;
	frame->module = place->module;
	frame->build_id = place->build_id;
	frame->build_id_bytes = place->build_id_bytes;
}

u32 picket_symbolizer_frames(struct picket_symbolizer *symbolizer, const struct picket_frame *place,
			     bool exact, struct picket_frame *out)
{
	static const struct answer unknown = { .count = 1 };
	const struct answer *answer = &unknown;
	const struct picket_module *module = NULL;

	if (place->module && place->module_offset)
		module = get_module(symbolizer, place);
	if (module && module->dwfl_module)
		answer = get_answer(symbolizer, module, place->module_offset, exact);
	for (u32 i = 0; i < answer->count; i++) {
		out[i] = answer->frames[i];
		set_place(&out[i], place);
	}
	return answer->count;
}

/* The function that was called for real has the kernel's name; the calls in it have their own. */
static void set_kernel_place(struct picket_frame *frame, const struct picket_frame *place,
			     bool is_last)
{
	if (is_last) {
		frame->function = place->function;
		frame->function_offset = place->function_offset;
		frame->function_size = place->function_size;
	} else if (!frame->function) {
		frame->function = "(unnamed)";
	}
	frame->pc_unknown = place->pc_unknown;
	set_place(frame, place);
}

u32 picket_symbolizer_kernel_frames(struct picket_symbolizer *symbolizer,
				    const struct picket_frame *place, const char *release,
				    bool exact, struct picket_frame *out)
{
	const struct picket_frame recorded = *place;
	struct picket_module *part = get_kernel_part(symbolizer, &recorded, release);
	const struct answer *answer;
	Dwarf_Addr function;

	out[0] = recorded;
	if (!part || !part->functions ||
	    !picket_functions_find(part->functions, &recorded, part->build_id_bytes, &function))
		return 1;
	answer = get_answer(symbolizer, part, function + recorded.function_offset, exact);
	for (u32 i = 0; i < answer->count; i++) {
		out[i] = answer->frames[i];
		set_kernel_place(&out[i], &recorded, i + 1 == answer->count);
	}
	return answer->count;
}
