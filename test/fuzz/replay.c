/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Gives a fuzz target every file of a directory, without a fuzzer.
 * Usage: fuzz_NAME DIRECTORY
 */
#include "test/tap.h"

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#define FILE_BYTES_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *directory, const char *name)
{
	uint8_t *bytes = malloc(FILE_BYTES_MAX);
	size_t count = 0;
	char path[1024];
	uint8_t *exact;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	if (file && bytes)
		count = fread(bytes, 1, FILE_BYTES_MAX, file);
	/* An allocation of its own, as a fuzzer gives it: a sanitizer sees where it ends. */
	exact = realloc(bytes, count ? count : 1);
	tap_ok(file && exact && !LLVMFuzzerTestOneInput(exact, count), "%s", name);
	if (file)
		fclose(file);
	free(exact);
}

int main(int argc, char **argv)
{
	DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;

	if (!directory) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] != '.')
			replay(argv[1], entry->d_name);
	}
	closedir(directory);
	return tap_done();
}
