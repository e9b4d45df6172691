/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the situations of situations_set.c and situations_masks.c have in common. */
#ifndef SITUATIONS_H
#define SITUATIONS_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#define PAGE 4096u
#define AUTODISARM (1u << 31)

struct situation {
	const char *name; /* NULL: the table's end */
	void (*act)(void);
	int bugs;
};

extern const struct situation situations_set[], situations_masks[];

extern char *hidden;	  /* a page of the program's own that faults */
extern char *other_stack; /* below it is a hidden page */
extern size_t other_stack_bytes;
extern sigjmp_buf escape;
extern volatile int calls;
extern volatile int depth;

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_blocked(void);
void say_action(void);
void say_other_stack(void);

void bug(void);	  /* a late read: one report */
void fault(void); /* at the hidden page */
void try_fault(void);

/* Handlers: they say what they got, and then go back, or make the page accessible, or return. */
void leave(int number, siginfo_t *info, void *context);
void leave_plain(int number);
void leave_quietly(int number, siginfo_t *info, void *context);
void repair(int number, siginfo_t *info, void *context);
void note(int number, siginfo_t *info, void *context);
void say_fault(int number, const siginfo_t *info, const void *context);
bool on_other_stack(void);

void handle(void (*handler)(int, siginfo_t *, void *), unsigned int flags);
const char *name_of(const void *handler);
void use_other_stack(size_t bytes, unsigned int flags);

#endif
