/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Processes that have /dev/picket open. */
#ifndef PICKET_TOOL_KERNEL_READERS_H
#define PICKET_TOOL_KERNEL_READERS_H

struct picket_kernel_reader {
	int pid;
	char name[64]; /* of the program; what is not printable ASCII is '?' */
};

/**
 * picket_readers_find() - who reads; only root sees all.
 * @readers: room for @max.
 * Return: how many there are, which may be more than were stored; -1: /proc cannot be read.
 */
int picket_readers_find(struct picket_kernel_reader *readers, int max);

#endif
