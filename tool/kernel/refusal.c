/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "refusal.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "system.h"

#define SIGN                                                                                       \
	"sign it with a key that this machine trusts (a machine owner key, MOK); CAVEATS.md, "     \
	"\"Secure Boot\", says how"

/* The file reads "none [integrity] confidentiality". Return: false: the kernel is not locked. */
static bool is_locked_down(char mode[32])
{
	char path[PATH_MAX], text[128], *start;

	picket_file_read(picket_system_path(path, "/sys/kernel/security/lockdown"), text,
			 sizeof(text));
	start = strchr(text, '[');
	return start && sscanf(start, "[%31[^]]", mode) == 1 && strcmp(mode, "none");
}

static bool is_switched_off(void)
{
	char path[PATH_MAX];

	return picket_file_number(picket_system_path(path, "/proc/sys/kernel/modules_disabled")) ==
	       1;
}

static void not_permitted(char why[PICKET_REFUSAL_BYTES])
{
	char mode[32];

	if (is_locked_down(mode))
		snprintf(why, PICKET_REFUSAL_BYTES,
			 "it is locked down (%s) and takes signed modules only; " SIGN, mode);
	else if (is_switched_off())
		snprintf(why, PICKET_REFUSAL_BYTES,
			 "loading of modules is switched off until the next boot "
			 "(kernel.modules_disabled)");
	else
		snprintf(why, PICKET_REFUSAL_BYTES,
			 "not permitted; root may load modules unless a container or a security "
			 "module forbids it");
}

/* What the error means when the kernel log says no more. */
static const char *meaning(int error)
{
	switch (error) {
	case ENOKEY:
		return "it is not signed, and this kernel takes signed modules only; " SIGN;
	case EKEYREJECTED:
	case EKEYREVOKED:
	case EKEYEXPIRED:
	case EBADMSG:
		return "its signature is not one that this kernel trusts; " SIGN;
	case ENOEXEC:
		return "it is no module, or one for another kernel";
	case EEXIST:
		return "it is loaded already";
	case EBUSY:
		return "it is being loaded or unloaded at this moment";
	case ENOENT:
		return "it needs a function that this kernel does not have";
	default:
		return strerror(error);
	}
}

/* A module of ours that looks at those that come says what it has against one. */
static bool is_our_word(const char *said)
{
	return strstr(said, " is refused: ");
}

const char *picket_refusal_reason(int error, const char *said, char why[PICKET_REFUSAL_BYTES])
{
	const char *about = meaning(error);

	switch (error) {
	case EPERM:
		not_permitted(why);
		break;
	case ENOKEY:
	case EKEYREJECTED:
	case EKEYREVOKED:
	case EKEYEXPIRED:
	case EBADMSG:
	case EEXIST:
		snprintf(why, PICKET_REFUSAL_BYTES, "%s", about);
		break;
	case ENOEXEC:
		if (!is_our_word(said)) {
			snprintf(why, PICKET_REFUSAL_BYTES, *said ? "%s: %s" : "%s", about, said);
			break;
		}
		/* fall through */
	default:
		snprintf(why, PICKET_REFUSAL_BYTES, "%s", *said ? said : about);
	}
	return why;
}
