/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The checks that compilers call: before each access (outline), or after their own look at shadow
 * was bad (inline, "report"). A call for an aligned access of open memory is what costs, so it is
 * kept to one look at shadow, without a stack frame; whatever needs more is a tail call.
 *
 * Names end in _noabort, or not, as compilers are told.
 */
#include "state.h"

#define CALLER ((uptr)__builtin_return_address(0))

/* Within one granule, which may be open in part. */
static inline bool is_open_in_granule(uptr address, uptr bytes)
{
	uptr offset = address % PICKET_GRANULE_BYTES;
	u8 shade;

	if (bytes > PICKET_GRANULE_BYTES - offset || !picket_has_shadow(address))
		return false;
	shade = *picket_shadow_of(address);
	return !shade || (shade < PICKET_GRANULE_BYTES && offset + bytes <= shade);
}

/* The slow half, of accesses that are not aligned or not to open granules. */
PICKET_NO_CHECK __attribute__((__noinline__)) static void check_read(uptr address, uptr bytes,
								     uptr pc)
{
	if (!is_open_in_granule(address, bytes) && !picket_shadow_is_open(address, bytes))
		picket_shadow_report_access(address, bytes, PICKET_ACCESS_READ, pc);
}

PICKET_NO_CHECK __attribute__((__noinline__)) static void check_write(uptr address, uptr bytes,
								      uptr pc)
{
	if (!is_open_in_granule(address, bytes) && !picket_shadow_is_open(address, bytes))
		picket_shadow_report_access(address, bytes, PICKET_ACCESS_WRITE, pc);
}

/*
 * An aligned access of at most a granule lies in one. A granule's shadow of 1 ... 7 is looked at by
 * the slow half.
 */
static inline bool is_open_at_sight(uptr address, uptr bytes)
{
	if (address & (bytes - 1))
		return false;
	if (!picket_has_shadow(address))
		return false;
	if (bytes > PICKET_GRANULE_BYTES)
		return !*(const picket_shades2 *)picket_shadow_of(address);
	return !*picket_shadow_of(address);
}

#define DEFINE_ACCESS(name, bytes, check)                                                          \
	PICKET_NO_CHECK void name(void *address);                                                  \
	PICKET_NO_CHECK void name(void *address)                                                   \
	{                                                                                          \
		if (!is_open_at_sight((uptr)address, bytes))                                       \
			check((uptr)address, bytes, CALLER);                                       \
	}

#define DEFINE_RANGE(name, check)                                                                  \
	PICKET_NO_CHECK void name(void *address, picket_sptr bytes);                               \
	PICKET_NO_CHECK void name(void *address, picket_sptr bytes)                                \
	{                                                                                          \
		check((uptr)address, (uptr)bytes, CALLER);                                         \
	}

#define DEFINE_REPORT(name, bytes, access)                                                         \
	PICKET_NO_CHECK void name(void *address);                                                  \
	PICKET_NO_CHECK void name(void *address)                                                   \
	{                                                                                          \
		picket_shadow_report_access((uptr)address, bytes, access, CALLER);                 \
	}

#define DEFINE_REPORT_RANGE(name, access)                                                          \
	PICKET_NO_CHECK void name(void *address, picket_sptr bytes);                               \
	PICKET_NO_CHECK void name(void *address, picket_sptr bytes)                                \
	{                                                                                          \
		picket_shadow_report_access((uptr)address, (uptr)bytes, access, CALLER);           \
	}

#define DEFINE_SIZE(bytes, suffix)                                                                 \
	DEFINE_ACCESS(__asan_load##bytes##suffix, bytes, check_read)                               \
	DEFINE_ACCESS(__asan_store##bytes##suffix, bytes, check_write)                             \
	DEFINE_REPORT(__asan_report_load##bytes##suffix, bytes, PICKET_ACCESS_READ)                \
	DEFINE_REPORT(__asan_report_store##bytes##suffix, bytes, PICKET_ACCESS_WRITE)

#define DEFINE_ALL(suffix)                                                                         \
	DEFINE_SIZE(1, suffix)                                                                     \
	DEFINE_SIZE(2, suffix)                                                                     \
	DEFINE_SIZE(4, suffix)                                                                     \
	DEFINE_SIZE(8, suffix)                                                                     \
	DEFINE_SIZE(16, suffix)                                                                    \
	DEFINE_RANGE(__asan_loadN##suffix, check_read)                                             \
	DEFINE_RANGE(__asan_storeN##suffix, check_write)                                           \
	DEFINE_REPORT_RANGE(__asan_report_load_n##suffix, PICKET_ACCESS_READ)                      \
	DEFINE_REPORT_RANGE(__asan_report_store_n##suffix, PICKET_ACCESS_WRITE)

DEFINE_ALL(_noabort)
DEFINE_ALL()

/* Of the granules from first on, the first whose shadow is not 0; end if there is none. */
PICKET_NO_CHECK static const u8 *skip_open(const u8 *first, const u8 *end)
{
	while (first < end && (uptr)first % sizeof(u64)) {
		if (*first)
			return first;
		first++;
	}
	while (first + sizeof(u64) <= end && !*(const picket_shades8 *)first)
		first += sizeof(u64);
	while (first < end && !*first)
		first++;
	return first;
}

/* How many bytes from a granule's start may be accessed. */
static u32 open_bytes(u8 shade)
{
	if (!shade)
		return PICKET_GRANULE_BYTES;
	return shade < PICKET_GRANULE_BYTES ? shade : 0;
}

/* The same for a range whose shadow can be read. */
PICKET_NO_CHECK static bool first_bad_in_shadow(uptr address, uptr last, uptr *bad)
{
	const u8 *first = picket_shadow_of(address);
	const u8 *end = picket_shadow_of(last) + 1;
	const u8 *shadow = skip_open(first, end);
	uptr granule = (address & ~(uptr)(PICKET_GRANULE_BYTES - 1)) +
		       ((uptr)(shadow - first) << PICKET_SHADOW_SCALE);

	if (shadow == end)
		return false;
	*bad = granule + open_bytes(*shadow);
	if (*bad < address)
		*bad = address;
	return *bad <= last;
}

bool picket_shadow_first_bad(uptr address, uptr bytes, uptr *bad)
{
	uptr last = address + bytes - 1;

	if (!bytes)
		return false;
	*bad = address;
	if (picket_shadow_is_wrapped(address, bytes) || !picket_has_shadow(address))
		return true;
	if (picket_has_shadow(last))
		return first_bad_in_shadow(address, last, bad);
	*bad = last;
	return true;
}

bool picket_shadow_is_open(uptr address, uptr bytes)
{
	uptr bad;

	return picket_shadow_is_open_short(address, bytes) ||
	       !picket_shadow_first_bad(address, bytes, &bad);
}

bool picket_shadow_check(uptr address, uptr bytes, enum picket_access access, uptr pc)
{
	uptr bad;

	if (picket_shadow_is_open_short(address, bytes) ||
	    !picket_shadow_first_bad(address, bytes, &bad))
		return true;
	picket_shadow_report_access(address, bytes, access, pc ? pc : CALLER);
	return false;
}
