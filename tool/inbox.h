/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where watched processes send their reports: a datagram socket with a random abstract name, so
 * that it works in every mount namespace, leaves nothing behind, and needs no descriptor in the
 * program. One datagram is one line of JSON.
 */
#ifndef PICKET_TOOL_INBOX_H
#define PICKET_TOOL_INBOX_H

#include "queue.h"

#define PICKET_INBOX_NAME_BYTES 48

struct picket_inbox {
	int fd;
	char name[PICKET_INBOX_NAME_BYTES]; /* for PICKET_OPTIONS, without the leading NUL */
};

/** picket_inbox_open() - make the socket. Return: 0 or a negative errno. */
int picket_inbox_open(struct picket_inbox *inbox);

/**
 * picket_inbox_drain() - move every datagram that is there to the queue; never waits.
 *
 * The kernel holds only a few datagrams for a reader, then senders must wait: to be called as
 * soon as there is one. Datagrams of other users are dropped, unless this is root, whose program
 * may have become any user.
 */
void picket_inbox_drain(struct picket_inbox *inbox, struct picket_queue *queue);

#endif
