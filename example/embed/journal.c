/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A program with an allocator of its own, and with a bug that its allocator hides: an entry of the
 * journal is read after it was dropped. Usage: journal [OPTIONS], as in PICKET_OPTIONS.
 */
#include "arena.h"

#include <picket/picket.h>
#include <stdio.h>
#include <string.h>

struct entry {
	struct entry *before;
	char text[40];
};

static struct entry *last;

static void add(const char *text)
{
	struct entry *entry = arena_alloc(sizeof(*entry));

	if (!entry)
		return;
	entry->before = last;
	strncpy(entry->text, text, sizeof(entry->text) - 1);
	entry->text[sizeof(entry->text) - 1] = '\0';
	last = entry;
}

static void drop(void)
{
	struct entry *entry = last;

	last = entry->before;
	arena_free(entry);
}

/* In the context of the fault: counting is about all that may be done. */
static void count(const struct picket_record *record, void *counter)
{
	(void)record;
	__atomic_fetch_add((int *)counter, 1, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
	static int bugs;
	static const struct picket_listener listener = { count, &bugs };
	struct entry *shown;

	if (picket_start(argc > 1 ? argv[1] : NULL, 0))
		return 1;
	picket_listen(&listener);
	add("opened");
	add("read 3 records");
	shown = last;
	drop();
	printf("last entry: %s\n", shown->text);
	printf("bugs found: %d\n", bugs);
	return 0;
}
