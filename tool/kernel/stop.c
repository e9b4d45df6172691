/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel stop: take no more samples, and unload picket.ko. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "kernel.h"
#include "file.h"
#include "native.h"
#include "readers.h"
#include "statistics.h"
#include "system.h"

static const struct picket_option own_options[] = {
	PICKET_OPTION_NATIVE,
	PICKET_OPTION_MODULE,
	{ 0 },
};

static void say_not_unloaded(int error)
{
	char readers[512];

	picket_readers_text("/dev/picket", readers, sizeof(readers));
	if (error != EBUSY && error != EAGAIN && error != EWOULDBLOCK)
		picket_complain("kernel stop: no more samples are taken, but picket.ko cannot be "
				"unloaded: %s",
				strerror(error));
	else if (*readers)
		picket_complain("kernel stop: no more samples are taken, but picket.ko cannot be "
				"unloaded while /dev/picket is open in %s",
				readers);
	else
		picket_complain("kernel stop: no more samples are taken, but picket.ko cannot be "
				"unloaded: it is in use, and no process of those in /proc has "
				"/dev/picket open");
}

/* No matter why it fails: it is unloaded anyway. */
static void stop_sampling(void)
{
	static const char *const parameters[] = { "every", "sample_interval" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		picket_file_write(
			picket_system_path(path, "/sys/module/picket/parameters/%s", parameters[i]),
			"0");
}

static int stop_module(void)
{
	char statistics[PICKET_STATISTICS_BYTES];
	const char *why;
	long long live;
	int error;

	if (!picket_kernel_is_loaded()) {
		printf("picket.ko is not loaded\n");
		return PICKET_EXIT_OK;
	}
	stop_sampling();
	picket_counters_read(PICKET_WATCHER_MODULE, statistics, &why);
	live = picket_counters_find(statistics, "currently allocated");
	error = picket_system_unload_module("picket");
	if (error) {
		say_not_unloaded(-error);
		return PICKET_EXIT_FAILURE;
	}
	printf("picket.ko is unloaded");
	if (live >= 0)
		printf("; %lld guarded objects were still in use, and remain so", live);
	printf("\n");
	return PICKET_EXIT_OK;
}

static int stop_native(void)
{
	if (!picket_native_is_there()) {
		printf("the running kernel has no KFENCE built in\n");
		return PICKET_EXIT_OK;
	}
	if (picket_native_stop())
		return PICKET_EXIT_FAILURE;
	printf("the kernel's own KFENCE takes no more samples\n");
	return PICKET_EXIT_OK;
}

static int stop(char **arguments)
{
	struct picket_action action = { .command = &picket_kernel_stop };
	int status = picket_action_read(&action, arguments);

	if (status)
		return status - 1;
	if (!picket_system_is_root()) {
		picket_complain("kernel stop: only root may stop it");
		return PICKET_EXIT_FAILURE;
	}
	switch (picket_kernel_watcher(action.wanted)) {
	case PICKET_WATCHER_MODULE:
		return stop_module();
	case PICKET_WATCHER_NATIVE:
		return stop_native();
	default:
		printf("nothing watches this kernel\n");
		return PICKET_EXIT_OK;
	}
}

const struct picket_command picket_kernel_stop = {
	.name = "kernel stop",
	.operands = "[OPTION...]",
	.summary = "take no more samples, and unload picket.ko",
	.options = own_options,
	.run = stop,
};
