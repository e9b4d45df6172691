/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_SYMBOL_H
#define PICKET_SYMBOL_H

/**
 * picket_symbol_next() - the function of that name that the program would call without Picket:
 * by the dynamic linker's order, or in a static program by what it was linked with.
 *
 * Not for signal handlers; may allocate if there is no such function.
 * Return: NULL: there is none.
 */
void *picket_symbol_next(const char *name);

#endif
