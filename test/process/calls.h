/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What test_calls.c tries: call_cases.c, call_stores.c and call_transfers.c hold the tables. */
#ifndef PICKET_TEST_CALLS_H
#define PICKET_TEST_CALLS_H

#include <errno.h>
#include <picket/record.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64 /* of an object whose end is overrun */
#define BYTES 32
#define CONTENT_MAX 1024
#define NOWHERE "/nowhere/at/all"

/* Memory for one argument. */
struct call_case {
	const char *name; /* as the record has it */
	const char *function;
	picket_u32 argument;
	enum picket_access access;
	bool (*possible)(void); /* NULL: always */
	size_t bytes;
	void (*prepare)(char *content); /* of what the kernel shall read */
	long (*act)(char *memory);	/* 1: the call did what it should */
};

/* Two ends: what is written to the second can be read from the first. */
struct channel {
	const char *name;
	int (*make)(int ends[2]);
	bool is_socket;
	bool is_file;
};

/* Of BYTES, with the memory as the second argument. */
struct transfer {
	const char *name;
	const char *function;
	enum picket_access access;
	bool of_sockets;
	bool of_files;
	long (*act)(int fd, char *memory, size_t bytes);
};

/* Each ends with one that has no name. */
extern const struct call_case call_cases[];
extern const struct call_case call_stores[];
extern const struct channel channels[];
extern const struct transfer transfers[];

/** call_cases_start(), call_stores_start() - open what the cases need. */
void call_cases_start(void);

void call_stores_start(void);

/** call_stores_end() - remove what is left. */
void call_stores_end(void);

/** calls_are_native() - by the kernel, not by an emulator, which is no kernel in all? */
bool calls_are_native(void);

/* ---- contents and results that several tables have ---- */

static inline void zeros(char *content)
{
	(void)content;
}

static inline void nowhere(char *content)
{
	strcpy(content, NOWHERE);
}

static inline void duration(char *content)
{
	struct timespec time = { 0, 1000 };

	memcpy(content, &time, sizeof(time));
}

static inline long is_nowhere(long result)
{
	return result == -1 && errno == ENOENT;
}

#endif
