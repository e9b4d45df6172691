/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "report.h"

#include "../../core/report/report.h"
#include "modules.h"
#include "runtime.h"
#include "shield.h"
#include "system.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BUFFER_COUNT 2
#define BUFFER_BYTES (192 * 1024) /* of a record with 3 x 64 frames; below the kernel's limit */
#define WAIT_TURNS 1000
#define PATIENCE_SECONDS 2
#define BOOT_ID_BYTES 36

#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#endif

/* Untouched, and so no memory, until the first report. */
static struct buffer {
	picket_u32 busy;
	struct picket_line line;
	char bytes[BUFFER_BYTES];
} buffers[BUFFER_COUNT];

/* What descriptor 2 was when the program started. */
static struct {
	bool open;
	dev_t device;
	ino_t inode;
} standard_error;

/* Read at the start: a host may have no /proc, or may open nothing, by the time of a report. */
static char boot_id[BOOT_ID_BYTES + 1];

static void read_boot_id(void)
{
	int fd = system_open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC, 0);
	ssize_t length = fd < 0 ? 0 : system_read(fd, boot_id, BOOT_ID_BYTES);

	boot_id[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		system_close(fd);
}

void picket_report_start(void)
{
	struct stat stat;

	read_boot_id();
	if (system_fstat(STDERR_FILENO, &stat))
		return;
	standard_error.open = true;
	standard_error.device = stat.st_dev;
	standard_error.inode = stat.st_ino;
}

/* A host that closes it may have a database there now. */
static bool standard_error_usable(void)
{
	struct stat stat;

	return standard_error.open && !system_fstat(STDERR_FILENO, &stat) &&
	       stat.st_dev == standard_error.device && stat.st_ino == standard_error.inode;
}

/* Bounded: if others are that slow, or were interrupted by us, this record is dropped. */
static struct buffer *buffer_claim(void)
{
	for (int turn = 0; turn < WAIT_TURNS; turn++) {
		for (int i = 0; i < BUFFER_COUNT; i++) {
			if (!__atomic_exchange_n(&buffers[i].busy, 1, __ATOMIC_ACQUIRE))
				return &buffers[i];
		}
		sched_yield();
	}
	return NULL;
}

static void buffer_release(struct buffer *buffer)
{
	__atomic_store_n(&buffer->busy, 0, __ATOMIC_RELEASE);
}

static void buffer_write(void *context, const char *bytes, uptr count)
{
	picket_line_add(context, bytes, count);
}

static bool writable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	int ready;

	do
		ready = system_poll(&poll_fd, 1, PATIENCE_SECONDS);
	while (ready < 0 && errno == EINTR);
	return ready == 1;
}

/*
 * A file gets all at once, so that records of several processes do not mix. What may be slow gets
 * no more than it has room for, and only so much patience: its reader may be the host.
 */
static int write_all(int fd, const char *bytes, size_t count)
{
	struct stat stat;
	size_t piece = !system_fstat(fd, &stat) && S_ISREG(stat.st_mode) ? count : PIPE_BUF;

	while (count) {
		ssize_t written;

		if (!writable(fd))
			return -1;
		written = system_write(fd, bytes, count < piece ? count : piece);
		if (written < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		count -= (size_t)written;
	}
	return 0;
}

/* Not blocking: a pipe without a reader is an error then. */
static int append(const char *path, const char *bytes, size_t count)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;
	int fd = system_open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0644);
	int error;

	if (fd < 0)
		return -1;
	error = write_all(fd, bytes, count);
	system_close(fd);
	return error;
}

static void send_patience(int fd)
{
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };

	system_set_option(fd, SO_SNDTIMEO, &patience, sizeof(patience));
}

int picket_report_send(const char *bytes, size_t count)
{
	const char *name = picket_runtime.options.socket;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	ssize_t sent;
	int fd;

	/* An abstract name starts with a NUL. */
	if (!length || length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path + 1, name, length);
	fd = system_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	send_patience(fd);
	sent = system_send_to(fd, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length));
	system_close(fd);
	return sent == (ssize_t)count ? 0 : -1;
}

static int say_to_standard_error(const char *bytes, size_t count)
{
	return standard_error_usable() ? write_all(STDERR_FILENO, bytes, count) : -1;
}

int picket_report_say(const char *bytes, size_t count)
{
	const char *log = picket_runtime.options.log;

	if (log[0] && !append(log, bytes, count))
		return 0;
	return say_to_standard_error(bytes, count);
}

void picket_report_warn(const char *text)
{
	char bytes[PICKET_OPTION_ERROR_BYTES + 16];
	struct picket_shield shield;
	struct picket_line line;

	picket_line_start(&line, bytes, sizeof(bytes));
	picket_line_text(&line, "picket: ");
	picket_line_text(&line, text);
	picket_line_text(&line, "\n");
	picket_shield_raise(&shield);
	say_to_standard_error(line.bytes, line.used);
	picket_shield_lower(&shield);
}

static void render_json(const struct picket_record *record, const struct picket_symbols *symbols,
			struct picket_line *line)
{
	const struct picket_output output = { buffer_write, line };
	struct picket_module program = { 0 };
	struct utsname system = { 0 };
	struct picket_origin origin = {
		.domain = "user",
		.detector_version = PICKET_VERSION,
		.host_name = system.nodename,
		.os_version = system.release,
		.arch = ARCH,
		.boot_id = boot_id,
		.executable = picket_module_executable(),
	};

	system_uname(&system);
	if (!picket_module_find(getauxval(AT_ENTRY), &program)) {
		origin.executable_build_id = program.build_id;
		origin.executable_build_id_bytes = program.build_id_bytes;
	}
	picket_render_json(record, &origin, symbols, &output);
}

static void render_text(const struct picket_record *record, const struct picket_symbols *symbols,
			struct picket_line *line)
{
	const struct picket_text_style style = { .prefix = "BUG: PICKET: " };
	const struct picket_output output = { buffer_write, line };

	picket_render_text(record, &style, symbols, &output);
}

/*
 * `picket run` prints and files what it gets; without it both are ours to do.
 * Return: 0; -1: nobody took it.
 */
static int publish(const struct picket_record *record, struct buffer *buffer)
{
	const struct picket_symbols symbols = { picket_module_frames, NULL };
	const char *json = picket_runtime.options.json;
	struct picket_line *line = &buffer->line;
	bool filed;

	picket_line_start(line, buffer->bytes, BUFFER_BYTES);
	render_json(record, &symbols, line);
	if (!picket_report_send(line->bytes, line->used))
		return 0;
	filed = json[0] && !append(json, line->bytes, line->used);
	picket_line_start(line, buffer->bytes, BUFFER_BYTES);
	render_text(record, &symbols, line);
	return picket_report_say(line->bytes, line->used) && !filed ? -1 : 0;
}

static int publish_shielded(const struct picket_record *record)
{
	struct buffer *buffer = buffer_claim();
	struct picket_shield shield;
	int error;

	if (!buffer)
		return -1;
	picket_shield_raise(&shield);
	error = publish(record, buffer);
	picket_shield_lower(&shield);
	buffer_release(buffer);
	return error;
}

/* A fault ends by itself, with its own signal (see signals.c), and so does a dying host. */
static bool ends_here(enum picket_found found)
{
	return picket_runtime.abort_on_report && found != PICKET_FOUND_FAULT &&
	       found != PICKET_FOUND_PANIC;
}

void picket_report_deliver(const struct picket_record *record)
{
	__atomic_fetch_add(&picket_runtime.reported, 1, __ATOMIC_RELAXED);
	if (publish_shielded(record))
		__atomic_fetch_add(&picket_runtime.lost, 1, __ATOMIC_RELAXED);
	if (ends_here(record->found))
		abort();
}

void picket_report_fork_child(void)
{
	for (int i = 0; i < BUFFER_COUNT; i++)
		buffer_release(&buffers[i]);
}
