/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "origin.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "file.h"
#include "system.h"

#define NOTES_BYTES 4096
#define NOTE_ALIGN(bytes) (((size_t)(bytes) + 3) & ~(size_t)3)

/* Return: bytes of the build-id, 0: the notes hold none that fits. */
static u32 find_build_id(const char *notes, size_t bytes, u8 *out)
{
	size_t offset = 0;

	while (bytes - offset >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr head;
		size_t name = offset + sizeof(head), value;

		memcpy(&head, notes + offset, sizeof(head));
		value = name + NOTE_ALIGN(head.n_namesz);
		offset = value + NOTE_ALIGN(head.n_descsz);
		if (offset > bytes)
			return 0;
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(notes + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) &&
		    head.n_descsz <= PICKET_BUILD_ID_BYTES_MAX) {
			memcpy(out, notes + value, head.n_descsz);
			return head.n_descsz;
		}
	}
	return 0;
}

/* A module's name comes from a record and becomes part of a path. */
static bool is_name(const char *module)
{
	return *module && !strpbrk(module, "/.");
}

static u32 read_build_id(const char *module, u8 *out)
{
	char path[PATH_MAX], notes[NOTES_BYTES];
	ssize_t bytes;

	if (!strcmp(module, "vmlinux"))
		picket_system_path(path, "/sys/kernel/notes");
	else if (is_name(module))
		picket_system_path(path, "/sys/module/%s/notes/.note.gnu.build-id", module);
	else
		return 0;
	bytes = picket_file_bytes(path, notes, sizeof(notes));
	return bytes > 0 ? find_build_id(notes, (size_t)bytes, out) : 0;
}

static u32 frames_with_build_ids(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	struct picket_kernel_origin *origin = context;
	u32 count = origin->recorded.frames(origin->recorded.context, pc, exact, out);

	for (u32 i = 0; i < count; i++) {
		if (!out[i].module || out[i].build_id_bytes)
			continue;
		out[i].build_id_bytes = read_build_id(out[i].module, origin->build_ids[i]);
		out[i].build_id = out[i].build_id_bytes ? origin->build_ids[i] : NULL;
	}
	return count;
}

static const char *host_name(void)
{
	static struct utsname names;

	return uname(&names) ? NULL : names.nodename;
}

static const char *boot_id(char text[40])
{
	char path[PATH_MAX];

	picket_system_path(path, "/proc/sys/kernel/random/boot_id");
	return picket_file_read(path, text, 40) > 0 ? text : NULL;
}

void picket_origin_add(struct picket_kernel_origin *origin, struct picket_report *report)
{
	struct picket_origin *known = &report->origin;

	if (!known->domain)
		known->domain = "kernel";
	if (!known->host_name)
		known->host_name = host_name();
	if (!known->os_version)
		known->os_version = picket_system_release();
	if (!known->boot_id)
		known->boot_id = boot_id(origin->boot_id);
	origin->recorded = report->symbols;
	report->symbols = (struct picket_symbols){ frames_with_build_ids, origin };
}
