/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * <picket/picket.h> in a program whose malloc is Picket's: preloaded, linked, or linked statically,
 * with rate=1; with the argument "without" in one where there is no Picket.
 */
#define PICKET_OPTIONAL
#include <picket/picket.h>

#include "test/tap.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int heard;
static struct picket_record last;

static void hear(const struct picket_record *record, void *context)
{
	last = *record;
	++*(int *)context;
}

static char read_byte(const char *address)
{
	return *(volatile const char *)address;
}

static void test_running(void)
{
	tap_ok(picket_start && picket_handle_fault, "the functions are there");
	tap_ok(picket_is_running(), "a detector runs");
	tap_ok(picket_start("rate=7", 0) == -EALREADY, "and is not started twice");
}

static void test_objects(void)
{
	char *object = picket_alloc(40, 0), *page = picket_alloc(10, 4096), *sample = malloc(33);

	tap_ok(object && picket_is_guarded(object) && picket_is_guarded(object + 39),
	       "an object on purpose is guarded, to its last byte");
	tap_ok(!picket_is_guarded(object + 40) && picket_owns(object + 40), "and no further");
	tap_ok(picket_size(object) == 40 && !picket_size(object + 1), "its size, at its start");
	tap_ok(page && !((size_t)page & 4095), "one at a page's start");
	tap_ok(!picket_alloc(10, 24), "an alignment that there is not");
	tap_ok(!picket_alloc((size_t)1 << 30, 0), "a size that no slot has");
	tap_ok(picket_size(sample) == 33, "malloc's are guarded too");
	tap_ok(!picket_owns(&heard) && !picket_is_guarded(&heard) && !picket_size(&heard),
	       "a variable is not");
	tap_ok(picket_free(&heard) == -EINVAL, "and is not freed");
	free(object);
	tap_ok(!picket_is_guarded(object), "free() frees it");
	tap_ok(!picket_free(page) && !picket_free(sample), "picket_free() frees all");
	tap_ok(!heard, "and nothing is wrong with all that");
}

static void test_listener(void)
{
	static const struct picket_listener listener = { hear, &heard };
	char *object = picket_alloc(40, 0);

	tap_ok(!picket_listen(&listener), "a listener");
	object[7] = 'x';
	free(object);
	tap_ok(read_byte(object + 7) == 'x', "a use after free goes on");
	tap_ok(heard == 1 && last.bug == PICKET_BUG_USE_AFTER_FREE, "and is heard of");
	tap_ok(last.fault_address == (picket_uptr)object + 7, "with its address");
	tap_ok(picket_free(object) == -EINVAL && heard == 2 && last.bug == PICKET_BUG_DOUBLE_FREE,
	       "a second free is, too");
	tap_ok(!picket_listen(NULL) && picket_free(object) == -EINVAL && heard == 2,
	       "nobody listens any more");
}

static void test_statistics(void)
{
	struct picket_statistics statistics, more[2];
	void *object = picket_alloc(1, 0);

	memset(more, 0xff, sizeof(more));
	tap_ok(!picket_read_statistics(&statistics, sizeof(statistics)), "statistics");
	tap_ok(statistics.slots == 255 && statistics.guarded >= 4 && statistics.reports == 3,
	       "they count objects and reports");
	tap_ok(statistics.not_guarded >= 1, "and what got no slot");
	tap_ok(!picket_read_statistics(more, sizeof(more)) && !more[1].slots,
	       "a program that knows more of them");
	tap_ok(!picket_read_statistics(more, 8) && more[0].slots == 255 && more[0].live,
	       "one that knows less");
	free(object);
}

/* A change is noticed at the next look. */
static int guarded_of(int count)
{
	int guarded = 0;

	for (int i = 0; i < count; i++) {
		char *object = malloc(48);

		guarded += picket_is_guarded(object);
		free(object);
	}
	return guarded;
}

static void test_switch(void)
{
	tap_ok(guarded_of(100) == 100, "rate=1 guards all");
	tap_ok(!picket_switch(false), "off");
	guarded_of(10000);
	tap_ok(!guarded_of(1000), "and soon nothing is");
	tap_ok(picket_is_running() && picket_is_guarded(picket_alloc(1, 0)), "but on purpose");
	tap_ok(!picket_switch(true), "on");
	guarded_of(10000);
	tap_ok(guarded_of(100) == 100, "and all are again");
	tap_ok(picket_set_rate(1ull << 31) == -EINVAL, "a rate that there is not");
	tap_ok(!picket_set_rate(1ull << 30), "one that is hardly any");
	guarded_of(10000);
	tap_ok(!guarded_of(1000), "which takes none");
}

static sigjmp_buf out;
static bool was_ours;

static void on_fault(int number, siginfo_t *info, void *context)
{
	was_ours = picket_handle_fault(number, info, context);
	siglongjmp(out, 1);
}

static void test_foreign_fault(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	was_ours = true;
	sigaction(SIGSEGV, &action, NULL);
	if (!sigsetjmp(out, 1))
		read_byte((const char *)16);
	tap_ok(!was_ours, "a fault elsewhere is not Picket's");
}

static int without(void)
{
	tap_ok(!picket_start && !picket_alloc && !picket_listen && !picket_handle_fault &&
		       !picket_read_statistics,
	       "without Picket the functions are not there");
	return tap_done();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "without"))
		return without();
	test_running();
	test_objects();
	test_listener();
	test_statistics();
	test_switch();
	test_foreign_fault();
	return tap_done();
}
