/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * musl lists loaded files only under its loader's lock, and never unloads one: so a list of our own
 * that only grows is right for ever, but for what was loaded since the last look.
 */
#include "libc.h"

#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define FILES_MAX 1024

static struct file {
	struct picket_loaded loaded;
	void *unwind_index;
} files[FILES_MAX];
static size_t file_count; /* grows when an entry is whole */
static bool growing;
static void (*quick_exit_function)(void *unused);

/*
 * That libgcc names these weakly, as glibc has them anyway: in a static program somebody else must
 * ask for them.
 */
static void *const needed[] __attribute__((used)) = {
	(void *)pthread_once,	    (void *)pthread_mutex_lock,	 (void *)pthread_mutex_unlock,
	(void *)pthread_key_create, (void *)pthread_getspecific, (void *)pthread_setspecific,
};

static const struct file *file_find(const void *address)
{
	size_t count = __atomic_load_n(&file_count, __ATOMIC_ACQUIRE);

	for (size_t i = 0; i < count; i++) {
		const struct picket_loaded *loaded = &files[i].loaded;

		if ((picket_uptr)address - loaded->start < loaded->end - loaded->start)
			return &files[i];
	}
	return NULL;
}

int picket_libc_find(const void *address, struct picket_loaded *loaded)
{
	const struct file *file = file_find(address);

	if (!file)
		return -1;
	*loaded = file->loaded;
	return 0;
}

static void take_segment(struct file *file, const ElfW(Phdr) * segment)
{
	struct picket_loaded *loaded = &file->loaded;
	picket_uptr start = loaded->bias + segment->p_vaddr;

	if (segment->p_type == PT_GNU_EH_FRAME)
		file->unwind_index = (void *)start;
	if (segment->p_type != PT_LOAD)
		return;
	if (start < loaded->start)
		loaded->start = start;
	if (start + segment->p_memsz > loaded->end)
		loaded->end = start + segment->p_memsz;
}

/* The program comes first; its name is what it was called by, or nothing. */
static int add(struct dl_phdr_info *info, size_t size, void *unused)
{
	struct file file = { .loaded = { .start = ~(picket_uptr)0, .bias = info->dlpi_addr } };

	(void)size;
	(void)unused;
	if (file_count == FILES_MAX)
		return 1;
	for (size_t i = 0; i < info->dlpi_phnum; i++)
		take_segment(&file, &info->dlpi_phdr[i]);
	if (!file.loaded.end || file_find((const void *)file.loaded.start))
		return 0;
	file.loaded.path = file_count && info->dlpi_name ? info->dlpi_name : "";
	files[file_count] = file;
	__atomic_store_n(&file_count, file_count + 1, __ATOMIC_RELEASE);
	return 0;
}

void picket_libc_refresh(void)
{
	if (__atomic_exchange_n(&growing, true, __ATOMIC_ACQUIRE))
		return;
	dl_iterate_phdr(add, NULL);
	__atomic_store_n(&growing, false, __ATOMIC_RELEASE);
}

/*
 * As glibc has it: a libgcc that was built for glibc asks this for unwind tables, and needs no lock
 * for them then. One for musl calls dl_iterate_phdr() instead.
 */
struct dl_find_object {
	unsigned long long flags;
	void *start;
	void *end;
	struct link_map *map;
	void *unwind_index;
	unsigned long long reserved[7];
};

int _dl_find_object(void *address, struct dl_find_object *found);

int _dl_find_object(void *address, struct dl_find_object *found)
{
	const struct file *file;

	if (!__atomic_load_n(&file_count, __ATOMIC_ACQUIRE))
		picket_libc_refresh();
	file = file_find(address);
	if (!file)
		return -1;
	*found = (struct dl_find_object){
		.start = (void *)file->loaded.start,
		.end = (void *)file->loaded.end,
		.unwind_index = file->unwind_index,
	};
	return 0;
}

/* It does not tell. */
bool picket_libc_is_alone(void)
{
	return false;
}

static void on_quick_exit(void)
{
	quick_exit_function(NULL);
}

int picket_libc_at_quick_exit(void (*function)(void *unused))
{
	quick_exit_function = function;
	return at_quick_exit(on_quick_exit);
}
