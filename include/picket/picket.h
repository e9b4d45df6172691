/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Picket from inside a program: start it, switch it, ask it, guard an object on purpose, hear of
 * bugs. The other public headers are
 *
 *	<picket/types.h>	fixed-width types that need no other header
 *	<picket/record.h>	one bug as plain data: struct picket_record and its enums
 *	<picket/embed.h>	for allocators that give some of their objects to Picket
 *
 * The first two hold declarations only. The functions below come to a program in one of three ways:
 *
 *	pkg-config picket		libpicket.so, linked or preloaded: it stands before malloc
 *					and runs before main(), as PICKET_OPTIONS says
 *	pkg-config picket-static	the same for programs linked with -static
 *	pkg-config picket-embed		libpicket.a: stands before nothing; the program starts it
 *
 * A program that is to run with and without Picket defines PICKET_OPTIONAL before it includes this:
 * the functions are weak then, and `if (picket_start)` asks whether they are there.
 *
 * Unless a function says otherwise, it may be called by any thread at any time, in signal handlers
 * too, and in a child after fork; it never waits, never allocates from the program's allocator and
 * keeps errno. Where no detector runs, each does nothing and says so by what it returns. Errors are
 * negative values of <errno.h>.
 */
#ifndef PICKET_H
#define PICKET_H

#include <picket/record.h>
#include <picket/types.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PICKET_VERSION_MAJOR 0
#define PICKET_VERSION_MINOR 1
#define PICKET_VERSION_PATCH 0
#define PICKET_VERSION "0.1.0"

#ifdef PICKET_OPTIONAL
#define PICKET_API __attribute__((weak))
#else
#define PICKET_API
#endif

/* For picket_start(): SIGSEGV stays the program's, whose handler calls picket_handle_fault(). */
#define PICKET_START_NO_HANDLER 1u

/**
 * picket_start() - start the detector of a program that is linked with libpicket.a.
 * @options: as in PICKET_OPTIONS; NULL: those of the environment, or the defaults. With interval=0
 *           no samples are taken, and objects are guarded that picket_alloc() is called for.
 * @flags:   0 or PICKET_START_NO_HANDLER.
 *
 * Takes SIGSEGV, with the program's handler behind Picket's for all other faults. If the program
 * sets one later, Picket's stands before that from the next sample on; until then it is alone, and
 * should call picket_handle_fault(). At exit the objects that are still alive are checked.
 *
 * Context: once, not in a signal handler; may be before main(). Samples are taken from then on.
 * Return: 0; -EALREADY: it was called before, or libpicket.so did it; -EINVAL: a flag or an option
 * is wrong, which one line on standard error names; -ENOMEM: no memory, signal or exit handler was
 * to be had; -ECANCELED: the environment is another user's (a set-user-id program), and @options is
 * NULL. After an error Picket stays off for good; the other functions may be called all the same.
 */
PICKET_API int picket_start(const char *options, unsigned int flags);

/** picket_is_running() - is there a detector in this process? It may be switched off. */
PICKET_API bool picket_is_running(void);

/**
 * picket_switch() - take samples, or none, from now on. Threads notice at their next look, some
 * thousand allocations later at most. Objects that are guarded stay so.
 *
 * Return: 0; -ENODEV: no detector runs.
 */
PICKET_API int picket_switch(bool on);

/**
 * picket_set_rate() - guard one of @rate allocations on average from now on; 0: one for each
 * interval, as the options say. Takes samples anew if they were switched off.
 *
 * Return: 0; -ENODEV: no detector runs; -EINVAL: above 2^30.
 */
PICKET_API int picket_set_rate(picket_u64 rate);

/* Counters since the start of this process's detector; a forked child goes on from its parent's. */
struct picket_statistics {
	picket_u64 slots;
	picket_u64 live; /* objects guarded now */
	picket_u64 live_max;
	picket_u64 seen;    /* allocations that could have been samples; lags by some thousands */
	picket_u64 passed;  /* of these chosen */
	picket_u64 guarded; /* objects that got a slot, chosen or by picket_alloc() */
	picket_u64 freed;
	picket_u64 not_guarded;	 /* wanted one and got none: too large, no slot, no memory ... */
	picket_u64 reports;	 /* bugs found */
	picket_u64 reports_lost; /* of these, how many nobody could be told of */
};

/**
 * picket_read_statistics() - copy the counters. Each is right, taken together they are no snapshot.
 * @bytes: sizeof(*statistics), by which a library knows what its program knows. If the program
 *         knows more, the rest is 0.
 *
 * Return: 0; -ENODEV: no detector runs, all are 0.
 */
PICKET_API int picket_read_statistics(struct picket_statistics *statistics, size_t bytes);

/**
 * picket_alloc() - a guarded object, without waiting for chance.
 * @size:  in bytes; 0 is an object that no byte may be touched of.
 * @align: a power of two up to the page size; 0: what C allows for objects of that size.
 *
 * The bytes are undefined. Objects live in the same slots as samples, 255 unless the options say
 * more: for what matters, not for everything.
 *
 * Return: the object; NULL: it cannot be guarded now (no detector, no slot, too large, too little
 * memory), and the program goes on with its own allocator.
 */
PICKET_API void *picket_alloc(size_t size, size_t align);

/**
 * picket_free() - free what may be a guarded object, of picket_alloc() or a sample. Where Picket
 * stands before malloc, free() does it too.
 *
 * Return: 0; -EINVAL: nothing was freed. Either the address is not Picket's, and the program's own
 * allocator is to be asked; or nothing there may be freed, which was reported. picket_owns() tells.
 */
PICKET_API int picket_free(void *address);

/** picket_owns() - does the address lie where Picket keeps its objects, in a live one or not? */
PICKET_API bool picket_owns(const void *address);

/** picket_is_guarded() - does the address lie in a live guarded object? */
PICKET_API bool picket_is_guarded(const void *address);

/** picket_size() - bytes of the live guarded object that starts there; 0 if there is none. */
PICKET_API size_t picket_size(const void *object);

struct picket_listener {
	/*
	 * A bug was found. In the context where it was: any thread, holding any lock of the
	 * program, in a signal handler; so only what is async-signal-safe, and it returns. Several
	 * threads may be here at once. The record is valid during the call only.
	 */
	void (*record)(const struct picket_record *record, void *context);
	void *context;
};

/**
 * picket_listen() - hear of each bug, before it is reported as the options say.
 * @listener: stays the caller's, and as it is, also for calls that are on their way when another
 *            takes its place. NULL: nobody listens.
 *
 * Return: 0; -ENODEV: no detector runs; it is heard once one was started.
 */
PICKET_API int picket_listen(const struct picket_listener *listener);

/**
 * picket_handle_fault() - for a SIGSEGV handler that Picket does not stand before.
 * @signal, @info, @context: as a handler with SA_SIGINFO gets them.
 *
 * Return: true: it was Picket's, was reported, and the handler returns: the instruction is repeated
 * and succeeds (or ends the process, with on_report=abort). False: nothing was done.
 */
PICKET_API bool picket_handle_fault(int signal, void *info, void *context);

#ifdef __cplusplus
}
#endif

#endif
