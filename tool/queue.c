/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>

#include "queue.h"

/* Ten thousand reports; a program that makes them faster than they are named gains nothing. */
#define QUEUE_BYTES_MAX (256u << 20)

void picket_queue_init(struct picket_queue *queue)
{
	memset(queue, 0, sizeof(*queue));
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, NULL);
	queue->end = &queue->first;
}

static struct picket_message *make_message(const char *text, size_t length)
{
	struct picket_message *message = malloc(sizeof(*message) + length + 1);

	if (!message)
		return NULL;
	message->next = NULL;
	message->length = length;
	memcpy(message->text, text, length);
	message->text[length] = '\0';
	return message;
}

void picket_queue_push(struct picket_queue *queue, const char *text, size_t length)
{
	struct picket_message *message = NULL;

	pthread_mutex_lock(&queue->lock);
	if (queue->bytes + length <= QUEUE_BYTES_MAX)
		message = make_message(text, length);
	if (message) {
		*queue->end = message;
		queue->end = &message->next;
		queue->bytes += length;
		pthread_cond_signal(&queue->changed);
	} else {
		queue->lost++;
	}
	pthread_mutex_unlock(&queue->lock);
}

void picket_queue_close(struct picket_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_signal(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

struct picket_message *picket_queue_pop(struct picket_queue *queue)
{
	struct picket_message *message;

	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->closed)
		pthread_cond_wait(&queue->changed, &queue->lock);
	message = queue->first;
	if (message) {
		queue->first = message->next;
		queue->bytes -= message->length;
		if (!queue->first)
			queue->end = &queue->first;
	}
	pthread_mutex_unlock(&queue->lock);
	return message;
}
