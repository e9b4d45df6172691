/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The end of a command that waits for more: somebody interrupts it, or nobody reads any more. */
#ifndef PICKET_TOOL_INTERRUPT_H
#define PICKET_TOOL_INTERRUPT_H

/**
 * picket_interrupt_open() - have SIGINT and SIGTERM, and SIGHUP unless it is ignored, end the wait
 * and not the process. A second one ends the process.
 * Return: a descriptor that can be read, as poll() says, when a signal came or the other end of
 * standard output is closed; or a negative errno.
 */
int picket_interrupt_open(void);

#endif
