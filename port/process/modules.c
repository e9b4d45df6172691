/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "modules.h"

#include "../../core/platform.h"
#include "backtrace.h"
#include "libc.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

static char executable[4096];

void picket_modules_start(void)
{
	ssize_t length = readlink("/proc/self/exe", executable, sizeof(executable) - 1);
	const char *given = (const char *)getauxval(AT_EXECFN);

	picket_libc_refresh();
	if (length <= 0 && given)
		strncpy(executable, given, sizeof(executable) - 1);
}

const char *picket_module_executable(void)
{
	return executable;
}

static uptr round4(uptr value)
{
	return (value + 3) & ~(uptr)3;
}

static void note_find(const unsigned char *notes, uptr size, struct picket_module *module)
{
	ElfW(Nhdr) note;

	if (size < sizeof(note) || !picket_backtrace_may_read(notes, size))
		return;
	while (size >= sizeof(note)) {
		uptr name_bytes, total;

		memcpy(&note, notes, sizeof(note));
		name_bytes = round4(note.n_namesz);
		total = sizeof(note) + name_bytes + round4(note.n_descsz);
		if (total > size)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(notes + sizeof(note), "GNU", 4) &&
		    note.n_descsz <= PICKET_BUILD_ID_BYTES_MAX) {
			module->build_id = notes + sizeof(note) + name_bytes;
			module->build_id_bytes = note.n_descsz;
			return;
		}
		notes += total;
		size -= total;
	}
}

/* The ELF header stands at the start of the first segment in every file that linkers make. */
static void build_id_find(const void *start, struct picket_module *module)
{
	const ElfW(Ehdr) *header = start;
	const ElfW(Phdr) * segments;

	/* A program may have hidden or unmapped what it does not need any more. */
	if (!picket_backtrace_may_read(header, sizeof(*header)) ||
	    memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_phentsize != sizeof(*segments))
		return;
	segments = (const void *)((const char *)start + header->e_phoff);
	if (!header->e_phnum ||
	    !picket_backtrace_may_read(segments, header->e_phnum * sizeof(*segments)))
		return;
	for (unsigned int i = 0; i < header->e_phnum && !module->build_id; i++) {
		if (segments[i].p_type == PT_NOTE)
			note_find((const unsigned char *)(module->bias + segments[i].p_vaddr),
				  segments[i].p_memsz, module);
	}
}

int picket_module_find(picket_uptr pc, struct picket_module *module)
{
	struct picket_loaded found;

	if (picket_libc_find((const void *)pc, &found))
		return -1;
	memset(module, 0, sizeof(*module));
	module->path = found.path[0] ? found.path : executable;
	module->bias = found.bias;
	build_id_find((const void *)found.start, module);
	return 0;
}

picket_u32 picket_module_frames(void *context, picket_u64 pc, bool exact, struct picket_frame *out)
{
	struct picket_module module;

	(void)context;
	(void)exact;
	memset(out, 0, sizeof(*out));
	out->pc = pc;
	if (picket_module_find((picket_uptr)pc, &module))
		return 1;
	out->module = module.path;
	out->module_offset = pc - module.bias;
	out->build_id = module.build_id;
	out->build_id_bytes = module.build_id_bytes;
	return 1;
}

/* FNV-1a (Fowler, Noll, Vo). */
static u64 hash(u64 value, const void *bytes, uptr count)
{
	const u8 *byte = bytes;

	for (uptr i = 0; i < count; i++)
		value = (value ^ byte[i]) * 0x100000001b3ull;
	return value;
}

u64 picket_plat_code_id(struct picket_platform *platform, u64 pc)
{
	struct picket_module module;
	const char *slash, *name;
	u64 offset;

	(void)platform;
	if (picket_module_find((uptr)pc, &module)) {
		picket_libc_refresh();
		if (picket_module_find((uptr)pc, &module))
			return pc;
	}
	offset = pc - module.bias;
	if (module.build_id)
		return hash(offset, module.build_id, module.build_id_bytes);
	slash = strrchr(module.path, '/');
	name = slash ? slash + 1 : module.path;
	return hash(offset, name, strlen(name));
}
