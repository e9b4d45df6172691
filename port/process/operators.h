/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * All forms of C++ operator new and delete, by their mangled names (Itanium ABI, 64-bit size_t).
 *
 * PICKET_NEW(name, symbol, family, parameters, arguments, align)
 * PICKET_DELETE(name, symbol, family, parameters, size, align)
 */
#ifndef PICKET_OPERATORS_H
#define PICKET_OPERATORS_H

#include <stddef.h>

#define PICKET_NEWS                                                                                \
	PICKET_NEW(new, "_Znwm", NEW, (size_t size), (size), 0)                                    \
	PICKET_NEW(new_array, "_Znam", NEW_ARRAY, (size_t size), (size), 0)                        \
	PICKET_NEW(new_nothrow, "_ZnwmRKSt9nothrow_t", NEW, (size_t size, const void *nothrow),    \
		   (size, nothrow), 0)                                                             \
	PICKET_NEW(new_array_nothrow, "_ZnamRKSt9nothrow_t", NEW_ARRAY,                            \
		   (size_t size, const void *nothrow), (size, nothrow), 0)                         \
	PICKET_NEW(new_aligned, "_ZnwmSt11align_val_t", NEW_ALIGNED, (size_t size, size_t align),  \
		   (size, align), align)                                                           \
	PICKET_NEW(new_array_aligned, "_ZnamSt11align_val_t", NEW_ARRAY_ALIGNED,                   \
		   (size_t size, size_t align), (size, align), align)                              \
	PICKET_NEW(new_aligned_nothrow, "_ZnwmSt11align_val_tRKSt9nothrow_t", NEW_ALIGNED,         \
		   (size_t size, size_t align, const void *nothrow), (size, align, nothrow),       \
		   align)                                                                          \
	PICKET_NEW(new_array_aligned_nothrow, "_ZnamSt11align_val_tRKSt9nothrow_t",                \
		   NEW_ARRAY_ALIGNED, (size_t size, size_t align, const void *nothrow),            \
		   (size, align, nothrow), align)

#define PICKET_DELETES                                                                             \
	PICKET_DELETE(delete, "_ZdlPv", NEW, (void *address), (address), 0, 0)                     \
	PICKET_DELETE(delete_array, "_ZdaPv", NEW_ARRAY, (void *address), (address), 0, 0)         \
	PICKET_DELETE(delete_sized, "_ZdlPvm", NEW, (void *address, size_t size), (address, size), \
		      size, 0)                                                                     \
	PICKET_DELETE(delete_array_sized, "_ZdaPvm", NEW_ARRAY, (void *address, size_t size),      \
		      (address, size), size, 0)                                                    \
	PICKET_DELETE(delete_nothrow, "_ZdlPvRKSt9nothrow_t", NEW,                                 \
		      (void *address, const void *nothrow), (address, nothrow), 0, 0)              \
	PICKET_DELETE(delete_array_nothrow, "_ZdaPvRKSt9nothrow_t", NEW_ARRAY,                     \
		      (void *address, const void *nothrow), (address, nothrow), 0, 0)              \
	PICKET_DELETE(delete_aligned, "_ZdlPvSt11align_val_t", NEW_ALIGNED,                        \
		      (void *address, size_t align), (address, align), 0, align)                   \
	PICKET_DELETE(delete_array_aligned, "_ZdaPvSt11align_val_t", NEW_ARRAY_ALIGNED,            \
		      (void *address, size_t align), (address, align), 0, align)                   \
	PICKET_DELETE(delete_sized_aligned, "_ZdlPvmSt11align_val_t", NEW_ALIGNED,                 \
		      (void *address, size_t size, size_t align), (address, size, align), size,    \
		      align)                                                                       \
	PICKET_DELETE(delete_array_sized_aligned, "_ZdaPvmSt11align_val_t", NEW_ARRAY_ALIGNED,     \
		      (void *address, size_t size, size_t align), (address, size, align), size,    \
		      align)                                                                       \
	PICKET_DELETE(delete_aligned_nothrow, "_ZdlPvSt11align_val_tRKSt9nothrow_t", NEW_ALIGNED,  \
		      (void *address, size_t align, const void *nothrow),                          \
		      (address, align, nothrow), 0, align)                                         \
	PICKET_DELETE(delete_array_aligned_nothrow, "_ZdaPvSt11align_val_tRKSt9nothrow_t",         \
		      NEW_ARRAY_ALIGNED, (void *address, size_t align, const void *nothrow),       \
		      (address, align, nothrow), 0, align)

enum picket_operator {
#define PICKET_NEW(name, symbol, family, parameters, arguments, align) PICKET_OPERATOR_##name,
#define PICKET_DELETE(name, symbol, family, parameters, arguments, size, align)                    \
	PICKET_OPERATOR_##name,
	PICKET_NEWS PICKET_DELETES
#undef PICKET_NEW
#undef PICKET_DELETE
		PICKET_OPERATOR_COUNT
};

#define PICKET_OPERATOR_NEW_COUNT PICKET_OPERATOR_delete

/* What libstdc++ and libc++ do, without the detour through their calls of malloc and free. */
#define PICKET_NEW(name, symbol, family, parameters, arguments, align)                             \
	void *picket_standard_##name parameters;
PICKET_NEWS
#undef PICKET_NEW
void picket_standard_delete(void *address);

/** picket_operators_resolve() - fill picket_next.operators. Called while it is being resolved. */
void picket_operators_resolve(void);

#endif
