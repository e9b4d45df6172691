/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The bugs of the detection table, one a child process, so that a tool that kills the process and
 * one that lets it go on are measured alike.
 *
 * Everything goes to standard error, where the tool's reports go too: their place between our
 * lines tells when a bug was seen. For each bug
 *	@case CLASS SIZE PLACE	what comes
 *	@ready			all that was right to do is done; a report before this is false
 *	@done			the bug has happened
 *	@freed			and the object is freed
 *	@end STATUS		as waitpid() gives it
 *
 * usage: detect CLASS SIZES	SIZES: 1-64,100-5000/100,9000
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SECONDS 60
/* No byte of any canary in use: a write that changes nothing cannot be seen by anyone. */
#define WRITTEN_BYTE 0x5a

/* C++ by its symbols: the same program then serves without a C++ compiler. */
void *operator_new(size_t size) __asm__("_Znwm");
void *operator_new_array(size_t size) __asm__("_Znam");
void *operator_new_aligned(size_t size, size_t align) __asm__("_ZnwmSt11align_val_t");
void operator_delete(void *object) __asm__("_ZdlPv");
void operator_delete_array(void *object) __asm__("_ZdaPv");
void operator_delete_sized(void *object, size_t size) __asm__("_ZdlPvm");
void operator_delete_aligned(void *object, size_t align) __asm__("_ZdlPvSt11align_val_t");

static void say(const char *line)
{
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		_exit(3);
}

/* The compiler must neither see where a pointer came from nor drop an access. */
static void *hide(void *pointer)
{
	__asm__ volatile("" : "+r"(pointer) : : "memory");
	return pointer;
}

static void *need(void *pointer)
{
	if (!pointer)
		_exit(3);
	return hide(pointer);
}

static void read_byte(const char *object, ptrdiff_t offset)
{
	(void)*((const volatile char *)hide((void *)object) + offset);
}

static void write_byte(char *object, ptrdiff_t offset)
{
	*((volatile char *)hide(object) + offset) = WRITTEN_BYTE;
}

/* Free what is right to free, and tell that the bug lies behind us. */
static void finish(void *object)
{
	say("@done\n");
	free(object);
	say("@freed\n");
}

static void read_right(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	read_byte(object, (ptrdiff_t)(size + place - 1));
	finish(object);
}

static void write_right(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	write_byte(object, (ptrdiff_t)(size + place - 1));
	finish(object);
}

static void read_left(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	read_byte(object, -(ptrdiff_t)place);
	finish(object);
}

static void write_left(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	write_byte(object, -(ptrdiff_t)place);
	finish(object);
}

static void read_freed(size_t size, size_t place)
{
	char *object = need(malloc(size));

	free(object);
	say("@ready\n");
	read_byte(object, (ptrdiff_t)place);
	finish(NULL);
}

static void write_freed(size_t size, size_t place)
{
	char *object = need(malloc(size));

	free(object);
	say("@ready\n");
	write_byte(object, (ptrdiff_t)place);
	finish(NULL);
}

static void double_free(size_t size, size_t place)
{
	char *object = need(malloc(size));

	(void)place;
	free(object);
	say("@ready\n");
	free(hide(object));
	finish(NULL);
}

static void free_inside(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	free(hide(object + place));
	finish(object);
}

static void realloc_freed(size_t size, size_t place)
{
	char *object = need(malloc(size)), *moved;

	(void)place;
	free(object);
	say("@ready\n");
	moved = realloc(hide(object), size + 1);
	finish(hide(moved) == object ? NULL : moved);
}

static void realloc_inside(size_t size, size_t place)
{
	char *object = need(malloc(size));

	say("@ready\n");
	(void)!hide(realloc(hide(object + place), size + 1));
	finish(NULL);
}

static void malloc_delete(size_t size, size_t place)
{
	char *object = need(malloc(size));

	(void)place;
	say("@ready\n");
	operator_delete(object);
	finish(NULL);
}

static void new_free(size_t size, size_t place)
{
	char *object = need(operator_new(size));

	(void)place;
	say("@ready\n");
	free(object);
	finish(NULL);
}

static void new_delete_array(size_t size, size_t place)
{
	char *object = need(operator_new(size));

	(void)place;
	say("@ready\n");
	operator_delete_array(object);
	finish(NULL);
}

static void new_array_delete(size_t size, size_t place)
{
	char *object = need(operator_new_array(size));

	(void)place;
	say("@ready\n");
	operator_delete(object);
	finish(NULL);
}

static void wrong_size_delete(size_t size, size_t place)
{
	char *object = need(operator_new(size));

	(void)place;
	say("@ready\n");
	operator_delete_sized(object, size + 32);
	finish(NULL);
}

static void wrong_align_delete(size_t size, size_t place)
{
	char *object = need(operator_new_aligned(size, 64));

	(void)place;
	say("@ready\n");
	operator_delete_aligned(object, 32);
	finish(NULL);
}

/* No bug: every byte is used, moved, used again. */
static void clean(size_t size, size_t place)
{
	char *object = need(calloc(1, size));

	(void)place;
	say("@ready\n");
	memset(object, WRITTEN_BYTE, size);
	object = need(realloc(object, 2 * size));
	memset(object + size, WRITTEN_BYTE, size);
	operator_delete_sized(need(operator_new(size)), size);
	operator_delete_array(need(operator_new_array(size)));
	operator_delete_aligned(need(operator_new_aligned(size, 64)), 64);
	finish(object);
}

enum places {
	PLACES_ONCE,	  /* the size says all */
	PLACES_DISTANCES, /* bytes from an end */
	PLACES_ENDS,	  /* the first and the last byte */
	PLACES_MIDDLE,	  /* offsets that are not the start */
};

static const struct class
{
	const char *name;
	void (*happen)(size_t size, size_t place);
	enum places places;
} classes[] = {
	{ "read-right", read_right, PLACES_DISTANCES },
	{ "write-right", write_right, PLACES_DISTANCES },
	{ "read-left", read_left, PLACES_DISTANCES },
	{ "write-left", write_left, PLACES_DISTANCES },
	{ "read-freed", read_freed, PLACES_ENDS },
	{ "write-freed", write_freed, PLACES_ENDS },
	{ "double-free", double_free, PLACES_ONCE },
	{ "free-inside", free_inside, PLACES_MIDDLE },
	{ "realloc-freed", realloc_freed, PLACES_ONCE },
	{ "realloc-inside", realloc_inside, PLACES_MIDDLE },
	{ "malloc-delete", malloc_delete, PLACES_ONCE },
	{ "new-free", new_free, PLACES_ONCE },
	{ "new-delete[]", new_delete_array, PLACES_ONCE },
	{ "new[]-delete", new_array_delete, PLACES_ONCE },
	{ "wrong-size-delete", wrong_size_delete, PLACES_ONCE },
	{ "wrong-align-delete", wrong_align_delete, PLACES_ONCE },
	{ "clean", clean, PLACES_ONCE },
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

static void child(const struct class *class, size_t size, size_t place)
{
	alarm(CHILD_SECONDS);
	class->happen(size, place);
	exit(0);
}

static void try(const struct class *class, size_t size, size_t place)
{
	char line[128];
	int status;
	pid_t pid;

	/* A tool that tosses a coin inherits its state: let each child see another one. */
	free(need(malloc(size)));
	snprintf(line, sizeof(line), "@case %s %zu %zu\n", class->name, size, place);
	say(line);
	pid = fork();
	if (!pid)
		child(class, size, place);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(3);
	snprintf(line, sizeof(line), "\n@end %d\n", status);
	say(line);
}

static void try_places(const struct class *class, size_t size)
{
	size_t place;

	switch (class->places) {
	case PLACES_ONCE:
		try(class, size, 0);
		break;
	case PLACES_DISTANCES:
		for (place = 1; place <= 16; place *= 2)
			try(class, size, place);
		break;
	case PLACES_ENDS:
		try(class, size, 0);
		if (size > 1)
			try(class, size, size - 1);
		break;
	case PLACES_MIDDLE:
		if (size > 1)
			try(class, size, 1);
		if (size > 3)
			try(class, size, size / 2);
	}
}

/* "100-5000/100": from, to, step. Return: behind it; NULL if it is none. */
static const char *next_range(const char *text, size_t *from, size_t *to, size_t *step)
{
	int used = 0;

	*step = 1;
	if (sscanf(text, "%zu%n", from, &used) != 1)
		return NULL;
	*to = *from;
	text += used;
	if (*text == '-' && sscanf(text, "-%zu%n", to, &used) == 1)
		text += used;
	if (*text == '/' && sscanf(text, "/%zu%n", step, &used) == 1)
		text += used;
	if (!*step || !*from || *from > *to || (*text && *text != ','))
		return NULL;
	return *text ? text + 1 : text;
}

static const struct class *find_class(const char *name)
{
	for (size_t i = 0; i < CLASSES; i++) {
		if (!strcmp(classes[i].name, name))
			return &classes[i];
	}
	fprintf(stderr, "detect: '%s' is no class; allowed:", name);
	for (size_t i = 0; i < CLASSES; i++)
		fprintf(stderr, " %s", classes[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

int main(int argc, char **argv)
{
	const struct class *class;
	const char *text;
	size_t from, to, step;

	if (argc != 3) {
		fprintf(stderr, "usage: detect CLASS SIZES\n");
		return 2;
	}
	class = find_class(argv[1]);
	for (text = argv[2]; *text;) {
		const char *rest = next_range(text, &from, &to, &step);

		if (!rest) {
			fprintf(stderr, "detect: '%s' is no range; allowed: FROM[-TO[/STEP]],...\n",
				text);
			return 2;
		}
		for (size_t size = from; size <= to; size += step)
			try_places(class, size);
		text = rest;
	}
	return 0;
}
