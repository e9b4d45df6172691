/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The small files by which a kernel is asked and told. */
#ifndef PICKET_TOOL_KERNEL_FILE_H
#define PICKET_TOOL_KERNEL_FILE_H

#include <stddef.h>
#include <sys/types.h>

/** picket_file_bytes() - up to so many bytes. Return: how many, or a negative errno. */
ssize_t picket_file_bytes(const char *path, char *text, size_t bytes);

/**
 * picket_file_read() - the whole of a file, without a newline at its end.
 * @bytes: of @text, which is terminated; what does not fit is left out.
 * Return: how many bytes, or a negative errno, and @text is "".
 */
ssize_t picket_file_read(const char *path, char *text, size_t bytes);

/** picket_file_number() - a file that holds a decimal number. Return: it, or -1. */
long long picket_file_number(const char *path);

/** picket_file_write() - write a line to a file that is there. Return: 0 or a negative errno. */
int picket_file_write(const char *path, const char *text);

#endif
