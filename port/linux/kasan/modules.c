/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Modules as they come and go. One that has the checks but was not made by picket-cc looks for
 * shadow at another place, so it is refused. For the others we run the constructors that tell of
 * their globals: the kernel does not.
 *
 * What can be told of a module stands in its symbols, local ones too; in the file's order, so that
 * behind the name of a source file come the symbols of its object. Who strips a module takes those
 * names away, and leaves the rest.
 */
#include "module.h"
#include "marker.h"
#include "shadow.h"
#include "../compat/module.h"

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* The one symbol without which the kernel loads no driver: its line about it says what to do. */
extern const unsigned int picket_kasan_must_be_loaded_first;
const unsigned int picket_kasan_must_be_loaded_first = PICKET_KASAN_ABI;
EXPORT_SYMBOL(picket_kasan_must_be_loaded_first);

#define CHECK_PREFIX "__asan_"
#define OWN_PREFIX "picket_"
#define USUAL_OFFSET 0xdffffc0000000000ull /* of shadow, where a kernel has it all the time */
#define OFFSET_ROOM 0x10000u		   /* compilers add what they can to it */
#define CONSTRUCTOR_PREFIX "_sub_I_"	   /* gcc's */
#define CONSTRUCTOR_CLANG "asan.module_ctor"

/* An instrumented module that is loaded. */
struct driver {
	struct list_head list;
	const struct module *module;
	bool is_inline;
};

static LIST_HEAD(drivers);
static DEFINE_MUTEX(lock);

/* What a module's symbols say. */
struct survey {
	bool is_checked; /* it calls the checks */
	bool is_inline;
	unsigned int markers, constructors;
	bool is_other_version; /* a marker is */
	bool is_foreign;       /* an object with globals and without a marker */
	const char *missing;   /* a symbol of the runtime's that the runtime has not */
	/* Of the object at hand. */
	bool has_marker;
	bool has_constructor;
};

static bool is_constructor(const char *name)
{
	return str_has_prefix(name, CONSTRUCTOR_PREFIX) || !strcmp(name, CONSTRUCTOR_CLANG);
}

static void end_object(struct survey *survey)
{
	if (survey->has_constructor && !survey->has_marker)
		survey->is_foreign = true;
	survey->has_constructor = survey->has_marker = false;
}

static void read_marker(struct survey *survey, const struct picket_kasan_marker *marker)
{
	survey->markers++;
	survey->has_marker = true;
	if (marker->magic != PICKET_KASAN_MARKER_MAGIC || marker->abi != PICKET_KASAN_ABI)
		survey->is_other_version = true;
	if (marker->mode == PICKET_KASAN_INLINE)
		survey->is_inline = true;
}

/* References are weak: what we do not export is no error to the kernel, but NULL. */
static void read_reference(struct survey *survey, const Elf_Sym *symbol, const char *name)
{
	bool is_check = str_has_prefix(name, CHECK_PREFIX);

	survey->is_checked |= is_check;
	if (!symbol->st_value && (is_check || str_has_prefix(name, OWN_PREFIX)))
		survey->missing = name;
}

static void look(struct survey *survey, const Elf_Sym *symbol, const char *name)
{
	if (ELF_ST_TYPE(symbol->st_info) == STT_FILE)
		end_object(survey);
	else if (symbol->st_shndx == SHN_UNDEF)
		read_reference(survey, symbol, name);
	else if (!strcmp(name, PICKET_KASAN_MARKER_SYMBOL))
		read_marker(survey, (const void *)symbol->st_value);
	else if (is_constructor(name))
		survey->has_constructor = ++survey->constructors;
}

/* While a module comes this is its whole table of symbols. Nobody else changes it. */
static const struct mod_kallsyms *symbols_of(const struct module *module)
{
	return rcu_dereference_protected(module->kallsyms, true);
}

static void survey_module(struct survey *survey, const struct module *module)
{
	const struct mod_kallsyms *symbols = symbols_of(module);
	unsigned int i;

	memset(survey, 0, sizeof(*survey));
	for (i = 1; i < symbols->num_symtab; i++)
		look(survey, &symbols->symtab[i], symbols->strtab + symbols->symtab[i].st_name);
	end_object(survey);
	if (survey->constructors > survey->markers)
		survey->is_foreign = true;
}

static void call_constructors(const struct module *module)
{
	const struct mod_kallsyms *symbols = symbols_of(module);
	unsigned int i;

	for (i = 1; i < symbols->num_symtab; i++) {
		const Elf_Sym *symbol = &symbols->symtab[i];

		if (symbol->st_shndx != SHN_UNDEF &&
		    is_constructor(symbols->strtab + symbol->st_name))
			((void (*)(void))symbol->st_value)();
	}
}

/* Addresses of modules are used again. */
static void open_range(void *unused, unsigned long start, unsigned long bytes)
{
	picket_shadow_open(start, bytes);
}

static void forget_range(void *unused, unsigned long start, unsigned long bytes)
{
	picket_shadow_globals_forget(start, bytes);
	open_range(unused, start, bytes);
}

/* "movabs $OFFSET, %register" */
static bool loads_offset(const u8 *code)
{
	u64 value;

	if ((code[0] & 0xfe) != 0x48 || (code[1] & 0xf8) != 0xb8)
		return false;
	memcpy(&value, code + 2, sizeof(value));
	return value - USUAL_OFFSET + OFFSET_ROOM < 2 * OFFSET_ROOM;
}

static void search_range(void *context, unsigned long start, unsigned long bytes)
{
	const u8 *code = (const u8 *)start;
	bool *found = context;
	unsigned long i;

	for (i = 0; i + 10 <= bytes && !*found; i++)
		*found = loads_offset(code + i);
	cond_resched();
}

/* Checks that look for shadow at the usual place tell of it nowhere but in the code. */
static bool has_usual_offset(const struct module *module)
{
	bool found = false;

	picket_module_ranges(module, search_range, &found);
	return found;
}

/* Return: what speaks against the module; NULL: nothing. */
static const char *objection(const struct survey *survey, const struct module *module)
{
	if (!survey->markers)
		return "has checks, but was not built by picket-cc";
	if (survey->is_other_version)
		return "was built by a picket-cc of another version";
	if (survey->is_foreign || has_usual_offset(module))
		return "has checks in part that is not built by picket-cc";
	return NULL;
}

static bool is_refused(const struct survey *survey, const struct module *module)
{
	const char *why = objection(survey, module);

	if (why)
		pr_err("the module %s is refused: it %s\n", module->name, why);
	else if (survey->missing)
		pr_err("the module %s is refused: it needs %s, which this runtime does not have\n",
		       module->name, survey->missing);
	return why || survey->missing;
}

static int note(const struct module *module, bool is_inline)
{
	struct driver *driver = kzalloc(sizeof(*driver), GFP_KERNEL);

	if (!driver)
		return -ENOMEM;
	driver->module = module;
	driver->is_inline = is_inline;
	mutex_lock(&lock);
	list_add_tail(&driver->list, &drivers);
	mutex_unlock(&lock);
	return 0;
}

static int module_comes(const struct module *module)
{
	struct survey survey;
	int error;

	survey_module(&survey, module);
	if (!survey.is_checked && !survey.markers)
		return 0;
	if (is_refused(&survey, module))
		return -ENOEXEC;
	error = note(module, survey.is_inline);
	if (error)
		return error;
	picket_module_ranges(module, open_range, NULL);
	call_constructors(module);
	return 0;
}

static struct driver *find(const struct module *module)
{
	struct driver *driver;

	list_for_each_entry(driver, &drivers, list) {
		if (driver->module == module)
			return driver;
	}
	return NULL;
}

static bool is_noted(const struct module *module)
{
	bool noted;

	mutex_lock(&lock);
	noted = find(module);
	mutex_unlock(&lock);
	return noted;
}

static void module_starts(const struct module *module)
{
	if (is_noted(module))
		picket_module_init_ranges(module, forget_range, NULL);
}

static void module_goes(const struct module *module)
{
	struct driver *driver;

	mutex_lock(&lock);
	driver = find(module);
	if (driver)
		list_del(&driver->list);
	mutex_unlock(&lock);
	if (!driver)
		return;
	picket_module_ranges(module, forget_range, NULL);
	kfree(driver);
}

static int hear(struct notifier_block *block, unsigned long event, void *data)
{
	switch (event) {
	case MODULE_STATE_COMING:
		return notifier_from_errno(module_comes(data));
	case MODULE_STATE_LIVE:
		module_starts(data);
		break;
	case MODULE_STATE_GOING:
		module_goes(data);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = hear };

int picket_modules_start(void)
{
	return register_module_notifier(&notifier);
}

void picket_modules_stop(void)
{
	unregister_module_notifier(&notifier);
}

void picket_modules_visit(void (*visit)(void *context, const char *name, bool is_inline),
			  void *context)
{
	struct driver *driver;

	mutex_lock(&lock);
	list_for_each_entry(driver, &drivers, list) {
		visit(context, driver->module->name, driver->is_inline);
	}
	mutex_unlock(&lock);
}
