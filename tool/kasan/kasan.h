/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * `picket kasan`: every access of one driver checked on the stock kernel. Its actions, each a file
 * with a table of its options and a function as every command is, and what they share.
 */
#ifndef PICKET_TOOL_KASAN_H
#define PICKET_TOOL_KASAN_H

#include "tool/command.h"
#include "tool/kernel/ko.h"

#define PICKET_KASAN_NAME "picket_kasan"
#define PICKET_KASAN_DEVICE "/dev/picket-kasan"

extern const struct picket_command picket_kasan_build;
extern const struct picket_command picket_kasan_load;
extern const struct picket_command picket_kasan_unload;
extern const struct picket_command picket_kasan_status;

/** picket_kasan_ko() - the runtime, wanted by a command. */
struct picket_ko picket_kasan_ko(const struct picket_command *command);

/**
 * picket_kasan_users() - "ring, xfs": modules that use the runtime.
 * Return: how many; 0 also if it is not loaded.
 */
int picket_kasan_users(char *text, unsigned int bytes);

/**
 * picket_kasan_module_name() - "my_ring" for "dir/my-ring.ko", as the kernel calls it.
 * Return: @name.
 */
#define PICKET_MODULE_NAME_BYTES 64
const char *picket_kasan_module_name(const char *file, char name[PICKET_MODULE_NAME_BYTES]);

#endif
