/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* glibc since 2.35 has a table of loaded files that is read without a lock. */
#include "libc.h"

#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/single_threaded.h>
#include <unistd.h>

extern int __cxa_at_quick_exit(void (*function)(void *), void *library);

/* Where the program's file begins. Its table has the code only, if there are gaps before that. */
static picket_uptr program;

int picket_libc_find(const void *address, struct picket_loaded *loaded)
{
	struct dl_find_object found;
	bool is_program;

	if (_dl_find_object((void *)address, &found))
		return -1;
	is_program = program && (!found.dlfo_link_map->l_name || !found.dlfo_link_map->l_name[0]);
	*loaded = (struct picket_loaded){
		.start = is_program ? program : (picket_uptr)found.dlfo_map_start,
		.end = (picket_uptr)found.dlfo_map_end,
		.bias = found.dlfo_link_map->l_addr,
		.path = found.dlfo_link_map->l_name ? found.dlfo_link_map->l_name : "",
	};
	return 0;
}

void picket_libc_refresh(void)
{
	program = getauxval(AT_PHDR) & ~((picket_uptr)getpagesize() - 1);
}

bool picket_libc_is_alone(void)
{
	return __libc_single_threaded;
}

int picket_libc_at_quick_exit(void (*function)(void *unused))
{
	return __cxa_at_quick_exit(function, NULL);
}
