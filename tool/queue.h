/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Messages on their way from the thread that receives to the one that reports. */
#ifndef PICKET_TOOL_QUEUE_H
#define PICKET_TOOL_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct picket_message {
	struct picket_message *next;
	size_t length;
	char text[]; /* NUL-terminated, beside what NULs the sender put in */
};

struct picket_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct picket_message *first;
	struct picket_message **end;
	size_t bytes;
	unsigned long long lost; /* messages for which there was no memory */
	bool closed;
};

/** picket_queue_init() - start empty. */
void picket_queue_init(struct picket_queue *queue);

/** picket_queue_push() - append a copy; counted as lost if too much is waiting already. */
void picket_queue_push(struct picket_queue *queue, const char *text, size_t length);

/** picket_queue_close() - no more will be pushed. */
void picket_queue_close(struct picket_queue *queue);

/**
 * picket_queue_pop() - wait for the next message.
 * Return: the message, to be freed with free(); NULL: the queue is closed and empty.
 */
struct picket_message *picket_queue_pop(struct picket_queue *queue);

#endif
