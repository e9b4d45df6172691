/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A program without bugs, and with the mistakes that the kernel forgives: it prints what each call
 * returns, for calls.sh to compare with a run under Picket. Usage: calls_host [bug]
 * With an argument: a system call with a freed buffer, and the end.
 */
#undef _FILE_OFFSET_BITS
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define BAD ((void *)16)

static int early_result;

/* Before the constructors of all libraries. */
static void early(void)
{
	int ends[2];
	char there[4];

	if (!pipe(ends) && write(ends[1], "abc", 4) == 4 && read(ends[0], there, 4) == 4)
		early_result = !strcmp(there, "abc");
	close(ends[0]);
	close(ends[1]);
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(void) = early;

static void say(const char *name, long result)
{
	int error = errno;

	printf("%s: %ld", name, result);
	if (result < 0)
		printf(", %s", strerror(error));
	printf("\n");
}

static void cases(const struct call_case *call)
{
	for (; call->name; call++) {
		char content[CONTENT_MAX] = { 0 }, *memory = malloc(call->bytes);

		call->prepare(content);
		memcpy(memory, content, call->bytes);
		say(call->function, call->act(memory));
		free(memory);
	}
}

/* Lengths that fit, that are 0, and what is not all there. */
static void transfer(const struct transfer *transfer, int ends[2])
{
	bool reads = transfer->access == PICKET_ACCESS_WRITE;
	char *memory = malloc(BYTES);

	memset(memory, 'm', BYTES);
	if (reads && write(ends[1], "short", 5) == 5 && lseek(ends[0], 0, SEEK_CUR) >= 0)
		lseek(ends[0], 0, SEEK_SET);
	say(transfer->function, transfer->act(ends[!reads], memory, BYTES));
	printf("%.*s\n", BYTES, memory);
	say("nothing", transfer->act(ends[!reads], memory + BYTES, 0));
	say("no buffer", transfer->act(ends[!reads], NULL, 0));
	say("no descriptor", transfer->act(-1, memory, BYTES));
	free(memory);
}

/* All that is read comes at once or not at all. */
static void transfers_over(const struct channel *channel)
{
	int ends[2];

	for (size_t i = 0; transfers[i].name; i++) {
		if ((!channel->is_socket && transfers[i].of_sockets) ||
		    (!channel->is_file && transfers[i].of_files) || channel->make(ends))
			continue;
		printf("%s: ", channel->name);
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
		transfer(&transfers[i], ends);
		close(ends[0]);
		close(ends[1]);
	}
}

/* A length longer than the object is no bug as long as the kernel needs no more. */
static void forgiven(void)
{
	char *object = malloc(40);
	struct iovec vector[] = { { object, 40 }, { object, 4000 } };
	struct sockaddr_un *name = malloc(sizeof(sa_family_t));
	socklen_t *length = malloc(sizeof(*length));
	int ends[2];

	*length = sizeof(struct sockaddr_un);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) || write(ends[1], "0123456789", 10) != 10)
		return;
	say("read", read(ends[0], object, INT_MAX));
	say("write", write(ends[1], "0123456789", 10));
	say("readv", readv(ends[0], vector, 2));
	say("getsockname", getsockname(ends[0], (struct sockaddr *)name, length));
	say("its length", *length);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	say("nothing there", recv(ends[0], object, 4000, 0));
	say("getcwd", getcwd(object, PATH_MAX) == object);
	say("getcwd without a buffer", (long)!getcwd(NULL, 0));
	say("accept", accept(ends[0], NULL, NULL));
	say("waitpid", waitpid(-1, NULL, 0));
	say("poll", poll(NULL, 0, 0));
	close(ends[0]);
	close(ends[1]);
	free(object);
	free(name);
	free(length);
}

/* Pointers and lengths that are wrong with or without Picket. */
static void foreign(void)
{
	struct iovec vector[] = { { BAD, 8 } };
	struct msghdr message = { .msg_iov = BAD, .msg_iovlen = 1 };
	struct msghdr empty = { .msg_iov = vector, .msg_iovlen = 1 };
	char *object = malloc(40);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) || write(ends[1], object, 10) != 10)
		return;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	say("read", read(ends[0], BAD, 8));
	say("write", write(ends[0], BAD, 8));
	say("read of all there is", read(ends[0], object, SIZE_MAX));
	say("readv", readv(ends[0], BAD, 1));
	say("readv of a bad piece", readv(ends[0], vector, 1));
	say("readv of too many", readv(ends[0], BAD, INT_MAX));
	say("readv of fewer than none", readv(ends[0], vector, -1));
#ifdef __GLIBC__ /* others copy between these and structures of the kernel */
	say("stat", stat("/", BAD));
	say("recvmsg", recvmsg(ends[0], BAD, 0));
	say("recvmmsg", recvmmsg(ends[0], BAD, 1, MSG_DONTWAIT, NULL));
#endif
	say("recvmsg of a bad vector", recvmsg(ends[0], &message, 0));
	say("sendmsg of a bad piece", sendmsg(ends[0], &empty, 0));
	say("open", open(BAD, O_RDONLY));
	say("getsockname", getsockname(ends[0], BAD, BAD));
	say("poll", poll(BAD, 1, 0));
	say("the last message", recv(ends[0], object, 8, MSG_DONTWAIT));
	close(ends[0]);
	close(ends[1]);
	free(object);
}

/* Made and read with the mode, and without it. */
static void modes(void)
{
	char path[] = "/tmp/picket-modes-XXXXXX";
	struct stat status;
	int fd;

	close(mkstemp(path));
	unlink(path);
	fd = open(path, O_CREAT | O_WRONLY, 0640);
	fstat(fd, &status);
	say("mode", status.st_mode & 0777);
	close(fd);
	unlink(path);
	fd = openat(AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0604);
	if (fd >= 0)
		fstat(fd, &status);
	say("mode of a file without a name", fd < 0 ? 0604 : (long)(status.st_mode & 0777));
	close(fd);
}

static int bug(void)
{
	char *object = malloc(40);
	int ends[2];

	free(object);
	if (pipe(ends) || write(ends[1], object, 40) != 40)
		return 1;
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return bug();
	umask(0);
	call_cases_start();
	call_stores_start();
	say("before all libraries", early_result);
	cases(call_cases);
	cases(call_stores);
	for (size_t i = 0; channels[i].name; i++)
		transfers_over(&channels[i]);
	forgiven();
	foreign();
	modes();
	call_stores_end();
	return 0;
}
