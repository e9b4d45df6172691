/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What only this port has: memory that goes from a driver to the kernel, and back. */
#include "conformance.h"
#include "kernel.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define MANY 400

struct late {
	struct rcu_head rcu;
	char data[100];
};

static void touch(char *memory, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		sh_write(memory + i, 1);
}

static void kernel_frees_object(void)
{
	char *object = kmalloc(100, GFP_KERNEL);

	sh_hide(object);
	kernel_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

static void kernel_frees_large(void)
{
	char *object = kmalloc(20000, GFP_KERNEL);
	char *pages;

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, READ, 1, sh_read(object + 20000));
	kernel_kfree(object);
	pages = sh_pages_alloc(3);
	sh_hide(pages);
	sh_silent(touch(pages, PAGE_SIZE << 3));
	sh_pages_free(pages, 3);
}

static void kernel_gives_object(void)
{
	char *text = kasprintf(GFP_KERNEL, "%d", 42);
	char *object = kernel_kmalloc(100);

	sh_silent(touch(object, 100));
	sh_silent(kfree(object));
	sh_silent(kfree(text));
}

static void kernel_allocates_from_cache(void)
{
	struct kmem_cache *cache = kmem_cache_create("picket_both", 120, 0, 0, NULL);
	char *objects[20];
	int i;

	for (i = 0; i < 20; i++) {
		objects[i] =
			i % 2 ? kernel_cache_alloc(cache) : kmem_cache_alloc(cache, GFP_KERNEL);
		sh_hide(objects[i]);
	}
	for (i = 0; i < 20; i++)
		sh_silent(touch(objects[i], 120));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(objects[0] + 120));
	for (i = 0; i < 20; i++) {
		if (i % 3)
			kernel_cache_free(cache, objects[i]);
		else
			kmem_cache_free(cache, objects[i]);
	}
	sh_check(kmem_cache_size(cache) == 120);
	sh_silent(kmem_cache_destroy(cache));
}

/* The kernel gets addresses of areas again after a while. */
static void kernel_frees_areas(void)
{
	char *area;
	int i;

	for (i = 0; i < MANY; i++) {
		area = vmalloc(100 + i);
		sh_hide(area);
		kernel_vfree(area);
	}
	vm_unmap_aliases();
	for (i = 0; i < MANY; i++) {
		area = kernel_vmalloc(2 * PAGE_SIZE);
		sh_hide(area);
		sh_silent(touch(area, 2 * PAGE_SIZE));
		kernel_vfree(area);
	}
}

static void slabs_go_back(void)
{
	static void *objects[MANY];
	char *pages;
	int i;

	for (i = 0; i < MANY; i++)
		objects[i] = kmalloc(4000, GFP_KERNEL);
	for (i = 0; i < MANY; i++)
		kernel_kfree(objects[i]);
	for (i = 0; i < MANY; i++)
		objects[i] = sh_pages_alloc(0);
	for (i = 0; i < MANY; i++) {
		pages = objects[i];
		sh_hide(pages);
		sh_silent(touch(pages, PAGE_SIZE));
		sh_pages_free(pages, 0);
	}
}

static void freed_after_grace(void)
{
	struct late *late = kmalloc(sizeof(*late), GFP_KERNEL);
	char *data = late->data;

	sh_hide(data);
	rcu_read_lock();
	kfree_rcu(late, rcu);
	sh_silent(sh_read(data));
	rcu_read_unlock();
	rcu_barrier();
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(data));
}

static void area_freed_after_grace(void)
{
	struct late *late = vmalloc(sizeof(*late));
	char *data = late->data;

	sh_hide(data);
	kvfree_rcu(late, rcu);
	rcu_barrier();
	sh_expect(NONE, VMALLOC, READ, 1, sh_read(data));
}

static void buffer_becomes_packet(void)
{
	void *buffer = kmalloc(1500, GFP_ATOMIC);
	struct sk_buff *packet = build_skb(buffer, 0);

	if (!sh_check(packet))
		return;
	sh_silent(sh_read(&skb_shinfo(packet)->nr_frags));
	sh_silent(touch(skb_put(packet, skb_tailroom(packet)), packet->len));
	sh_silent(kfree_skb(packet));
}

static void double_vfree(void)
{
	char *area = vmalloc(100);

	sh_hide(area);
	vfree(area);
	sh_expect(NONE, VMALLOC, UNKNOWN, 0, vfree(area));
}

static void sizes_and_alignment(void)
{
	size_t bytes;

	for (bytes = 1; bytes <= 40000; bytes += bytes < 300 ? 1 : bytes / 7) {
		char *object = kzalloc(bytes, GFP_KERNEL);

		sh_hide(object);
		sh_check(!((unsigned long)object & ((bytes & -bytes) - 1) & ~PAGE_MASK));
		sh_check(ksize(object) == bytes);
		sh_check(!memchr_inv(object, 0, bytes));
		sh_silent(touch(object, bytes));
		sh_expect(OUT_OF_BOUNDS, UNKNOWN, READ, 1, sh_read(object + bytes));
		kfree(object);
	}
	sh_silent(kfree(kmalloc(sh_opaque(0ul), GFP_KERNEL)));
	sh_silent(kfree(NULL));
	sh_check(!kmalloc(sh_opaque(~0ul), GFP_KERNEL | __GFP_NOWARN));
}

static int print_list(char *to, size_t bytes, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = bytes ? vsnprintf(to, bytes, format, arguments) : vsprintf(to, format, arguments);
	va_end(arguments);
	return length;
}

static int print_counted(char *to, size_t bytes, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vscnprintf(to, bytes, format, arguments);
	va_end(arguments);
	return length;
}

/* Nine digits and the end fit in; of ten the end does not. */
static void printed_text(void)
{
	char *text = kmalloc(10, GFP_KERNEL);

	sh_hide(text);
	sh_silent(sh_check(sprintf(text, "%d", 123456789) == 9 && !strcmp(text, "123456789")));
	sh_silent(sh_check(snprintf(text, 10, "%d", 1234567890) == 10 && text[8] == '9'));
	sh_silent(sh_check(scnprintf(text, 10, "%d", 1234567890) == 9 && !text[9]));
	sh_silent(sh_check(snprintf(NULL, 0, "%d", 12) == 2 && scnprintf(text, 0, "%d", 12) == 0));
	sh_silent(snprintf(text, 4096, "%d", 123456789));
	sh_silent(print_list(text, 10, "%d", 1234567890) + print_list(text, 0, "%d", 123456789));
	sh_silent(sh_check(print_counted(text, 10, "%d", 1234567890) == 9));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, sprintf(text, "%d", 1234567890));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, snprintf(text, 4096, "%d", 1234567890));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, scnprintf(text, 11, "%d", 1234567890));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, print_list(text, 11, "%d", 1234567890));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, print_list(text, 0, "%d", 1234567890));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 11, print_counted(text, 11, "%d", 1234567890));
	kfree(text);
	sh_expect(USE_AFTER_FREE, HEAP, WRITE, 3, sprintf(text, "%d", 12));
}

const struct sh_case sh_kernel_cases[] = {
	SH_CASE(kernel_frees_object, 0),
	SH_CASE(kernel_frees_large, 0),
	SH_CASE(kernel_gives_object, 0),
	SH_CASE(kernel_allocates_from_cache, 0),
	SH_CASE(kernel_frees_areas, 0),
	SH_CASE(slabs_go_back, 0),
	SH_CASE(freed_after_grace, 0),
	SH_CASE(area_freed_after_grace, 0),
	SH_CASE(buffer_becomes_packet, 0),
	SH_CASE(double_vfree, 0),
	SH_CASE(sizes_and_alignment, 0),
	SH_CASE(printed_text, 0),
	SH_CASES_END,
};
