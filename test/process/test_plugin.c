/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1, a plugin's path as argument: a C program loads a private C++ plugin.
 * One report: of an object whose stacks lead into the plugin when that is gone.
 */
#include "test/tap.h"

#include <dlfcn.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	int (*work)(void);
	bool (*throws)(void);
	char *(*freed)(void);
	volatile char *object;

	if (!tap_ok(plugin, "the plugin loads"))
		return tap_done();
	work = (int (*)(void))dlsym(plugin, "plugin_work");
	throws = (bool (*)(void))dlsym(plugin, "plugin_throws");
	freed = (char *(*)(void))dlsym(plugin, "plugin_freed");
	tap_ok(work() == 49500, "new and delete of a runtime that came late");
	tap_ok(throws(), "a new that fails throws");
	object = freed();
	tap_ok(!dlclose(plugin), "the plugin goes");
	(void)object[3];
	tap_ok(true, "a report with stacks in it does no harm");
	return tap_done();
}
