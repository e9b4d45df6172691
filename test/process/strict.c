/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An allocator that ends the process on a pointer that is not its own, or is freed twice, and at
 * exit if more was freed than allocated. It has the functions that most home-made ones have, and
 * no malloc_usable_size: the C library's would misread these objects.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC_LIVE 0x57e1c7ab1e0b1ec7ull
#define MAGIC_FREED 0xdeadbeefdeadbeefull

/* Before each object. */
struct header {
	void *block; /* of the C library; NULL: this stands in an object of memalign */
	size_t size;
	uint64_t magic;
	uint64_t check; /* magic ^ own address */
};

void *__libc_malloc(size_t size);
void __libc_free(void *address);

static long live; /* atomic */

static __attribute__((noreturn)) void die(const char *why)
{
	if (write(2, why, strlen(why)) < 0)
		_exit(99);
	abort();
}

static struct header *header_of(void *address)
{
	struct header *header = (struct header *)address - 1;

	if (header->magic != MAGIC_LIVE || header->check != (MAGIC_LIVE ^ (uintptr_t)header))
		die("strict: this is not an object of mine\n");
	return header;
}

static void *label(struct header *header, void *block, size_t size)
{
	*header = (struct header){ block, size, MAGIC_LIVE, MAGIC_LIVE ^ (uintptr_t)header };
	return header + 1;
}

void *memalign(size_t align, size_t size)
{
	char *block, *object;

	if (align < 16)
		align = 16;
	if (size > SIZE_MAX / 2 || align > SIZE_MAX / 4) {
		errno = ENOMEM;
		return NULL;
	}
	block = __libc_malloc(size + align + sizeof(struct header));
	if (!block)
		return NULL;
	object = (char *)(((uintptr_t)block + sizeof(struct header) + align - 1) & ~(align - 1));
	__atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
	return label((struct header *)(void *)object - 1, block, size);
}

/* Calls another by name and puts a header of its own into what that gives, as some do. */
void *malloc(size_t size)
{
	struct header *header;

	if (size > SIZE_MAX / 4)
		return memalign(16, size);
	header = memalign(16, size + sizeof(*header));
	return header ? label(header, NULL, size) : NULL;
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **address, size_t align, size_t size)
{
	void *object;

	if (align % sizeof(void *) || align & (align - 1))
		return EINVAL;
	object = memalign(align, size);
	if (!object)
		return ENOMEM;
	*address = object;
	return 0;
}

void *valloc(size_t size)
{
	return memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;
	void *object;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	object = malloc(bytes);
	return object ? memset(object, 0, bytes) : NULL;
}

void free(void *address)
{
	struct header *header;
	void *block;

	if (!address)
		return;
	header = header_of(address);
	block = header->block;
	memset(address, 0xdd, header->size);
	header->magic = MAGIC_FREED;
	if (!block) {
		free(header);
		return;
	}
	if (__atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED) <= 0)
		die("strict: more was freed than allocated\n");
	__libc_free(block);
}

void *realloc(void *address, size_t size)
{
	size_t old = address ? header_of(address)->size : 0;
	void *object;

	if (address && !size) {
		free(address);
		return NULL;
	}
	object = malloc(size);
	if (object && address) {
		memcpy(object, address, old < size ? old : size);
		free(address);
	}
	return object;
}

/* For the test: objects that live now. */
long strict_live(void);
long strict_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}
