/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "tool/kernel/file.h"

#define CHUNK_BYTES 65536
#define MAPPING_BYTES_MAX (64ull << 20) /* no data segment is larger, and reading costs time */

struct mapping {
	picket_u64 start;
	picket_u64 end;
	char flags[5];
	char device[16];
	unsigned long long inode;
};

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

int picket_target_read(const struct picket_target *target, picket_u64 address, void *bytes,
		       size_t count)
{
	return pread(target->memory, bytes, count, (off_t)address) == (ssize_t)count ? 0 : -1;
}

int picket_target_write(const struct picket_target *target, picket_u64 address, const void *bytes,
			size_t count)
{
	return pwrite(target->memory, bytes, count, (off_t)address) == (ssize_t)count ? 0 : -1;
}

int picket_target_text(const struct picket_target *target, const char *address, char *text,
		       size_t size)
{
	ssize_t length = pread(target->memory, text, size, (off_t)(picket_uptr)address);
	const char *byte = text;

	if (length <= 0 || !memchr(text, '\0', (size_t)length))
		return -1;
	while (*byte > ' ' && *byte <= '~')
		byte++;
	return *byte || !text[0] ? -1 : 0;
}

int picket_target_say_gone(const struct picket_target *target)
{
	picket_complain("ctl: process %d has ended, or runs another program now", target->pid);
	return -1;
}

int picket_target_say_garbage(const struct picket_target *target, const char *what)
{
	char byte;

	if (picket_target_read(target, target->address, &byte, 1))
		return picket_target_say_gone(target);
	picket_complain("ctl: process %d: its %s make no sense; was its memory overwritten?",
			target->pid, what);
	return -1;
}

/* The number behind @name in /proc/PID/status, the @last one of the line or the second. */
static long status_number(pid_t pid, const char *name, bool last)
{
	char line[1024];
	long number = -1;
	FILE *status = open_proc(pid, "status");

	while (status && fgets(line, sizeof(line), status)) {
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		for (char *word = strtok(line + strlen(name), " \t\n"); word;
		     word = strtok(NULL, " \t\n")) {
			bool second = number >= 0;

			number = strtol(word, NULL, 10);
			if (second && !last)
				break;
		}
	}
	if (status)
		fclose(status);
	return number;
}

static void say_closed(pid_t pid, int error)
{
	long long scope = picket_file_number("/proc/sys/kernel/yama/ptrace_scope");

	if (scope > 0)
		picket_complain("ctl: the kernel keeps process %d closed: kernel.yama.ptrace_scope "
				"is %lld here, and then %s",
				pid, scope,
				scope == 3 ? "nobody may control processes" :
					     "it takes CAP_SYS_PTRACE, which root has");
	else
		picket_complain("ctl: the kernel keeps process %d closed (%s): it changed its "
				"user, has rights that picket has not, or is not dumpable",
				pid, strerror(error));
}

static int say_no_entry(pid_t pid, int error)
{
	long user = status_number(pid, "Uid:", false);

	if (error == ENOENT || error == ESRCH || user < 0)
		picket_complain("ctl: there is no process %d", pid);
	else if (user != (long)geteuid() && geteuid() != 0)
		picket_complain("ctl: process %d is another user's; only uid %ld and root may "
				"control it",
				pid, user);
	else
		say_closed(pid, error);
	return -1;
}

static void read_executable(struct picket_target *target)
{
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/exe", target->pid);
	length = readlink(path, target->executable, sizeof(target->executable) - 1);
	target->executable[length > 0 ? length : 0] = '\0';
}

/* Return: is there a control block at the address? It is in target->control then. */
static bool is_control(struct picket_target *target, picket_u64 address)
{
	struct picket_control *control = &target->control;

	return !picket_target_read(target, address, control, sizeof(*control)) &&
	       !memcmp(control->magic, PICKET_CONTROL_MAGIC, PICKET_CONTROL_MAGIC_BYTES) &&
	       (picket_u64)(picket_uptr)control->self == address;
}

static bool search_chunk(struct picket_target *target, picket_u64 start, const char *bytes,
			 size_t count)
{
	for (size_t i = 0; i + PICKET_CONTROL_MAGIC_BYTES <= count; i += PICKET_CONTROL_ALIGN) {
		if (memcmp(bytes + i, PICKET_CONTROL_MAGIC, PICKET_CONTROL_MAGIC_BYTES) != 0)
			continue;
		target->address = start + i;
		if (is_control(target, target->address))
			return true;
	}
	return false;
}

static bool search_mapping(struct picket_target *target, const struct mapping *mapping)
{
	static char chunk[CHUNK_BYTES];
	picket_u64 at = mapping->start;

	if (mapping->end - mapping->start > MAPPING_BYTES_MAX)
		return false;
	while (at < mapping->end) {
		picket_u64 left = mapping->end - at;
		size_t count = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);

		if (picket_target_read(target, at, chunk, count))
			return false;
		if (search_chunk(target, at, chunk, count))
			return true;
		at += count;
	}
	return false;
}

/* Data segments follow the code of the same file; of what else is mapped nothing is read. */
static bool is_data_segment(const struct mapping *mapping, const struct mapping *before)
{
	return !strncmp(mapping->flags, "rw", 2) && mapping->flags[3] == 'p' && mapping->inode &&
	       mapping->inode == before->inode && !strcmp(mapping->device, before->device);
}

static bool search(struct picket_target *target)
{
	struct mapping mapping = { 0 }, before = { 0 };
	FILE *maps = open_proc(target->pid, "maps");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (maps && !found && getline(&line, &size, maps) > 0) {
		before = mapping;
		if (sscanf(line, "%llx-%llx %4s %*s %15s %llu", &mapping.start, &mapping.end,
			   mapping.flags, mapping.device, &mapping.inode) == 5)
			found = is_data_segment(&mapping, &before) &&
				search_mapping(target, &mapping);
	}
	free(line);
	if (maps)
		fclose(maps);
	return found;
}

static int check_control(const struct picket_target *target)
{
	const struct picket_control *control = &target->control;

	if (control->version != PICKET_CONTROL_VERSION) {
		picket_complain("ctl: process %d has another version of Picket, which this "
				"command cannot talk to",
				target->pid);
		return -1;
	}
	if (control->state != PICKET_CONTROL_READY) {
		picket_complain("ctl: process %d has Picket in it, but it did not start: bad "
				"options, no samples to take, no memory, or a set-user-id program",
				target->pid);
		return -1;
	}
	return 0;
}

static int find_control(struct picket_target *target)
{
	if (search(target))
		return check_control(target);
	picket_complain("ctl: process %d (%s) is not watched by Picket", target->pid,
			target->executable[0] ? target->executable : "no program");
	return -1;
}

int picket_target_open(struct picket_target *target, pid_t pid)
{
	char path[64];

	*target = (struct picket_target){ .pid = pid };
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	target->memory = open(path, O_RDWR | O_CLOEXEC);
	if (target->memory < 0)
		return say_no_entry(pid, errno);
	target->own_pid = (pid_t)status_number(pid, "NSpid:", true);
	if (target->own_pid <= 0)
		target->own_pid = pid;
	read_executable(target);
	if (!find_control(target))
		return 0;
	picket_target_close(target);
	return -1;
}

void picket_target_close(struct picket_target *target)
{
	close(target->memory);
}
