/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A small allocator of its own, with Picket inside: see doc/embedding.md. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

/** arena_alloc() - @return an object of @size bytes, aligned to 16; NULL: the arena is full. */
void *arena_alloc(size_t size);

/** arena_realloc() - as realloc(). */
void *arena_realloc(void *object, size_t size);

/** arena_free() - give an object back; NULL is allowed. */
void arena_free(void *object);

/** arena_size() - how many bytes of the object may be used. */
size_t arena_size(const void *object);

#endif
