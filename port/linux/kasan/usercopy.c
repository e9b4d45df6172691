/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Accesses that the compiler does not see: inline assembly, and the kernel's copies. */
#include "heap.h"
#include "redirect.h"

#include <linux/uaccess.h>
#include <linux/uio.h>

#define CALLER ((uptr)__builtin_return_address(0))

bool picket_check_read(const volatile void *memory, unsigned int size);
bool picket_check_write(const volatile void *memory, unsigned int size);

bool picket_check_read(const volatile void *memory, unsigned int size)
{
	return picket_shadow_check((uptr)memory, size, PICKET_ACCESS_READ, CALLER);
}
EXPORT_SYMBOL(picket_check_read);

bool picket_check_write(const volatile void *memory, unsigned int size)
{
	return picket_shadow_check((uptr)memory, size, PICKET_ACCESS_WRITE, CALLER);
}
EXPORT_SYMBOL(picket_check_write);

#define check_read(memory, bytes)                                                                  \
	picket_shadow_check((uptr)(memory), bytes, PICKET_ACCESS_READ, CALLER)
#define check_write(memory, bytes)                                                                 \
	picket_shadow_check((uptr)(memory), bytes, PICKET_ACCESS_WRITE, CALLER)

PICKET_REDIRECT(_copy_from_user);
PICKET_REDIRECT(_copy_to_user);
PICKET_REDIRECT(strncpy_from_user);
PICKET_REDIRECT(copy_from_user_nofault);
PICKET_REDIRECT(copy_to_user_nofault);
PICKET_REDIRECT(_copy_from_iter);
PICKET_REDIRECT(_copy_to_iter);

unsigned long picket_kasan__copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	check_write(to, bytes);
	return _copy_from_user(to, from, bytes);
}

unsigned long picket_kasan__copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	check_read(from, bytes);
	return _copy_to_user(to, from, bytes);
}

long picket_kasan_strncpy_from_user(char *to, const char __user *from, long bytes)
{
	if (bytes > 0)
		check_write(to, bytes);
	return strncpy_from_user(to, from, bytes);
}

long picket_kasan_copy_from_user_nofault(void *to, const void __user *from, size_t bytes)
{
	check_write(to, bytes);
	return copy_from_user_nofault(to, from, bytes);
}

long picket_kasan_copy_to_user_nofault(void __user *to, const void *from, size_t bytes)
{
	check_read(from, bytes);
	return copy_to_user_nofault(to, from, bytes);
}

size_t picket_kasan__copy_from_iter(void *to, size_t bytes, struct iov_iter *from)
{
	check_write(to, bytes);
	return _copy_from_iter(to, bytes, from);
}

size_t picket_kasan__copy_to_iter(const void *from, size_t bytes, struct iov_iter *to)
{
	check_read(from, bytes);
	return _copy_to_iter(from, bytes, to);
}

/*
 * Copies of user memory that get memory of their own.
 */

PICKET_REDIRECT(memdup_user);
PICKET_REDIRECT(vmemdup_user);
PICKET_REDIRECT(memdup_user_nul);
PICKET_REDIRECT(strndup_user);

static void *fill(void *memory, const void __user *from, size_t bytes)
{
	if (!memory)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(memory, from, bytes)) {
		picket_kvfree(memory);
		return ERR_PTR(-EFAULT);
	}
	return memory;
}

void *picket_kasan_memdup_user(const void __user *from, size_t bytes)
{
	return fill(picket_alloc(bytes, GFP_USER | __GFP_NOWARN, NUMA_NO_NODE), from, bytes);
}

void *picket_kasan_vmemdup_user(const void __user *from, size_t bytes)
{
	return fill(picket_kvalloc(bytes, GFP_USER, NUMA_NO_NODE), from, bytes);
}

static char *end_string(char *copy, size_t bytes)
{
	if (!IS_ERR(copy))
		copy[bytes] = '\0';
	return copy;
}

void *picket_kasan_memdup_user_nul(const void __user *from, size_t bytes)
{
	void *memory = picket_alloc(bytes + 1, GFP_KERNEL, NUMA_NO_NODE);

	return end_string(fill(memory, from, bytes), bytes);
}

char *picket_kasan_strndup_user(const char __user *from, long bytes_max)
{
	long bytes = strnlen_user(from, bytes_max);

	if (!bytes)
		return ERR_PTR(-EFAULT);
	if (bytes > bytes_max)
		return ERR_PTR(-EINVAL);
	return end_string(picket_kasan_memdup_user(from, bytes), bytes - 1);
}
