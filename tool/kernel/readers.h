/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Processes that have a device of records open. */
#ifndef PICKET_TOOL_KERNEL_READERS_H
#define PICKET_TOOL_KERNEL_READERS_H

#include <stddef.h>

struct picket_kernel_reader {
	int pid;
	char name[64]; /* of the program; what is not printable ASCII is '?' */
};

/**
 * picket_readers_find() - who reads; only root sees all.
 * @device:  "/dev/picket", say.
 * @readers: room for @max.
 * Return: how many there are, which may be more than were stored; -1: /proc cannot be read.
 */
int picket_readers_find(const char *device, struct picket_kernel_reader *readers, int max);

/** picket_readers_text() - "pid 12 (cat), pid 15 (picket)", or "" if nobody reads. */
void picket_readers_text(const char *device, char *text, size_t bytes);

#endif
