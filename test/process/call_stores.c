/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Extended attributes and message queues, which not every system has. */
#undef _FILE_OFFSET_BITS
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <time.h>

#define KEY "user.picket"
#define NO_KEY "user.none"

static int own; /* a file */
static char own_path[] = "/tmp/picket-calls-XXXXXX";
static bool own_has_key;
static mqd_t queue;

static bool has_attributes(void)
{
	return own_has_key;
}

static bool has_queue(void)
{
	return queue != (mqd_t)-1;
}

/* The emulator writes the times, too. */
static bool has_native_queue(void)
{
	return has_queue() && calls_are_native();
}

static mqd_t make_queue(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = BYTES };
	char path[32];
	mqd_t made;

	snprintf(path, sizeof(path), "/picket-calls-%d", getpid());
	made = mq_open(path, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attributes);
	mq_unlink(path);
	return made;
}

void call_stores_start(void)
{
	static const char value[BYTES];

	own = mkstemp(own_path);
	own_has_key = !fsetxattr(own, KEY, value, BYTES, 0);
	queue = make_queue();
}

void call_stores_end(void)
{
	unlink(own_path);
}

/* ---- contents and results ---- */

static void key(char *content)
{
	strcpy(content, KEY);
}

static void no_key(char *content)
{
	strcpy(content, NO_KEY);
}

static long is_absent(int result)
{
	return result == -1 && errno == ENODATA;
}

/* What is sent to the queue comes out again. */
static long queued(int error)
{
	char there[BYTES];

	return !error && mq_receive(queue, there, BYTES, NULL) == BYTES;
}

static const struct timespec no_time;
static char text[CONTENT_MAX];

#define TIME ((struct timespec *)(void *)memory)
#define PRIORITY ((unsigned int *)(void *)memory)

/* As in call_cases.c. */
#define ATTRIBUTES                                                                                 \
	CASE("getxattr", getxattr, 1, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(getxattr(memory, KEY, text, BYTES)))                                       \
	CASE("getxattr", getxattr, 2, READ, sizeof(KEY), key,                                      \
	     getxattr(own_path, memory, text, BYTES) == BYTES)                                     \
	CASE("getxattr", getxattr, 3, WRITE, BYTES, zeros,                                         \
	     getxattr(own_path, KEY, memory, BYTES) == BYTES)                                      \
	CASE("lgetxattr", lgetxattr, 1, READ, sizeof(NOWHERE), nowhere,                            \
	     is_nowhere(lgetxattr(memory, KEY, text, BYTES)))                                      \
	CASE("lgetxattr", lgetxattr, 2, READ, sizeof(KEY), key,                                    \
	     lgetxattr(own_path, memory, text, BYTES) == BYTES)                                    \
	CASE("lgetxattr", lgetxattr, 3, WRITE, BYTES, zeros,                                       \
	     lgetxattr(own_path, KEY, memory, BYTES) == BYTES)                                     \
	CASE("fgetxattr", fgetxattr, 2, READ, sizeof(KEY), key,                                    \
	     fgetxattr(own, memory, text, BYTES) == BYTES)                                         \
	CASE("fgetxattr", fgetxattr, 3, WRITE, BYTES, zeros,                                       \
	     fgetxattr(own, KEY, memory, BYTES) == BYTES)                                          \
	CASE("setxattr", setxattr, 1, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(setxattr(memory, KEY, text, BYTES, 0)))                                    \
	CASE("setxattr", setxattr, 2, READ, sizeof(KEY), key,                                      \
	     !setxattr(own_path, memory, text, BYTES, 0))                                          \
	CASE("setxattr", setxattr, 3, READ, BYTES, zeros,                                          \
	     !setxattr(own_path, KEY, memory, BYTES, 0))                                           \
	CASE("lsetxattr", lsetxattr, 1, READ, sizeof(NOWHERE), nowhere,                            \
	     is_nowhere(lsetxattr(memory, KEY, text, BYTES, 0)))                                   \
	CASE("lsetxattr", lsetxattr, 2, READ, sizeof(KEY), key,                                    \
	     !lsetxattr(own_path, memory, text, BYTES, 0))                                         \
	CASE("lsetxattr", lsetxattr, 3, READ, BYTES, zeros,                                        \
	     !lsetxattr(own_path, KEY, memory, BYTES, 0))                                          \
	CASE("fsetxattr", fsetxattr, 2, READ, sizeof(KEY), key,                                    \
	     !fsetxattr(own, memory, text, BYTES, 0))                                              \
	CASE("fsetxattr", fsetxattr, 3, READ, BYTES, zeros,                                        \
	     !fsetxattr(own, KEY, memory, BYTES, 0))                                               \
	CASE("removexattr", removexattr, 1, READ, sizeof(NOWHERE), nowhere,                        \
	     is_nowhere(removexattr(memory, KEY)))                                                 \
	CASE("removexattr", removexattr, 2, READ, sizeof(NO_KEY), no_key,                          \
	     is_absent(removexattr(own_path, memory)))                                             \
	CASE("lremovexattr", lremovexattr, 1, READ, sizeof(NOWHERE), nowhere,                      \
	     is_nowhere(lremovexattr(memory, KEY)))                                                \
	CASE("lremovexattr", lremovexattr, 2, READ, sizeof(NO_KEY), no_key,                        \
	     is_absent(lremovexattr(own_path, memory)))                                            \
	CASE("fremovexattr", fremovexattr, 2, READ, sizeof(NO_KEY), no_key,                        \
	     is_absent(fremovexattr(own, memory)))                                                 \
	CASE("listxattr", listxattr, 1, READ, sizeof(NOWHERE), nowhere,                            \
	     is_nowhere(listxattr(memory, text, sizeof(text))))                                    \
	CASE("listxattr", listxattr, 2, WRITE, CONTENT_MAX, zeros,                                 \
	     listxattr(own_path, memory, CONTENT_MAX) >= (ssize_t)sizeof(KEY))                     \
	CASE("llistxattr", llistxattr, 1, READ, sizeof(NOWHERE), nowhere,                          \
	     is_nowhere(llistxattr(memory, text, sizeof(text))))                                   \
	CASE("llistxattr", llistxattr, 2, WRITE, CONTENT_MAX, zeros,                               \
	     llistxattr(own_path, memory, CONTENT_MAX) >= (ssize_t)sizeof(KEY))                    \
	CASE("flistxattr", flistxattr, 2, WRITE, CONTENT_MAX, zeros,                               \
	     flistxattr(own, memory, CONTENT_MAX) >= (ssize_t)sizeof(KEY))

#define QUEUES                                                                                     \
	CASE("mq_send", mq_send, 2, READ, BYTES, zeros, queued(mq_send(queue, memory, BYTES, 1)))  \
	CASE("mq_receive", mq_receive, 2, WRITE, BYTES, zeros,                                     \
	     !mq_send(queue, text, BYTES, 1) && mq_receive(queue, memory, BYTES, NULL) == BYTES)   \
	CASE("mq_receive", mq_receive, 4, WRITE, sizeof(unsigned int), zeros,                      \
	     !mq_send(queue, text, BYTES, 1) &&                                                    \
		     mq_receive(queue, text, BYTES, PRIORITY) == BYTES && memory[0] == 1)

#define TIMED_QUEUES                                                                               \
	CASE("mq_timedsend", mq_timedsend, 2, READ, BYTES, zeros,                                  \
	     queued(mq_timedsend(queue, memory, BYTES, 1, &no_time)))                              \
	CASE("mq_timedsend", mq_timedsend, 5, READ, sizeof(struct timespec), duration,             \
	     queued(mq_timedsend(queue, text, BYTES, 1, TIME)))                                    \
	CASE("mq_timedreceive", mq_timedreceive, 2, WRITE, BYTES, zeros,                           \
	     !mq_send(queue, text, BYTES, 1) &&                                                    \
		     mq_timedreceive(queue, memory, BYTES, NULL, &no_time) == BYTES)               \
	CASE("mq_timedreceive", mq_timedreceive, 4, WRITE, sizeof(unsigned int), zeros,            \
	     !mq_send(queue, text, BYTES, 1) &&                                                    \
		     mq_timedreceive(queue, text, BYTES, PRIORITY, &no_time) == BYTES)             \
	CASE("mq_timedreceive", mq_timedreceive, 5, READ, sizeof(struct timespec), duration,       \
	     !mq_send(queue, text, BYTES, 1) &&                                                    \
		     mq_timedreceive(queue, text, BYTES, NULL, TIME) == BYTES)

#define ACT(function, number) act_##function##_##number
#define CASE(shown, function, number, access, room, content, holds)                                \
	static long ACT(function, number)(char *memory)                                            \
	{                                                                                          \
		return holds;                                                                      \
	}
ATTRIBUTES
QUEUES
TIMED_QUEUES
#undef CASE

#define ROW(shown, function, number, access, room, content, possible)                              \
	{ shown,    #function, number,	PICKET_ACCESS_##access,                                    \
	  possible, room,      content, ACT(function, number) },
const struct call_case call_stores[] = {
#define CASE(shown, function, number, access, room, content, holds)                                \
	ROW(shown, function, number, access, room, content, has_attributes)
	ATTRIBUTES
#undef CASE
#define CASE(shown, function, number, access, room, content, holds)                                \
	ROW(shown, function, number, access, room, content, has_queue)
		QUEUES
#undef CASE
#define CASE(shown, function, number, access, room, content, holds)                                \
	ROW(shown, function, number, access, room, content, has_native_queue)
			TIMED_QUEUES{ .name = NULL },
};
