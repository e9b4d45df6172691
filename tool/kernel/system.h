/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The running kernel as `picket kernel` meets it: its files and its system calls. Everything else
 * of the command goes through here, so that a test can put a made-up kernel in its place
 * (test/tool/kernel_system_fake.c).
 */
#ifndef PICKET_TOOL_KERNEL_SYSTEM_H
#define PICKET_TOOL_KERNEL_SYSTEM_H

#include <limits.h>
#include <stdbool.h>

/** picket_system_path() - where a file of the running system is.
 * @path: absolute, as "/sys/module/kfence"; a file below /dev, /lib, /proc, /sys, /usr or /var.
 * Return: @out, which has @path, cut if it is too long.
 */
const char *picket_system_path(char out[PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** picket_system_release() - as `uname -r` prints it. */
const char *picket_system_release(void);

/** picket_system_version() - as `uname -v` prints it: tells builds of one release apart. */
const char *picket_system_version(void);

/** picket_system_is_root() - may this process do what only root may? */
bool picket_system_is_root(void);

/** picket_system_load_module() - finit_module(2).
 * @parameters: "name=value name=value".
 * Return: 0 or a negative errno.
 */
int picket_system_load_module(int fd, const char *parameters);

/** picket_system_unload_module() - delete_module(2), which does not wait.
 * Return: 0 or a negative errno.
 */
int picket_system_unload_module(const char *name);

#endif
