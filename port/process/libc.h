/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What C libraries do not have in common: libc_glibc.c, libc_musl.c. */
#ifndef PICKET_LIBC_H
#define PICKET_LIBC_H

#include <picket/types.h>

#include <stdbool.h>

/* A file that is mapped to run from. */
struct picket_loaded {
	picket_uptr start; /* where its first byte is */
	picket_uptr end;
	picket_uptr bias; /* address minus the file's own address */
	const char *path; /* "" for the program itself */
};

/**
 * picket_libc_find() - the loaded file that an address lies in. Async-signal-safe; takes no lock.
 *
 * Return: 0; -1: there is none, or it is not known yet.
 */
int picket_libc_find(const void *address, struct picket_loaded *loaded);

/** picket_libc_refresh() - learn of files that were loaded lately. Not for signal handlers. */
void picket_libc_refresh(void);

/**
 * picket_libc_is_alone() - has the process one thread, as far as its C library knows? What another
 * thread could see in between may then be done in fewer steps.
 */
bool picket_libc_is_alone(void);

/** picket_libc_at_quick_exit() - @return 0, or something else if it cannot be. */
int picket_libc_at_quick_exit(void (*function)(void *unused));

#endif
