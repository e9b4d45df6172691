// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * usage: drivers-echo ADDRESS                        sends back what it gets
 *        drivers-echo ADDRESS tcp|udp SECONDS        sends to it, and checks what comes back
 *
 * Run by drivers-net in the guest, on both ends of a network driver under test. The second form
 * prints how many bytes came back and how many datagrams were lost, and fails if any was wrong.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PORT 5001
/* Less than the sockets' buffers hold, so that both ends may send before they receive. */
#define CHUNK_MAX 60000
/* A server was started a moment before, and may not listen yet. */
#define CONNECT_TRIES 100
#define CONNECT_WAIT_US 100000

static uint8_t sent[CHUNK_MAX], got[CHUNK_MAX];
static uint64_t random_state = 1;
static unsigned long bytes, lost;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % limit;
}

static struct sockaddr_in address_of(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	inet_pton(AF_INET, text, &address.sin_addr);
	return address;
}

static int listen_at(const struct sockaddr_in *address, int type)
{
	int fd = socket(AF_INET, type, 0);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		return -1;
	if (type == SOCK_STREAM && listen(fd, 8))
		return -1;
	return fd;
}

static bool send_all(int fd, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t part = send(fd, sent + done, length - done, MSG_NOSIGNAL);

		if (part <= 0)
			return false;
		done += part;
	}
	return true;
}

static void echo_stream(int fd)
{
	ssize_t length;

	while ((length = recv(fd, sent, sizeof(sent), 0)) > 0 && send_all(fd, length))
		;
	exit(0);
}

static void echo_datagrams(int fd)
{
	struct sockaddr_in from;
	socklen_t from_length = sizeof(from);
	ssize_t length;

	/* Its network is to go when whoever started it is gone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		length = recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&from, &from_length);
		if (length > 0)
			sendto(fd, got, length, 0, (struct sockaddr *)&from, from_length);
	}
}

static int serve(const struct sockaddr_in *address)
{
	int stream = listen_at(address, SOCK_STREAM);
	int datagram = listen_at(address, SOCK_DGRAM);
	int fd;

	if (stream < 0 || datagram < 0)
		return 2;
	if (fork() == 0)
		echo_datagrams(datagram);
	while ((fd = accept(stream, NULL, NULL)) >= 0) {
		if (fork() == 0)
			echo_stream(fd);
		close(fd);
	}
	return 2;
}

/* What of a stream comes back, in whatever pieces. */
static bool receive_all(int fd, size_t length)
{
	return recv(fd, got, length, MSG_WAITALL) == (ssize_t)length &&
	       memcmp(sent, got, length) == 0;
}

/* A datagram may be lost. One that comes late is not the one that was sent last. */
static bool receive_datagram(int fd, size_t length)
{
	ssize_t received;

	while ((received = recv(fd, got, sizeof(got), 0)) >= 0) {
		if (received != (ssize_t)length || memcmp(sent, got, 4) != 0)
			continue;
		return memcmp(sent, got, length) == 0;
	}
	lost++;
	return true;
}

static bool exchange(int fd, bool is_stream, uint32_t number)
{
	size_t length = 4 + random_below(random_below(2) ? 200 : is_stream ? CHUNK_MAX - 4 : 8000);
	uint8_t first = random_below(256);

	for (size_t i = 4; i < length; i++)
		sent[i] = first + i * 7;
	memcpy(sent, &number, 4);
	bytes += length;
	if (is_stream)
		return send_all(fd, length) && receive_all(fd, length);
	if (send(fd, sent, length, 0) == (ssize_t)length)
		return receive_datagram(fd, length);
	lost++;
	return true;
}

static bool connect_to(int fd, const struct sockaddr_in *address)
{
	for (int i = 0; i < CONNECT_TRIES; i++) {
		if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
			return true;
		usleep(CONNECT_WAIT_US);
	}
	perror("echo: connect");
	return false;
}

static int check(const struct sockaddr_in *address, bool is_stream, time_t end)
{
	struct timeval patience = { .tv_sec = is_stream ? 60 : 0, .tv_usec = 300000 };
	int fd = socket(AF_INET, is_stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	uint32_t number = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect_to(fd, address))
		return 2;
	while (time(NULL) < end) {
		if (!exchange(fd, is_stream, number++)) {
			fprintf(stderr, "echo: message %u came back wrong\n", number - 1);
			return 1;
		}
	}
	printf("%s: %lu KiB, %u messages, %lu lost\n", is_stream ? "tcp" : "udp", bytes / 1024,
	       number, lost);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address;

	if (argc != 2 && argc != 4)
		return 2;
	address = address_of(argv[1]);
	if (argc == 2)
		return serve(&address);
	return check(&address, strcmp(argv[2], "tcp") == 0, time(NULL) + strtol(argv[3], NULL, 10));
}
