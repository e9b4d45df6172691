/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A probe stands behind the call that tracers use, where the stack and the arguments are as at the
 * function's start; at the start itself kprobes would make a tracer's hook of it, which costs all
 * the time. Its handler does what the trampolines do, but in the breakpoint's context: interrupts
 * are off, and preempt_count() looks like an NMI's.
 *
 * Arming and disarming write to the kernel's code and may sleep, so a worker does them. From an
 * allocation it cannot be called at once, as that may hold any lock: irq_work carries the request.
 */
#include "module.h"
#include "imports.h"
#include "probes.h"

#include <linux/ftrace.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#define PROBES_MAX 16
#define ROUNDS 3
#define SHARE 10 /* of the time at most one in so many is spent with arming and disarming */

struct probe {
	struct kprobe kprobe;
	picket_handler handler;
};

u64 picket_probes_failed;

static struct probe probes[PROBES_MAX];
static unsigned int probe_count;
static bool armed; /* the worker's */
static u32 spacing_us;
static DEFINE_PER_CPU(struct pt_regs *, interrupted);

static void arm(void)
{
	unsigned int i;

	for (i = 0; i < probe_count; i++)
		if (enable_kprobe(&probes[i].kprobe))
			__atomic_fetch_add(&picket_probes_failed, 1, __ATOMIC_RELAXED);
	armed = true;
}

static void disarm(void)
{
	unsigned int i;

	for (i = 0; i < probe_count; i++)
		disable_kprobe(&probes[i].kprobe);
	armed = false;
}

static void adjust(struct work_struct *work)
{
	bool due = READ_ONCE(picket_samples) > 0;

	if (due && !armed)
		arm();
	else if (!due && armed)
		disarm();
}

static DECLARE_WORK(worker, adjust);

static void call_worker(struct irq_work *unused)
{
	queue_work(system_highpri_wq, &worker);
}

static DEFINE_IRQ_WORK(request, call_worker);

void picket_probes_update(void)
{
	if (probe_count)
		irq_work_queue(&request);
}

u32 picket_probes_spacing_us(void)
{
	return spacing_us;
}

struct pt_regs *picket_probes_interrupted(void)
{
	return probe_count ? this_cpu_read(interrupted) : NULL;
}

/* To the function's caller, as if the function had returned the value. */
static void return_value(struct pt_regs *regs, unsigned long value)
{
	regs->ax = value;
	regs->ip = *(unsigned long *)regs->sp;
	regs->sp += sizeof(unsigned long);
}

/* Return: 1: the function is not run. */
static int enter(struct kprobe *kprobe, struct pt_regs *regs)
{
	const struct probe *probe = container_of(kprobe, struct probe, kprobe);
	struct picket_args args = { regs->r9, regs->r8, regs->cx, regs->dx, regs->si, regs->di };
	struct picket_result result;

	if (READ_ONCE(picket_samples) <= 0)
		return 0;
	this_cpu_write(interrupted, regs);
	result = probe->handler(&args);
	this_cpu_write(interrupted, NULL);
	if (result.handled)
		return_value(regs, result.value);
	return result.handled;
}

/* That there is one keeps the breakpoint from being made a jump, which takes long to arm. */
static void leave(struct kprobe *kprobe, struct pt_regs *regs, unsigned long flags)
{
}

int picket_probes_add(const char *symbol, picket_handler handler)
{
	struct probe *probe = &probes[probe_count];
	unsigned long entry = picket_kernel.kallsyms_lookup_name(symbol);
	int error;

	if (entry)
		entry = picket_imports.ftrace_location(entry);
	if (!entry)
		return -ENOENT;
	if (probe_count == PROBES_MAX)
		return -ENOSPC;
	*probe = (struct probe){
		.kprobe.addr = (kprobe_opcode_t *)(entry + MCOUNT_INSN_SIZE),
		.kprobe.flags = KPROBE_FLAG_DISABLED,
		.kprobe.pre_handler = enter,
		.kprobe.post_handler = leave,
		.handler = handler,
	};
	error = register_kprobe(&probe->kprobe);
	if (!error)
		probe_count++;
	return error;
}

void picket_probes_start(void)
{
	u64 least_ns = U64_MAX;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		u64 start = ktime_get_ns();

		arm();
		disarm();
		least_ns = min(least_ns, ktime_get_ns() - start);
	}
	spacing_us = DIV_ROUND_UP_ULL(least_ns * SHARE, NSEC_PER_USEC);
}

void picket_probes_remove(void)
{
	struct kprobe *kprobes[PROBES_MAX];
	unsigned int i;

	irq_work_sync(&request);
	cancel_work_sync(&worker);
	for (i = 0; i < probe_count; i++)
		kprobes[i] = &probes[i].kprobe;
	unregister_kprobes(kprobes, probe_count);
	probe_count = 0;
	armed = false;
}
