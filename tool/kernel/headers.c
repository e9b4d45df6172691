/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "headers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "system.h"
#include "tool/program.h"

#define COMPILER_KEY "CONFIG_CC_VERSION_TEXT="

/* "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0" begins with the compiler's name. */
static void read_compiler(const char *headers, char *name, size_t bytes)
{
	char path[2 * PATH_MAX], line[512];
	const char *value;
	FILE *config;

	name[0] = '\0';
	snprintf(path, sizeof(path), "%s/include/config/auto.conf", headers);
	config = fopen(path, "re");
	while (config && fgets(line, sizeof(line), config)) {
		if (strncmp(line, COMPILER_KEY, strlen(COMPILER_KEY)))
			continue;
		value = line + strlen(COMPILER_KEY);
		value += *value == '"';
		snprintf(name, bytes, "%.*s", (int)strcspn(value, " \"\n"), value);
	}
	if (config)
		fclose(config);
}

/* A cross compiler's package has the name without the machine: "x86_64-linux-gnu-gcc-14". */
static const char *package_of(const char *compiler)
{
	const char *plain = strstr(compiler, "gcc");

	return plain ? plain : compiler;
}

static int need_program(const struct picket_ko *ko, const char *name, const char *package,
			const char *what)
{
	char path[PATH_MAX];

	if (!picket_program_find(name, path))
		return 0;
	picket_complain("%s: %s.ko cannot be built: there is no %s, %s; Debian's package %s has it",
			ko->command, ko->name, name, what, package);
	return -1;
}

int picket_headers_find(const struct picket_ko *ko, char path[PATH_MAX])
{
	const char *release = picket_system_release();
	char makefile[2 * PATH_MAX], compiler[64];

	picket_system_path(path, "/lib/modules/%s/build", release);
	snprintf(makefile, sizeof(makefile), "%s/Makefile", path);
	if (access(makefile, R_OK)) {
		picket_complain("%s: %s.ko cannot be built: there are no headers of the running "
				"kernel at '%s'; Debian's package linux-headers-%s has them",
				ko->command, ko->name, path, release);
		return -1;
	}
	if (need_program(ko, "make", "make", "which builds modules"))
		return -1;
	read_compiler(path, compiler, sizeof(compiler));
	return *compiler ? need_program(ko, compiler, package_of(compiler),
					"the compiler of the running kernel") :
			   0;
}
