/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A report may come from any context: with locks of the allocator or of a console held, in an
 * interrupt or an NMI. printk() stands that. What is ours here is held for one text at a time, and
 * nobody waits for it longer than WAIT_MS.
 */
#include "base.h"
#include "printer.h"
#include "kernel.h"
#include "symbols.h"

#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#define NOBODY (-1)
#define MESSAGE_BYTES 896 /* of one printk() that nobody cuts, but for its time */
#define WAIT_MS 1000	  /* a text takes half of that on a slow serial line */
#define WAIT_STEP_US 10

/* One report is printed at a time: lines of several would mix. */
static struct {
	int cpu; /* that prints, or NOBODY */
	const char *level;
	unsigned int used;
	char message[MESSAGE_BYTES];
	char address[PICKET_ADDRESS_BYTES];
	struct picket_symbol_names names;
} printer = { .cpu = NOBODY };

static u64 unprinted;

u64 picket_log_refused(void)
{
	return picket_load(&unprinted);
}

bool picket_addresses_shown(void)
{
	return picket_kernel.no_hash_pointers && *picket_kernel.no_hash_pointers;
}

/* printk()'s own rules: hashed, but for kernels that were told otherwise. */
const char *picket_address_digits(void *digits, u64 address)
{
	snprintf(digits, PICKET_ADDRESS_BYTES, "%p", (void *)(unsigned long)address);
	return digits;
}

static const char *digits_of(void *unused, u64 address)
{
	return picket_address_digits(printer.address, address);
}

static void print_message(void)
{
	if (printer.used)
		printk("%s%.*s", printer.level, (int)printer.used, printer.message);
	printer.used = 0;
}

static void begin_message(void *unused, bool heading)
{
	print_message();
	printer.level = heading ? KERN_ERR : KERN_DEFAULT;
}

static void add(void *unused, const char *bytes, uptr count)
{
	count = min_t(uptr, count, MESSAGE_BYTES - printer.used);
	memcpy(printer.message + printer.used, bytes, count);
	printer.used += count;
}

/* Interrupts are off where it succeeds. */
static bool printer_try(int *owner, unsigned long *flags)
{
	*owner = NOBODY;
	local_irq_save(*flags);
	if (__atomic_compare_exchange_n(&printer.cpu, owner, smp_processor_id(), false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return true;
	/* A bug struck in the midst of printing. */
	if (*owner == smp_processor_id())
		*owner = NOBODY;
	local_irq_restore(*flags);
	return false;
}

/*
 * Who prints may in its turn wait for this CPU, if that was interrupted while it drove a console;
 * so this one does not wait for ever.
 */
static bool printer_claim(unsigned long *flags)
{
	int waited_us, owner;

	for (waited_us = 0; waited_us < WAIT_MS * 1000; waited_us += WAIT_STEP_US) {
		if (printer_try(&owner, flags))
			return true;
		if (owner == NOBODY || in_nmi())
			return false;
		udelay(WAIT_STEP_US);
	}
	return false;
}

static void printer_release(unsigned long flags)
{
	__atomic_store_n(&printer.cpu, NOBODY, __ATOMIC_RELEASE);
	local_irq_restore(flags);
}

/* When the kernel dies, the other CPUs stand still, perhaps in the midst of printing. */
static void printer_seize(unsigned long *flags)
{
	local_irq_save(*flags);
	__atomic_store_n(&printer.cpu, smp_processor_id(), __ATOMIC_RELAXED);
	printer.used = 0;
}

static void render(const struct picket_record *record, const struct picket_text_style *style)
{
	const struct picket_symbols symbols = { picket_symbols_frames, &printer.names };
	const struct picket_output output = { .write = add };

	picket_render_text(record, style, &symbols, &output);
	print_message();
}

void picket_log_record(const struct picket_record *record, struct picket_text_style *style)
{
	unsigned long flags;

	if (!style->address)
		style->address = digits_of;
	style->message = begin_message;
	if (record->found == PICKET_FOUND_PANIC) {
		printer_seize(&flags);
	} else if (!printer_claim(&flags)) {
		picket_add(&unprinted, 1ull);
		return;
	}
	render(record, style);
	printer_release(flags);
}
