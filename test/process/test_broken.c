/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: a program that has hidden the headers of its own file, in which Picket
 * would look for the file's id when it samples and reports.
 */
#include "test/tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

static char *freed(void)
{
	char *object = malloc(40);

	memset(object, 'x', 40);
	free(object);
	__asm__ volatile("" : "+r"(object));
	return object;
}

int main(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *headers = (void *)(getauxval(AT_PHDR) & ~(page - 1));
	char *first = freed(), *second = freed();

	tap_ok(!mprotect(headers, page, PROT_NONE), "the headers are hidden");
	free(malloc(100));
	tap_ok(((volatile char *)first)[5] == 'x', "a bug has no effect");
	mprotect(headers, page, PROT_READ);
	tap_ok(((volatile char *)second)[5] == 'x', "nor has one when they are there");
	return tap_done();
}
