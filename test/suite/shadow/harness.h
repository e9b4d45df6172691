/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The conformance suite of a shadow detector: what a case may use of its port. Cases are compiled
 * with the compiler's checks, the port's functions below as the port likes. Names that a kernel
 * knows behave as they do there. No header of any library is needed.
 *
 * A case asks for each report with sh_expect(); when it ends, nothing else may have been reported.
 */
#ifndef PICKET_TEST_SHADOW_HARNESS_H
#define PICKET_TEST_SHADOW_HARNESS_H

#include <picket/record.h>

/* What a case needs. A port that does not offer it skips the case; runner.c has the reasons. */
#define SH_NEEDS_TAGS 0x1u	   /* pointers carry tags */
#define SH_NEEDS_PAGE_REDZONE 0x2u /* pages have redzones */
#define SH_NEEDS_PAGES 0x4u	   /* freed pages are poisoned */
#define SH_NEEDS_MEMPOOL 0x8u	   /* elements of pools are poisoned while nobody has them */
#define SH_NEEDS_RCU_DEBUG 0x10u   /* frees of SLAB_TYPESAFE_BY_RCU caches wait and then poison */
#define SH_NEEDS_CACHE_CHECK 0x20u /* a second destroy of a cache is seen */
#define SH_NEEDS_ROUND_TRIP 0x40u  /* sh_via_page(), sh_via_phys() */
#define SH_NEEDS_RUST 0x80u	   /* code in Rust */
#define SH_NEEDS_NOFAULT 0x100u	   /* copies by copy_to_kernel_nofault() are checked */
#define SH_NEEDS_JUMPS 0x200u	   /* sh_jump_over() */
#define SH_NEEDS_USER 0x400u	   /* sh_user_copies */
#define SH_NEEDS_TASKS 0x800u	   /* sh_after_grace(), sh_work() */
#define SH_IS_LONG 0x1000u	   /* makes thousands of reports */
#define SH_NEEDS_MAP_ACCOUNTS 0x2000u /* sh_vmalloc_shadow_bytes() */

struct sh_case {
	const char *name;
	void (*run)(void);
	picket_u32 needs;
};

#define SH_CASE(function, needs)                                                                   \
	{                                                                                          \
#function, function, needs                                                         \
	}
#define SH_CASES_END                                                                               \
	{                                                                                          \
		0, 0, 0                                                                            \
	}

extern const struct sh_case *const sh_suite[]; /* tables, each ended by SH_CASES_END */

/* The compiler knows nothing any more of this variable's value. */
#define sh_hide(variable) __asm__("" : "=r"(variable) : "0"(variable))
/* Everything in memory may have been read and changed. */
#define sh_barrier() __asm__ __volatile__("" : : : "memory")
/* A value that the compiler cannot see through. */
#define sh_opaque(value)                                                                           \
	({                                                                                         \
		__typeof__(value) opaque_ = (value);                                               \
		sh_hide(opaque_);                                                                  \
		opaque_;                                                                           \
	})
#define sh_noinline __attribute__((__noinline__))
#define sh_round_up(value, to) (((value) + (to)-1) / (to) * (to))

/* Loads and stores that stay where they are. */
#define sh_read(pointer) ((void)*(const volatile __typeof__(*(pointer)) *)(pointer))
#define sh_write(pointer, value) ((void)(*(volatile __typeof__(*(pointer)) *)(pointer) = (value)))

/*
 * sh_expect() - these statements make exactly one report, and it says this. UNKNOWN and a size of 0
 * mean that it may say anything.
 */
#define sh_expect(bug, region, access, bytes, ...)                                                 \
	sh_expect_count(PICKET_BUG_##bug, PICKET_REGION_##region, PICKET_ACCESS_##access, bytes,   \
			1, __VA_ARGS__)

/* sh_expect_some() - at least one: for what may touch memory more than once. */
#define sh_expect_some(bug, region, ...)                                                           \
	sh_expect_count(PICKET_BUG_##bug, PICKET_REGION_##region, PICKET_ACCESS_UNKNOWN, 0, 0,     \
			__VA_ARGS__)

/* sh_expect_copy() - of a whole struct. Compilers may check it, and then call memcpy() for it. */
#define sh_expect_copy(bug, access, to, from)                                                      \
	sh_expect_count(PICKET_BUG_##bug, PICKET_REGION_HEAP, PICKET_ACCESS_##access, sizeof(to),  \
			0, to = from)

#define sh_expect_count(bug, region, access, bytes, count, ...)                                    \
	do {                                                                                       \
		sh_watch();                                                                        \
		sh_barrier();                                                                      \
		__VA_ARGS__;                                                                       \
		sh_barrier();                                                                      \
		sh_reported_at(bug, region, access, bytes, count, #__VA_ARGS__, __FILE__,          \
			       __LINE__);                                                          \
	} while (0)

/* sh_silent() - these statements make no report. */
#define sh_silent(...)                                                                             \
	do {                                                                                       \
		sh_barrier();                                                                      \
		__VA_ARGS__;                                                                       \
		sh_barrier();                                                                      \
		sh_silent_at(#__VA_ARGS__, __FILE__, __LINE__);                                    \
	} while (0)

/* sh_check() - fail the case unless the condition holds. Return: whether it holds. */
#define sh_check(condition) sh_check_at(!!(condition), #condition, __FILE__, __LINE__)

void sh_watch(void);
void sh_reported_at(enum picket_bug bug, enum picket_region region, enum picket_access access,
		    picket_uptr bytes, picket_u32 count, const char *text, const char *file,
		    int line);
void sh_silent_at(const char *text, const char *file, int line);
int sh_check_at(int good, const char *text, const char *file, int line);

/** sh_reports() - how many there were since the case began; those that it counts are asked for. */
picket_u32 sh_reports(void);

/** sh_last() - the last report; all zero: there is none. */
const struct picket_record *sh_last(void);

/** sh_note() - what the case does now, for the line that says why it failed. */
void sh_note(const char *what);

/** sh_names() - does a name in a record, which may have a line number behind it, equal this? */
int sh_names(const char *recorded, const char *name);

/*
 * What follows is the port's.
 */

/** sh_in_report() - have the port call it within the next report, before that is delivered. */
void sh_in_report(void (*function)(void *), void *argument);

/* Heap. */
void *sh_kmalloc(picket_uptr bytes);
void *sh_kzalloc(picket_uptr bytes);
void *sh_kmalloc_node(picket_uptr bytes);
void *sh_kmalloc_track_caller(picket_uptr bytes);
void *sh_krealloc(void *object, picket_uptr bytes);
void sh_kfree(const void *object);
void sh_kfree_sensitive(const void *object);
picket_uptr sh_ksize(const void *object);
/** sh_slab_max() - objects of more bytes have pages of their own. */
picket_uptr sh_slab_max(void);
/** sh_via_page(), sh_via_phys() - the same address, by way of its page. */
void *sh_via_page(void *object);
void *sh_via_phys(void *object);

/* Caches. */
#define SH_CACHE_BY_RCU 0x1u
#define SH_CACHE_ACCOUNTED 0x2u

struct sh_cache;
struct sh_cache *sh_cache_create(const char *name, picket_uptr bytes, picket_u32 flags,
				 void (*constructor)(void *));
void sh_cache_destroy(struct sh_cache *cache);
void *sh_cache_alloc(struct sh_cache *cache);
void sh_cache_free(struct sh_cache *cache, void *object);
int sh_cache_alloc_bulk(struct sh_cache *cache, picket_u32 count, void **objects);
void sh_cache_free_bulk(struct sh_cache *cache, picket_u32 count, void **objects);

/* Pools of preallocated elements: SH_NEEDS_MEMPOOL. */
enum sh_pool_kind { SH_POOL_KMALLOC, SH_POOL_SLAB, SH_POOL_PAGES };

struct sh_mempool;
struct sh_mempool *sh_mempool_create(enum sh_pool_kind kind, picket_u32 count, picket_uptr bytes);
void sh_mempool_destroy(struct sh_mempool *pool);
void *sh_mempool_alloc(struct sh_mempool *pool);
void sh_mempool_free(struct sh_mempool *pool, void *element);

/* Pages and mapped areas. */
picket_uptr sh_page_bytes(void);
void *sh_pages_alloc(picket_u32 order);
void sh_pages_free(void *pages, picket_u32 order);
void *sh_vmalloc(picket_uptr bytes);
void *sh_vrealloc(void *area, picket_uptr bytes);
void sh_vfree(const void *area);
/**
 * sh_vmalloc_shadow_bytes() - purge the areas that were freed, if the port can.
 * Return: how much memory is behind the shadow of areas then; 0: it is not counted.
 */
picket_uptr sh_vmalloc_shadow_bytes(void);

/** sh_foreign() - memory that nobody ever told the detector about. */
void *sh_foreign(picket_uptr bytes);

/* Later. SH_NEEDS_TASKS. */
/** sh_after_grace() - call it when nobody can be a reader any more, and wait for that. */
void sh_after_grace(void (*function)(void *), void *argument);
/** sh_work() - have another task call it, and wait for that. */
void sh_work(void (*function)(void *), void *argument);

/* Stacks. */
/** sh_jump_over() - call a function that does not return, but calls sh_jump_back(). */
void sh_jump_over(void (*function)(void));
void sh_jump_back(void) __attribute__((noreturn));
/** sh_on_stack() - call it with so many bytes of the stack that no compiler checks. */
void sh_on_stack(picket_uptr bytes, void (*function)(char *memory, picket_uptr bytes));

/* Operations that touch memory: lists, each ended by one without name. */
struct sh_operation {
	const char *name;
	void (*run)(void *memory, picket_uptr value);
};

extern const struct sh_operation sh_bit_operations[]; /* on bit number value of memory */
extern const struct sh_operation sh_atomics[];	      /* on 4 or 8 bytes */
extern const struct sh_operation sh_user_copies[];    /* of value bytes, from and to user space */

/* Strings and memory. */
void *sh_memchr(const void *memory, int byte, picket_uptr bytes);
int sh_memcmp(const void *one, const void *other, picket_uptr bytes);
char *sh_strchr(const char *text, int byte);
char *sh_strrchr(const char *text, int byte);
int sh_strcmp(const char *one, const char *other);
int sh_strncmp(const char *one, const char *other, picket_uptr bytes);
picket_uptr sh_strlen(const char *text);
picket_uptr sh_strnlen(const char *text, picket_uptr bytes);

void *memcpy(void *to, const void *from, __SIZE_TYPE__ bytes);
void *memmove(void *to, const void *from, __SIZE_TYPE__ bytes);
void *memset(void *memory, int byte, __SIZE_TYPE__ bytes);

/* An object that is not the first of its slab: what lies before a slab is not ours to watch. */
static inline void *sh_kmalloc_inside(picket_uptr bytes)
{
	char *first = sh_kmalloc(bytes);
	char *object = first;

	while (object && (picket_uptr)object % sh_page_bytes() == 0) {
		object = sh_kmalloc(bytes);
		sh_kfree(first);
		first = object;
	}
	return object;
}

#endif
