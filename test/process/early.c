/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * To be preloaded behind Picket: its dlsym() allocates, as that of older C libraries does, so
 * Picket is asked for memory while it looks the next allocator up. Its constructor allocates too.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 8

static char *kept[KEPT]; /* objects made inside dlsym() */
static int count;
static char *early;

void *dlsym(void *restrict handle, const char *restrict name)
{
	static void *(*next)(void *, const char *);
	static int depth;

	if (!next)
		next = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
	if (!next)
		next = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
	if (count < KEPT && !depth++) {
		kept[count] = calloc(1, 40);
		kept[count] = realloc(kept[count], 80);
		free(malloc(7));
		strcpy(kept[count++], "made in dlsym");
	}
	depth = 0;
	return next(handle, name);
}

static __attribute__((constructor)) void begin(void)
{
	early = strdup("made early");
}

/* For the test: can all that was made before be used as any object? */
int early_good(void);
int early_good(void)
{
	int good = count == KEPT;

	early = realloc(early, 1000);
	good = good && !strcmp(early, "made early");
	free(early);
	for (int i = 0; i < count; i++) {
		good = good && malloc_usable_size(kept[i]) >= 80;
		kept[i] = realloc(kept[i], i % 2 ? 20 : 2000);
		good = good && !strcmp(kept[i], "made in dlsym");
		free(kept[i]);
	}
	return good;
}
