/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records as text in the kernel's log. */
#ifndef PICKET_LINUX_PRINTER_H
#define PICKET_LINUX_PRINTER_H

#include "../../../core/report/report.h"

#define PICKET_ADDRESS_BYTES 24

/**
 * picket_log_record() - print a report.
 * @style: its message() is the printer's, and address() if it has none. One report is printed at a
 *	time, so what these write to may be static.
 *
 * Any context; waits a bounded time for others. Where that is over the report is not printed, which
 * is counted.
 */
void picket_log_record(const struct picket_record *record, struct picket_text_style *style);

/** picket_log_refused() - reports that were not. */
u64 picket_log_refused(void);

/** picket_addresses_shown() - does the administrator let addresses stand in the log? */
bool picket_addresses_shown(void);

/**
 * picket_address_digits() - an address as the log shows it, as struct picket_text_style has it.
 * @digits: PICKET_ADDRESS_BYTES of the caller.
 */
const char *picket_address_digits(void *digits, u64 address);

#endif
