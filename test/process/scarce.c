/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A preloaded library that makes memory scarce, for Picket alone: of its calls of mmap, mprotect,
 * madvise and mremap some are refused. The program sees nothing of it.
 *
 * SCARCE=WORD[,WORD...]:
 *	old		the kernel has no guard regions
 *	new		it has them: they are made of mprotect() where it has none
 *	mmap, mprotect, madvise, mremap, guard	refused; guard: MADV_GUARD_INSTALL and _REMOVE
 *	some=N		of what is named above after this only one in N, at random
 *	seed=N		of that randomness
 *	later		not before the program says so, by calling scarce(true)
 *	rest		who first hides a page by mprotect() rests then, until scarce(false)
 */
/* off_t has 64 bits anyway, and mmap must be mmap. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define GUARD_INSTALL 102
#define GUARD_REMOVE 103
#define PAGE 4096u
#define POOL_PAGES 65536

enum { MMAP, MPROTECT, MADVISE, MREMAP, GUARD, KINDS };

static struct {
	bool ready, active, old, made, rest;
	unsigned int refuse[KINDS]; /* one in so many; 0: none */
	uint64_t random;
} setting;

EXPORT bool scarce_resting; /* a thread is, or was */

EXPORT void scarce(bool on)
{
	__atomic_store_n(&setting.active, on, __ATOMIC_RELEASE);
}

static void rest(void)
{
	if (__atomic_exchange_n(&scarce_resting, true, __ATOMIC_ACQ_REL))
		return;
	while (__atomic_load_n(&setting.active, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void read_word(const char *word, unsigned int *some)
{
	static const char *const names[KINDS] = { "mmap", "mprotect", "madvise", "mremap",
						  "guard" };

	if (!strncmp(word, "some=", 5))
		*some = (unsigned int)atoi(word + 5);
	else if (!strncmp(word, "seed=", 5))
		setting.random = strtoull(word + 5, NULL, 0);
	else if (!strcmp(word, "later"))
		setting.active = false;
	else if (!strcmp(word, "old"))
		setting.old = true;
	else if (!strcmp(word, "new"))
		setting.made = true;
	else if (!strcmp(word, "rest"))
		setting.rest = true;
	for (int kind = 0; kind < KINDS; kind++)
		if (!strcmp(word, names[kind]))
			setting.refuse[kind] = *some;
}

/* Before libpicket.so starts, and without the allocator that it stands before. */
static void start(void)
{
	static char words[256];
	const char *given = getenv("SCARCE");
	unsigned int some = 1;
	void *page;

	setting.ready = true;
	setting.active = true;
	strncpy(words, given ? given : "", sizeof(words) - 1);
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ","))
		read_word(word, &some);
	page = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (setting.made && !syscall(SYS_madvise, page, 4096, GUARD_INSTALL))
		setting.made = false;
	syscall(SYS_munmap, page, 4096);
}

static bool is_picket(const void *caller)
{
	struct dl_find_object found;

	return !_dl_find_object((void *)caller, &found) &&
	       strstr(found.dlfo_link_map->l_name, "/libpicket.so");
}

static bool is_refused(int kind, const void *caller)
{
	uint64_t random;

	if (!setting.ready)
		start();
	if (!setting.active || !setting.refuse[kind] || !is_picket(caller))
		return false;
	random = __atomic_add_fetch(&setting.random, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
	random = (random ^ random >> 30) * 0xbf58476d1ce4e5b9u;
	random = (random ^ random >> 27) * 0x94d049bb133111ebu;
	return (random ^ random >> 31) % setting.refuse[kind] == 0;
}

/* Those of the pool that "new" has made. Whatever else is asked for, they are hidden. */
static char *pool;
static bool guarded[POOL_PAGES];

static bool *guarded_at(const char *address)
{
	size_t page = (size_t)(address - pool) / PAGE;

	return pool && page < POOL_PAGES ? &guarded[page] : NULL;
}

static void set_guarded(char *address, size_t size, bool on)
{
	for (size_t at = 0; at < size; at += PAGE) {
		bool *each = guarded_at(address + at);

		if (each)
			__atomic_store_n(each, on, __ATOMIC_RELAXED);
	}
}

static int protect(char *address, size_t size, int protection)
{
	for (size_t at = 0; at < size; at += PAGE) {
		const bool *each = guarded_at(address + at);

		if ((!each || !__atomic_load_n(each, __ATOMIC_RELAXED)) &&
		    syscall(SYS_mprotect, address + at, PAGE, protection))
			return -1;
	}
	return 0;
}

EXPORT void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (is_refused(MMAP, CALLER)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	if (flags & MAP_FIXED)
		set_guarded(address, size, false);
	return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}

EXPORT void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

EXPORT int mprotect(void *address, size_t size, int protection)
{
	int error;

	if (is_refused(MPROTECT, CALLER)) {
		errno = ENOMEM;
		return -1;
	}
	error = pool ? protect(address, size, protection) :
		       (int)syscall(SYS_mprotect, address, size, protection);
	if (setting.rest && setting.active && protection == PROT_NONE && is_picket(CALLER))
		rest();
	return error;
}

/* What a guard region does: the content goes, and every access faults. */
static int guard(void *address, size_t size, bool install)
{
	if (!pool)
		pool = address;
	if (install)
		syscall(SYS_madvise, address, size, MADV_DONTNEED);
	set_guarded(address, size, install);
	return (int)syscall(SYS_mprotect, address, size,
			    install ? PROT_NONE : PROT_READ | PROT_WRITE);
}

EXPORT int madvise(void *address, size_t size, int advice)
{
	bool guards = advice == GUARD_INSTALL || advice == GUARD_REMOVE;

	if (is_refused(guards ? GUARD : MADVISE, CALLER)) {
		errno = ENOMEM;
		return -1;
	}
	if (guards && setting.old) {
		errno = EINVAL;
		return -1;
	}
	if (guards && setting.made)
		return guard(address, size, advice == GUARD_INSTALL);
	return (int)syscall(SYS_madvise, address, size, advice);
}

EXPORT void *mremap(void *from, size_t old_size, size_t size, int flags, ...)
{
	va_list more;
	void *to;

	va_start(more, flags);
	to = flags & MREMAP_FIXED ? va_arg(more, void *) : NULL;
	va_end(more);
	if (is_refused(MREMAP, CALLER)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	if (to)
		set_guarded(to, size, false);
	return (void *)syscall(SYS_mremap, from, old_size, size, flags, to);
}
