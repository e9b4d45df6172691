/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The compilers' entry points, which the core defines. Their types are of no account here. */
#include <linux/export.h>

#define ENTRY(name)                                                                                \
	void name(void);                                                                           \
	EXPORT_SYMBOL_GPL(name)

#define ENTRY_BOTH(name)                                                                           \
	ENTRY(name);                                                                               \
	ENTRY(name##_noabort)

#define ENTRIES_OF_SIZES(name)                                                                     \
	ENTRY_BOTH(name##1);                                                                       \
	ENTRY_BOTH(name##2);                                                                       \
	ENTRY_BOTH(name##4);                                                                       \
	ENTRY_BOTH(name##8);                                                                       \
	ENTRY_BOTH(name##16)

ENTRIES_OF_SIZES(__asan_load);
ENTRIES_OF_SIZES(__asan_store);
ENTRIES_OF_SIZES(__asan_report_load);
ENTRIES_OF_SIZES(__asan_report_store);
ENTRY_BOTH(__asan_loadN);
ENTRY_BOTH(__asan_storeN);
ENTRY_BOTH(__asan_report_load_n);
ENTRY_BOTH(__asan_report_store_n);

ENTRY(__asan_memcpy);
ENTRY(__asan_memmove);
ENTRY(__asan_memset);
ENTRY(__hwasan_memcpy);
ENTRY(__hwasan_memmove);
ENTRY(__hwasan_memset);

ENTRY(__asan_handle_no_return);
ENTRY(__asan_alloca_poison);
ENTRY(__asan_allocas_unpoison);
ENTRY(__asan_poison_stack_memory);
ENTRY(__asan_unpoison_stack_memory);
ENTRY(__asan_set_shadow_00);
ENTRY(__asan_set_shadow_f1);
ENTRY(__asan_set_shadow_f2);
ENTRY(__asan_set_shadow_f3);
ENTRY(__asan_set_shadow_f5);
ENTRY(__asan_set_shadow_f8);

ENTRY(__asan_register_globals);
ENTRY(__asan_unregister_globals);
