/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * `picket kasan`: every access of one driver checked on the stock kernel. Its actions, each a file
 * with a table of its options and a function as every command is, and what they share.
 */
#ifndef PICKET_TOOL_KASAN_H
#define PICKET_TOOL_KASAN_H

#include <stdbool.h>

#include "tool/command.h"
#include "tool/kernel/ko.h"

#define PICKET_KASAN_NAME "picket_kasan"
#define PICKET_KASAN_DEVICE "/dev/picket-kasan"

extern const struct picket_command picket_kasan_build;
extern const struct picket_command picket_kasan_load;
extern const struct picket_command picket_kasan_unload;
extern const struct picket_command picket_kasan_status;

/* The command line of an action. */
struct picket_kasan_line {
	const struct picket_command *command;
	/** set() - take an option with a value that is right; NULL: there are none. */
	void (*set)(void *context, const struct picket_option *option, const char *value);
	void *context;
	const char *wanted; /* what the operands are; NULL: there are none */
	bool several;	    /* operands, or one */
	char **operands;    /* receives them, ended by NULL */
};

/**
 * picket_kasan_read() - read the command line.
 * @arguments: are sorted: operands come first.
 * Return: 0, or what to exit with, plus 1.
 */
int picket_kasan_read(struct picket_kasan_line *line, char **arguments);

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
