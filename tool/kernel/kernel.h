/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * `picket kernel`: its actions, each a file with a table of its options and a function as every
 * command is, and what they share.
 */
#ifndef PICKET_TOOL_KERNEL_H
#define PICKET_TOOL_KERNEL_H

#include <stdbool.h>

#include "tool/command.h"

extern const struct picket_command picket_kernel_start;
extern const struct picket_command picket_kernel_status;
extern const struct picket_command picket_kernel_stop;
extern const struct picket_command picket_kernel_reports;
extern const struct picket_command picket_kernel_try;

/* Who watches the kernel. */
enum picket_watcher {
	PICKET_WATCHER_NONE,
	PICKET_WATCHER_MODULE, /* picket.ko */
	PICKET_WATCHER_NATIVE, /* KFENCE, built in */
	PICKET_WATCHER_KASAN,  /* picket_kasan.ko; only of reports */
};

/* The options by which one of two detectors is chosen, as rows of a table. */
#define PICKET_OPTION_NATIVE                                                                       \
	PICKET_SWITCH("native", "the KFENCE that is built into the kernel, even if picket.ko is "  \
				"loaded")
#define PICKET_OPTION_MODULE                                                                       \
	PICKET_SWITCH("module", "picket.ko, even if the kernel has KFENCE built in")
#define PICKET_OPTION_KASAN                                                                        \
	PICKET_SWITCH("kasan", "picket_kasan.ko, which `picket kasan load` loads")

/* The command line of an action that has options by which a detector is chosen. */
struct picket_action {
	const struct picket_command *command;
	/** set() - as of a command line, for all other options. */
	void (*set)(void *context, const struct picket_option *option, const char *value);
	void *context;
	enum picket_watcher wanted;
};

/** picket_action_read() - read the command line. Return: 0, or what to exit with, plus 1. */
int picket_action_read(struct picket_action *action, char **arguments);

/**
 * picket_kernel_watcher() - whom the action is about: who is wanted; else picket.ko if it is
 * loaded; else native KFENCE if the kernel has it.
 */
enum picket_watcher picket_kernel_watcher(enum picket_watcher wanted);

/** picket_kernel_is_loaded() - is picket.ko? */
bool picket_kernel_is_loaded(void);

/** picket_kernel_has_module() - is a module loaded? */
bool picket_kernel_has_module(const char *name);

/** picket_kernel_sampling() - "one allocation every 100 ms", or what else picket.ko guards. */
#define PICKET_SAMPLING_BYTES 96
const char *picket_kernel_sampling(char text[PICKET_SAMPLING_BYTES]);

/** picket_interval_text() - "one allocation every 250 us"; 0: "none". Return: @text. */
const char *picket_interval_text(long long interval_us, char text[PICKET_SAMPLING_BYTES]);

#endif
