/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which file a code address is from. Takes no lock, so it may be used in a fault handler; with
 * glibc it is always up to date, in programs that load and unload too.
 */
#ifndef PICKET_MODULES_H
#define PICKET_MODULES_H

#include "../../core/report/report.h"

struct picket_module {
	const char *path;
	picket_uptr bias;	   /* address minus the file's own address */
	const picket_u8 *build_id; /* in the module's memory; NULL: it has none */
	picket_u32 build_id_bytes;
};

/** picket_module_find() - @return 0; -1 if no loaded file has code there. */
int picket_module_find(picket_uptr pc, struct picket_module *module);

/** picket_modules_start() - learn the program's own path while /proc can be read. */
void picket_modules_start(void);

/** picket_module_frames() - for struct picket_symbols: file, offset and build-id, no names. */
picket_u32 picket_module_frames(void *context, picket_u64 pc, bool exact, struct picket_frame *out);

/** picket_module_executable() - path of the program; "" if it cannot be known. */
const char *picket_module_executable(void);

#endif
