/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The memory that one system call is given, as far as it lies in the pool. The kernel refuses a
 * hidden page with EFAULT or a short count, and no signal comes.
 *
 * What the kernel reads before it does anything else (a path, an address, the array of poll) is an
 * input: it may find out by itself, and is asked again once the bug is reported. For all else it
 * may notice too late, when a datagram is thrown away or a file half written: those pages are lent
 * to it before the call, and what it returns says whether it touched them. Only that is a bug; a
 * buffer that is shorter than its length says, but was long enough, is none.
 *
 * A function of calls.c goes so:
 *	picket_loans_begin()
 *	do	name all arguments; stop if picket_loans_settled(); call
 *	while (picket_loans_refused())
 *	picket_loans_end()
 *
 * Everything here is async-signal-safe, keeps errno and takes any pointer, as the kernel does.
 */
#ifndef PICKET_LOANS_H
#define PICKET_LOANS_H

#include "objects.h"

#include <sys/socket.h>
#include <sys/uio.h>

#define PICKET_LOANS_MAX 8

/* A piece of memory with hidden pages in it. */
struct picket_loan {
	picket_uptr address;
	picket_uptr bytes;
	picket_uptr hidden; /* the first byte that the host itself could not have touched */
	picket_u64 lent;    /* pages, see picket_guard_lend() */
	picket_uptr before; /* bytes of the transfer that go to other pieces first */
	picket_uptr unit;   /* bytes for each 1 that the call returns; 0: all, if it succeeds */
	const picket_u32 *actual; /* where the kernel tells the bytes; NULL: it returns them */
	long index;		  /* touched only if the call returns more than this */
	picket_u32 argument;
	picket_u32 access;
};

struct picket_loans {
	const char *call;
	const void *caller;
	int fd;	   /* of the transfer; -1: there is none */
	int error; /* errno of the call that was refused */
	picket_u32 round;
	picket_u32 count;
	picket_u32 reported; /* in this round */
	short late;	     /* what to poll for before a transfer is tried again; 0: nothing */
	struct picket_loan loans[PICKET_LOANS_MAX];
};

void picket_loans_begin(struct picket_loans *loans, const char *call, const void *caller);

/** picket_loans_input() - what the kernel reads first; with a second chance. */
void picket_loans_input(struct picket_loans *loans, picket_u32 argument, const void *address,
			size_t bytes);

/** picket_loans_path() - the same, up to a NUL. */
void picket_loans_path(struct picket_loans *loans, picket_u32 argument, const char *path);

/**
 * picket_loans_add() - what the kernel reads or writes if it succeeds.
 * @piece: its address, bytes, argument, access, and what of the rest is not zero.
 */
void picket_loans_add(struct picket_loans *loans, const struct picket_loan *piece);

/** picket_loans_name() - a buffer, and as the next argument its length, which comes back. */
void picket_loans_name(struct picket_loans *loans, picket_u32 argument, const void *address,
		       const socklen_t *length);

/** picket_loans_vector() - an array of buffers. */
void picket_loans_vector(struct picket_loans *loans, picket_u32 argument, enum picket_access access,
			 const struct iovec *vector, long count);

/** picket_loans_message() - of sendmsg (@access: READ) or recvmsg. */
void picket_loans_message(struct picket_loans *loans, picket_u32 argument,
			  enum picket_access access, const struct msghdr *message);

/** picket_loans_messages() - of sendmmsg or recvmmsg. */
void picket_loans_messages(struct picket_loans *loans, picket_u32 argument,
			   enum picket_access access, const struct mmsghdr *messages,
			   unsigned int count);

/** picket_loans_settled() - the call was refused, and nothing of the pool was the reason. */
bool picket_loans_settled(const struct picket_loans *loans);

/** picket_loans_refused() - shall the arguments be looked at once more? @failed: the call has. */
bool picket_loans_refused(struct picket_loans *loans, bool failed);

/** picket_loans_end() - report what was touched, and hide what was not. */
void picket_loans_end(struct picket_loans *loans, long result);

/** picket_loans_vector_owned() - does any of it lie in the pool? */
bool picket_loans_vector_owned(const struct iovec *vector, long count);
bool picket_loans_message_owned(const struct msghdr *message);
bool picket_loans_messages_owned(const struct mmsghdr *messages, unsigned int count);

#endif
