/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Going through all symbols of the kernel at once. */
#ifndef PICKET_COMPAT_KALLSYMS_H
#define PICKET_COMPAT_KALLSYMS_H

struct module;

/* Called for each; stops with what is not 0. */
#ifdef PICKET_HAVE_SYMBOL_MODULE
#define PICKET_SYMBOL_VISITOR(name)                                                                \
	int name(void *context, const char *symbol, struct module *module, unsigned long address)
#else
#define PICKET_SYMBOL_VISITOR(name)                                                                \
	int name(void *context, const char *symbol, unsigned long address)
#endif

#endif
