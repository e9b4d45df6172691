/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A small server-like program with six planted bugs, for the demo.
 *
 * It answers requests of several kinds; one request in RARE of each kind takes the path with the
 * bug. As bugs in service do, they stay unnoticed: each touches only bytes that glibc's malloc
 * happens to leave unused, so a plain run ends well. Prints how many requests it answered.
 *
 * usage: planted [REQUESTS]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 16
#define LINE_BYTES 32
#define RECORD_BYTES 64
#define REPLY_BYTES 120
#define KINDS 6
#define RARE 100

struct session {
	char name[32];
	uint64_t requests;
	uint64_t errors;
};

static uint64_t answered;

/* Stands for sending it to the client: the compiler must take all bytes as needed. */
static void answer(const void *bytes)
{
	__asm__ volatile("" : : "r"(bytes) : "memory");
	answered++;
}

static void *allocate(size_t size_bytes)
{
	void *memory = malloc(size_bytes);

	if (!memory)
		exit(1);
	return memory;
}

/* Bug: a key of exactly KEY_BYTES leaves no room for the terminating NUL. */
static void store_key(bool rare)
{
	size_t length = rare ? KEY_BYTES : KEY_BYTES - 1;
	char *key = allocate(KEY_BYTES);

	memset(key, 'k', length);
	key[length] = '\0';
	answer(key);
	free(key);
}

/* Bug: "<=" reads one byte past the end. */
static void checksum_record(bool rare)
{
	unsigned char *record = allocate(RECORD_BYTES);
	size_t last = rare ? RECORD_BYTES : RECORD_BYTES - 1;
	uint64_t sum = 0;

	memset(record, 1, RECORD_BYTES);
	for (size_t i = 0; i <= last; i++)
		sum += record[i];
	answer(&sum);
	free(record);
}

/* Bug: an empty line has no last character; this reads the one before its start. */
static void trim_line(bool rare)
{
	char *line = allocate(LINE_BYTES);
	size_t length;

	strcpy(line, rare ? "" : "GET key  ");
	length = strlen(line);
	while (line[length - 1] == ' ')
		line[--length] = '\0';
	answer(line);
	free(line);
}

static struct session *open_session(void)
{
	struct session *session = allocate(sizeof(*session));

	memset(session, 0, sizeof(*session));
	strcpy(session->name, "client");
	return session;
}

/* Bug: the farewell reads the name of a session that was freed just before. */
static void say_goodbye(bool rare)
{
	struct session *session = open_session();
	uint64_t requests;

	if (rare)
		free(session);
	requests = session->requests;
	answer(&requests);
	if (!rare)
		free(session);
}

/* Bug: the error is counted in a session that was freed just before. */
static void count_error(bool rare)
{
	struct session *session = open_session();

	if (rare)
		free(session);
	session->errors = 1;
	answer(session);
	if (!rare)
		free(session);
}

/*
 * Bug: the error path frees the reply, and the clean-up then frees it again where it should
 * free the error. The allocator tends to hand out the same address for both, which hides it.
 */
static void send_reply(bool rare)
{
	char *reply = allocate(REPLY_BYTES);
	char *error = NULL;

	strcpy(reply, "OK");
	if (rare) {
		free(reply);
		error = allocate(REPLY_BYTES);
		strcpy(error, "ERROR");
	}
	answer(error ? error : reply);
	free(reply);
}

static void (*const kinds[KINDS])(bool rare) = {
	store_key, checksum_record, trim_line, say_goodbye, count_error, send_reply,
};

int main(int argc, char **argv)
{
	unsigned long requests = argc > 1 ? strtoul(argv[1], NULL, 10) : 60000;

	for (unsigned long i = 0; i < requests; i++)
		kinds[i % KINDS](i / KINDS % RARE == RARE - 1);
	printf("%llu requests answered\n", (unsigned long long)answered);
	return 0;
}
