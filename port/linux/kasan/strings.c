/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions on memory and strings: what they read and write is checked, and the kernel's own do the
 * work. How much that is may depend on what is read, which then is read before it is checked.
 */
#define __NO_FORTIFY
#include "heap.h"
#include "redirect.h"

#include <linux/mm.h>
#include <linux/string.h>

#define CALLER ((uptr)__builtin_return_address(0))

void *__asan_memcpy(void *to, const void *from, size_t bytes);
void *__asan_memmove(void *to, const void *from, size_t bytes);
void *__asan_memset(void *to, int value, size_t bytes);

static void check_read(const void *memory, size_t bytes, uptr pc)
{
	picket_shadow_check((uptr)memory, bytes, PICKET_ACCESS_READ, pc);
}

static void check_write(const void *memory, size_t bytes, uptr pc)
{
	picket_shadow_check((uptr)memory, bytes, PICKET_ACCESS_WRITE, pc);
}

/* The string up to its end, or so many bytes of it. Return: its length. */
static size_t check_string(const char *string, size_t bytes_max, uptr pc)
{
	size_t length = strnlen(string, bytes_max);

	check_read(string, length < bytes_max ? length + 1 : length, pc);
	return length;
}

#define ALL ((size_t)INT_MAX) /* a longer string is none */

/*
 * Memory.
 */

PICKET_REDIRECT(memcpy);
PICKET_REDIRECT(memmove);
PICKET_REDIRECT(memset);
PICKET_REDIRECT(memcmp);
PICKET_REDIRECT(memchr);
PICKET_REDIRECT(memchr_inv);
PICKET_REDIRECT(memscan);

void *picket_kasan_memcpy(void *to, const void *from, size_t bytes)
{
	return __asan_memcpy(to, from, bytes);
}

void *picket_kasan_memmove(void *to, const void *from, size_t bytes)
{
	return __asan_memmove(to, from, bytes);
}

void *picket_kasan_memset(void *to, int value, size_t bytes)
{
	return __asan_memset(to, value, bytes);
}

int picket_kasan_memcmp(const void *a, const void *b, size_t bytes)
{
	check_read(a, bytes, CALLER);
	check_read(b, bytes, CALLER);
	return memcmp(a, b, bytes);
}

/* Up to where it is found is read, no further. */
void *picket_kasan_memchr(const void *memory, int byte, size_t bytes)
{
	void *found = memchr(memory, byte, bytes);

	check_read(memory, found ? found - memory + 1 : bytes, CALLER);
	return found;
}

void *picket_kasan_memchr_inv(const void *memory, int byte, size_t bytes)
{
	void *found = memchr_inv(memory, byte, bytes);

	check_read(memory, found ? found - memory + 1 : bytes, CALLER);
	return found;
}

void *picket_kasan_memscan(void *memory, int byte, size_t bytes)
{
	void *found = memscan(memory, byte, bytes);

	check_read(memory, min_t(size_t, found - memory + 1, bytes), CALLER);
	return found;
}

/*
 * Strings that are read.
 */

PICKET_REDIRECT(strlen);
PICKET_REDIRECT(strnlen);
PICKET_REDIRECT(strcmp);
PICKET_REDIRECT(strncmp);
PICKET_REDIRECT(strcasecmp);
PICKET_REDIRECT(strncasecmp);
PICKET_REDIRECT(strchr);
PICKET_REDIRECT(strchrnul);
PICKET_REDIRECT(strrchr);
PICKET_REDIRECT(strnchr);
PICKET_REDIRECT(strstr);
PICKET_REDIRECT(strnstr);
PICKET_REDIRECT(strspn);
PICKET_REDIRECT(strcspn);
PICKET_REDIRECT(strpbrk);

size_t picket_kasan_strlen(const char *string)
{
	return check_string(string, ALL, CALLER);
}

size_t picket_kasan_strnlen(const char *string, size_t bytes_max)
{
	return check_string(string, bytes_max, CALLER);
}

/* They are compared up to where they differ. */
static void check_compared(const char *a, const char *b, size_t bytes_max, uptr pc)
{
	size_t i = 0;

	while (i < bytes_max && a[i] == b[i] && a[i])
		i++;
	i = min(i + 1, bytes_max);
	check_read(a, i, pc);
	check_read(b, i, pc);
}

int picket_kasan_strcmp(const char *a, const char *b)
{
	check_compared(a, b, ALL, CALLER);
	return strcmp(a, b);
}

int picket_kasan_strncmp(const char *a, const char *b, size_t bytes_max)
{
	check_compared(a, b, bytes_max, CALLER);
	return strncmp(a, b, bytes_max);
}

int picket_kasan_strcasecmp(const char *a, const char *b)
{
	check_compared(a, b, ALL, CALLER);
	return strcasecmp(a, b);
}

int picket_kasan_strncasecmp(const char *a, const char *b, size_t bytes_max)
{
	check_compared(a, b, bytes_max, CALLER);
	return strncasecmp(a, b, bytes_max);
}

/* Up to where it is found. */
static char *check_found(const char *string, char *found, size_t bytes_max, uptr pc)
{
	if (found)
		check_read(string, found - string + 1, pc);
	else
		check_string(string, bytes_max, pc);
	return found;
}

char *picket_kasan_strchr(const char *string, int c)
{
	return check_found(string, strchr(string, c), ALL, CALLER);
}

char *picket_kasan_strchrnul(const char *string, int c)
{
	return check_found(string, strchrnul(string, c), ALL, CALLER);
}

char *picket_kasan_strrchr(const char *string, int c)
{
	check_string(string, ALL, CALLER);
	return strrchr(string, c);
}

char *picket_kasan_strnchr(const char *string, size_t bytes_max, int c)
{
	return check_found(string, strnchr(string, bytes_max, c), bytes_max, CALLER);
}

char *picket_kasan_strstr(const char *string, const char *part)
{
	check_string(string, ALL, CALLER);
	check_string(part, ALL, CALLER);
	return strstr(string, part);
}

char *picket_kasan_strnstr(const char *string, const char *part, size_t bytes_max)
{
	char *found = strnstr(string, part, bytes_max);

	check_string(part, ALL, CALLER);
	return check_found(string, found, bytes_max, CALLER);
}

size_t picket_kasan_strspn(const char *string, const char *accept)
{
	size_t length = strspn(string, accept);

	check_string(accept, ALL, CALLER);
	check_read(string, length + 1, CALLER);
	return length;
}

size_t picket_kasan_strcspn(const char *string, const char *reject)
{
	size_t length = strcspn(string, reject);

	check_string(reject, ALL, CALLER);
	check_read(string, length + 1, CALLER);
	return length;
}

char *picket_kasan_strpbrk(const char *string, const char *accept)
{
	check_string(accept, ALL, CALLER);
	return check_found(string, strpbrk(string, accept), ALL, CALLER);
}

/*
 * Strings that are written.
 */

PICKET_REDIRECT(strcpy);
PICKET_REDIRECT(strncpy);
PICKET_REDIRECT(strcat);
PICKET_REDIRECT(strncat);
PICKET_REDIRECT(strlcat);
PICKET_REDIRECT(strreplace);

char *picket_kasan_strcpy(char *to, const char *from)
{
	check_write(to, check_string(from, ALL, CALLER) + 1, CALLER);
	return strcpy(to, from);
}

char *picket_kasan_strncpy(char *to, const char *from, size_t bytes)
{
	check_string(from, bytes, CALLER);
	check_write(to, bytes, CALLER);
	return strncpy(to, from, bytes);
}

char *picket_kasan_strcat(char *to, const char *from)
{
	size_t length = check_string(to, ALL, CALLER);

	check_write(to + length, check_string(from, ALL, CALLER) + 1, CALLER);
	return strcat(to, from);
}

char *picket_kasan_strncat(char *to, const char *from, size_t bytes_max)
{
	size_t length = check_string(to, ALL, CALLER);

	check_write(to + length, check_string(from, bytes_max, CALLER) + 1, CALLER);
	return strncat(to, from, bytes_max);
}

size_t picket_kasan_strlcat(char *to, const char *from, size_t bytes)
{
	size_t length = check_string(to, bytes, CALLER);
	size_t added = check_string(from, ALL, CALLER);

	if (length < bytes)
		check_write(to + length, min(added + 1, bytes - length), CALLER);
	return strlcat(to, from, bytes);
}

#ifdef PICKET_HAVE_STRLCPY
PICKET_REDIRECT(strlcpy);

size_t picket_kasan_strlcpy(char *to, const char *from, size_t bytes)
{
	size_t length = check_string(from, ALL, CALLER);

	check_write(to, min(length + 1, bytes), CALLER);
	return strlcpy(to, from, bytes);
}
#endif

#ifdef PICKET_HAVE_SIZED_STRSCPY
#define STRSCPY sized_strscpy
#else
#define STRSCPY strscpy
PICKET_REDIRECT(strscpy_pad);

ssize_t picket_kasan_strscpy_pad(char *to, const char *from, size_t bytes)
{
	check_string(from, bytes, CALLER);
	check_write(to, bytes, CALLER);
	return strscpy_pad(to, from, bytes);
}
#endif

PICKET_DECLARE_EXPANDED(STRSCPY);

ssize_t PICKET_PASTED(picket_kasan_, STRSCPY)(char *to, const char *from, size_t bytes)
{
	size_t length = check_string(from, bytes, CALLER);

	check_write(to, min(length + 1, bytes), CALLER);
	return STRSCPY(to, from, bytes);
}

char *picket_kasan_strreplace(char *string, char old, char new)
{
	check_write(string, check_string(string, ALL, CALLER) + 1, CALLER);
	return strreplace(string, old, new);
}

/*
 * Text that is printed to memory. How much that is, is known behind.
 */

PICKET_REDIRECT(vsnprintf);
PICKET_REDIRECT(vscnprintf);
PICKET_REDIRECT(vsprintf);
PICKET_REDIRECT(snprintf);
PICKET_REDIRECT(scnprintf);
PICKET_REDIRECT(sprintf);

/* Return: the length of the whole text, of which what fits in was written. */
static int print_checked(char *to, size_t bytes, const char *format, va_list arguments, uptr pc)
{
	int length = vsnprintf(to, bytes, format, arguments);

	/* The kernel refuses to print to more. */
	if (bytes <= INT_MAX)
		check_write(to, min_t(size_t, length + 1, bytes), pc);
	return length;
}

int picket_kasan_vsnprintf(char *to, size_t bytes, const char *format, va_list arguments)
{
	return print_checked(to, bytes, format, arguments, CALLER);
}

/* The length of what was written. */
static int written(int length, size_t bytes)
{
	if (length < bytes)
		return length;
	return bytes ? bytes - 1 : 0;
}

int picket_kasan_vscnprintf(char *to, size_t bytes, const char *format, va_list arguments)
{
	return written(print_checked(to, bytes, format, arguments, CALLER), bytes);
}

int picket_kasan_vsprintf(char *to, const char *format, va_list arguments)
{
	return print_checked(to, ALL, format, arguments, CALLER);
}

int picket_kasan_snprintf(char *to, size_t bytes, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = print_checked(to, bytes, format, arguments, CALLER);
	va_end(arguments);
	return length;
}

int picket_kasan_scnprintf(char *to, size_t bytes, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = written(print_checked(to, bytes, format, arguments, CALLER), bytes);
	va_end(arguments);
	return length;
}

int picket_kasan_sprintf(char *to, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = print_checked(to, ALL, format, arguments, CALLER);
	va_end(arguments);
	return length;
}
