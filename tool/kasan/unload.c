/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan unload: unload a driver, and the runtime when it was the last one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/kernel/kernel.h"
#include "tool/kernel/readers.h"
#include "tool/kernel/system.h"
#include "kasan.h"

#define LIST_BYTES 512

static bool is_busy(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -EWOULDBLOCK;
}

/* Return: 0, or -1: said. */
static int unload_module(const char *name)
{
	int error = picket_system_unload_module(name);

	if (error)
		picket_complain("kasan unload: %s cannot be unloaded: %s", name,
				is_busy(error) ? "it is in use" : strerror(-error));
	else
		printf("%s is unloaded\n", name);
	return error ? -1 : 0;
}

/* That others still need it is no failure. Return: 0, or -1: said. */
static int unload_runtime(void)
{
	char list[LIST_BYTES];
	int error;

	if (picket_kasan_users(list, sizeof(list))) {
		printf(PICKET_KASAN_NAME " stays, for %s\n", list);
		return 0;
	}
	picket_readers_text(PICKET_KASAN_DEVICE, list, sizeof(list));
	error = *list ? -EBUSY : 0;
	if (!error)
		return unload_module(PICKET_KASAN_NAME);
	printf(PICKET_KASAN_NAME " stays, as " PICKET_KASAN_DEVICE " is open in %s\n", list);
	return 0;
}

static int unload(const char *operand)
{
	char name[PICKET_MODULE_NAME_BYTES];

	picket_kasan_module_name(operand, name);
	if (!picket_system_is_root()) {
		picket_complain("kasan unload: only root may unload modules");
		return -1;
	}
	if (!picket_kernel_has_module(name)) {
		picket_complain("kasan unload: '%.64s' is not loaded", operand);
		return -1;
	}
	if (strcmp(name, PICKET_KASAN_NAME) && unload_module(name))
		return -1;
	return picket_kernel_has_module(PICKET_KASAN_NAME) ? unload_runtime() : 0;
}

static int run(char **arguments)
{
	struct picket_command_line line = { .command = &picket_kasan_unload,
					    .operands_max = 1,
					    .needed = "the name of a driver" };
	int status = picket_command_line_read(&line, arguments);

	if (status)
		return status - 1;
	return unload(line.operands[0]) ? PICKET_EXIT_FAILURE : PICKET_EXIT_OK;
}

const struct picket_command picket_kasan_unload = {
	.name = "kasan unload",
	.operands = "NAME",
	.summary = "unload a driver, and the runtime when no other needs it",
	.run = run,
};
