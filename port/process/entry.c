/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where a watched process starts, and the ends that go round exit(). Libraries that a program calls
 * by itself come without this file.
 */
#include "runtime.h"

#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default"), used))
#define FIRST 101 /* of the priorities that programs may use */
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

EXPORT __attribute__((noreturn)) void _exit(int status)
{
	picket_runtime_exit(picket_runtime_finish(status, CALLER));
}

EXPORT __attribute__((noreturn)) void _Exit(int status)
{
	picket_runtime_exit(picket_runtime_finish(status, CALLER));
}

/*
 * In a static program before its own constructors. A set-user-id program must not be steered by its
 * caller's environment.
 */
static __attribute__((constructor(FIRST))) void begin(void)
{
	const char *options = getenv("PICKET_OPTIONS");

	if (!options)
		options = "";
	picket_runtime_begin(getauxval(AT_SECURE) ? NULL : options, 0);
}
