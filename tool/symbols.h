/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Function names, source lines and inlined calls for addresses of modules, by libdwfl.
 *
 * A module is known by path and build-id. The file at the path is used only while its build-id is
 * still the one that ran; else the build-id is looked up in the debug directories and, if
 * DEBUGINFOD_URLS is set, at debuginfod servers. Separate debug files, .gnu_debugdata and dwz files
 * are found as libdwfl does. Not for more than one thread at a time.
 *
 * A part of a kernel is known by its name, the kernel's release and perhaps a build-id, and its
 * addresses by function and offset.
 */
#ifndef PICKET_TOOL_SYMBOLS_H
#define PICKET_TOOL_SYMBOLS_H

#include "core/report/report.h"

struct picket_symbolizer;

/**
 * picket_symbolizer_create() - start with no module known.
 * @debuginfo_path: where separate debug files are, as elfutils has it ("DIR:DIR"); NULL: its
 *                  default, ":.debug:/usr/lib/debug". Copied.
 * Return: the symbolizer; NULL: out of memory.
 */
struct picket_symbolizer *picket_symbolizer_create(const char *debuginfo_path);

/** picket_symbolizer_destroy() - close every module. NULL is allowed. */
void picket_symbolizer_destroy(struct picket_symbolizer *symbolizer);

/**
 * picket_symbolizer_frames() - turn one address of a module into frames.
 * @place: pc, module, module_offset and build_id as recorded; its other members are not read.
 * @exact: the address is the instruction itself, not a return address.
 * @out:   PICKET_INLINE_MAX frames, innermost inlined call first.
 *
 * A module whose file is gone or changed is said once on standard error. Strings live until the
 * next call.
 * Return: frames stored, at least 1.
 */
u32 picket_symbolizer_frames(struct picket_symbolizer *symbolizer, const struct picket_frame *place,
			     bool exact, struct picket_frame *out);

/**
 * picket_symbolizer_kernel_frames() - the same for a place in a kernel, whose function is known.
 * @place:   a frame as recorded, with function and module.
 * @release: of the kernel; NULL: not known.
 *
 * What is recorded of the function stays; source lines and inlined calls are added if there is
 * debug information.
 * Return: frames stored, at least 1.
 */
u32 picket_symbolizer_kernel_frames(struct picket_symbolizer *symbolizer,
				    const struct picket_frame *place, const char *release,
				    bool exact, struct picket_frame *out);

#endif
