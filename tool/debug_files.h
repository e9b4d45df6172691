/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where the debug information of a kernel's parts is to be found. */
#ifndef PICKET_TOOL_DEBUG_FILES_H
#define PICKET_TOOL_DEBUG_FILES_H

#include <stdbool.h>

/* A part of a kernel, as a record names it: what it names may be anything. */
struct picket_kernel_part {
	const char *name;    /* "vmlinux", or of a module */
	const char *release; /* of the kernel; NULL: not known */
};

/* Who is shown one file after the other. */
struct picket_file_taker {
	/** take() - Return: true: this is the right one, and no more are wanted. */
	bool (*take)(void *context, const char *path);
	void *context;
};

/**
 * picket_debug_files_given() - the files of the part in directories that the user has named.
 * @path: "DIR:DIR", as elfutils has it; NULL: none.
 * Return: true: one was taken.
 */
bool picket_debug_files_given(const struct picket_kernel_part *part, const char *path,
			      const struct picket_file_taker *taker);

/** picket_debug_files_installed() - those that packages install. Return: true: one was taken. */
bool picket_debug_files_installed(const struct picket_kernel_part *part,
				  const struct picket_file_taker *taker);

#endif
