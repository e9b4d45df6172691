/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where we enter the kernel's own functions, for as long as we are loaded. */
#ifndef PICKET_LINUX_HOOKS_H
#define PICKET_LINUX_HOOKS_H

/**
 * picket_hooks_install() - enter the functions that must know guarded objects.
 *
 * Context: may sleep. The pool is there and no object is in it yet.
 * Return: 0; an error after naming the function in the log, and then nothing is hooked.
 */
int picket_hooks_install(void);

/** picket_hooks_install_alloc() - enter the allocating functions too. As above. */
int picket_hooks_install_alloc(void);

/** picket_hooks_remove_alloc() - leave the allocating functions; no more objects after that. */
void picket_hooks_remove_alloc(void);

/**
 * picket_hooks_remove() - leave the others.
 *
 * No task is inside a hook when it returns. Context: may sleep for long.
 */
void picket_hooks_remove(void);

#endif
