/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pages of the pool, by mmap and mprotect. Every failure is the caller's to survive. */
#include "runtime.h"

#include <errno.h>
#include <sys/mman.h>

#define HINT_MIN 0x100000000ull /* above what a 32-bit value can name by mistake */
#ifdef __x86_64__
#define HINT_SPAN 0x400000000000ull /* half of the 47 bits there are */
#else
#define HINT_SPAN 0x2000000000ull /* arm64 may have 39 bits only */
#endif

/*
 * At a random place of its own, far from the heap and the libraries: a pool that is hard to hit by
 * accident makes fewer wrong guesses about wild pointers.
 */
static void *map_hidden(struct picket_platform *platform, uptr size_bytes)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	u64 hint = HINT_MIN + picket_plat_random(platform) % HINT_SPAN;
	void *pool = mmap((void *)(uptr)(hint & ~0xfffffull), size_bytes, PROT_NONE, flags, -1, 0);

	if (pool == MAP_FAILED)
		pool = mmap(NULL, size_bytes, PROT_NONE, flags, -1, 0);
	return pool == MAP_FAILED ? NULL : pool;
}

void *picket_plat_reserve(struct picket_platform *platform, uptr size_bytes)
{
	void *pool = map_hidden(platform, size_bytes);

	/* A huge page would be split at once by the first slot. Refused where there are none. */
	if (pool)
		madvise(pool, size_bytes, MADV_NOHUGEPAGE);
	return pool;
}

void picket_plat_release(struct picket_platform *platform, void *pool, uptr size_bytes)
{
	(void)platform;
	munmap(pool, size_bytes);
}

void *picket_plat_metadata(struct picket_platform *platform, uptr size_bytes)
{
	void *memory =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)platform;
	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, size_bytes, MADV_NOHUGEPAGE);
	return memory;
}

void picket_plat_metadata_free(struct picket_platform *platform, void *memory, uptr size_bytes)
{
	picket_plat_release(platform, memory, size_bytes);
}

int picket_plat_hide(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	(void)platform;
	return mprotect((void *)address, size_bytes, PROT_NONE) ? -errno : 0;
}

int picket_plat_show(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	(void)platform;
	return mprotect((void *)address, size_bytes, PROT_READ | PROT_WRITE) ? -errno : 0;
}

void picket_plat_discard(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	(void)platform;
	madvise((void *)address, size_bytes, MADV_DONTNEED);
}
