/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The memory of the detector: how much of what the process has it may take. */
#include "runtime.h"
#include "system.h"

#include <sys/mman.h>
#include <sys/resource.h>

#define HINT_MIN 0x100000000ull /* above what a 32-bit value can name by mistake */
#ifdef __x86_64__
#define HINT_SPAN 0x400000000000ull /* half of the 47 bits there are */
#else
#define HINT_SPAN 0x2000000000ull /* arm64 may have 39 bits only */
#endif
#define MAPPINGS_USUAL 65530 /* where vm.max_map_count cannot be read */
#define MAPPINGS_SHARE 4     /* of them the pool may take one of so many */
#define OVERCOMMIT_NEVER 2

static u64 setting(const char *path, u64 unknown)
{
	int fd = system_open(path, O_RDONLY | O_CLOEXEC, 0);
	char digits[24];
	ssize_t length;
	u64 value = 0;

	if (fd < 0)
		return unknown;
	length = system_read(fd, digits, sizeof(digits));
	system_close(fd);
	for (ssize_t i = 0; i < length && digits[i] >= '0' && digits[i] <= '9'; i++)
		value = value * 10 + (u64)(digits[i] - '0');
	return length > 0 ? value : unknown;
}

static bool is_limited(int resource)
{
	struct rlimit limit;

	return !getrlimit(resource, &limit) && limit.rlim_cur != RLIM_INFINITY;
}

/* Where address space or writable memory is counted, untouched or not, it is the host's. */
static bool must_be_lean(void)
{
	return is_limited(RLIMIT_AS) || is_limited(RLIMIT_DATA) ||
	       setting("/proc/sys/vm/overcommit_memory", 0) == OVERCOMMIT_NEVER;
}

static u64 mappings_max(void)
{
	u64 wanted = picket_runtime.options.mappings;

	if (!wanted)
		wanted = setting("/proc/sys/vm/max_map_count", MAPPINGS_USUAL) / MAPPINGS_SHARE;
	return wanted;
}

/*
 * At a random place of its own, far from the heap and the libraries: a pool that is hard to hit by
 * accident makes fewer wrong guesses about wild pointers.
 */
void *picket_plat_reserve(struct picket_platform *platform, uptr size_bytes)
{
	u64 hint = (HINT_MIN + picket_plat_random(platform) % HINT_SPAN) & ~0xfffffull;

	if (picket_pages_reserve(&platform->pages, (uptr)hint, size_bytes, must_be_lean(),
				 mappings_max()))
		return NULL;
	return (void *)platform->pages.start;
}

void picket_plat_release(struct picket_platform *platform, void *pool, uptr size_bytes)
{
	(void)pool;
	(void)size_bytes;
	picket_pages_release(&platform->pages);
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
	(void)platform;
	munmap(memory, size_bytes);
}

int picket_plat_hide(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return picket_pages_hide(&platform->pages, address, size_bytes);
}

int picket_plat_show(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return picket_pages_show(&platform->pages, address, size_bytes);
}

int picket_plat_show_fresh(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	return picket_pages_show_fresh(&platform->pages, address, size_bytes);
}

void picket_plat_discard(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	picket_pages_discard(&platform->pages, address, size_bytes);
}
