/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What typical work of a driver costs, to be built plain and instrumented. Writing an operation's
 * name, or "all", to the parameter `measure` prints a line of ../cost/batches.h for each.
 *
 * The operations do what those do that reference figures exist for, in as many instructions when
 * they are built plain.
 */
#include "../cost/batches.h"

#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define BYTES 4096
#define WORDS (BYTES / sizeof(u64))
#define NODES 256
#define REPEATED 64
#define LEAVES 50
#define LEAF_BYTES 952
#define AREAS_AT_ONCE 129 /* so many freed ones go together: each batch has that in it */

struct node {
	struct node *next;
	u64 value;
};

struct leaf {
	struct rb_node place;
	u32 key;
	u8 payload[LEAF_BYTES - sizeof(struct rb_node) - sizeof(u32)];
};

static u8 *bytes;
static u64 *words;
static char *text;
static struct node *nodes;
static struct kmem_cache *leaf_cache;
static size_t variable_size;
static u64 result; /* so that the compiler keeps what is computed */

static noinline u64 sum_bytes(const u8 *p, u32 count)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < count; i++)
		sum = sum * 31 + p[i];
	return sum;
}

static void byte_sum(void)
{
	result += sum_bytes(bytes, BYTES);
}

/* Volatile, or it becomes a call of memcpy. */
static noinline void copy_words(volatile u64 *to, const volatile u64 *from, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		to[i] = from[i];
}

static void word_copy(void)
{
	copy_words(words, (const u64 *)bytes, WORDS);
}

static noinline u64 sum_nodes(const struct node *node)
{
	u64 sum = 0;

	for (; node; node = node->next)
		sum = sum * 3 + node->value;
	return sum;
}

static void list_walk(void)
{
	result += sum_nodes(nodes);
}

static noinline u64 fill_and_sum(u8 value)
{
	u8 buffer[40] __attribute__((__uninitialized__)); /* all of it is written here */
	u64 sum = 0;
	u32 i;

	for (i = 0; i < sizeof(buffer); i++)
		buffer[i] = value;
	for (i = 0; i < sizeof(buffer); i++)
		sum += buffer[i];
	return sum;
}

static void stack_buffer(void)
{
	int i;

	for (i = 0; i < REPEATED; i++)
		result += fill_and_sum(i);
}

/* Digits up to the end, and a check over them. */
static noinline u64 parse_number(const char *p)
{
	u64 number = 0, check = 0;

	for (; *p; p++) {
		number = number * 10 + (*p - '0');
		check ^= number;
	}
	return number + check;
}

static void string_parse(void)
{
	result += parse_number(text);
}

static void memcpy_64(void)
{
	int i;

	for (i = 0; i < REPEATED; i++)
		memcpy(words, bytes, READ_ONCE(variable_size));
}

static noinline void alloc_and_free(void)
{
	kfree(kmalloc(100, GFP_KERNEL));
}

static void kmalloc_kfree(void)
{
	int i;

	for (i = 0; i < REPEATED; i++)
		alloc_and_free();
}

static void vmalloc_vfree(void)
{
	vfree(vmalloc(10000));
}

static noinline bool insert_leaf(struct rb_root *tree, u32 key)
{
	struct leaf *leaf = kmem_cache_zalloc(leaf_cache, GFP_KERNEL);
	struct rb_node **place = &tree->rb_node, *parent = NULL;

	if (!leaf)
		return false;
	leaf->key = key;
	while (*place) {
		parent = *place;
		place = rb_entry(parent, struct leaf, place)->key > key ? &parent->rb_left :
									  &parent->rb_right;
	}
	rb_link_node(&leaf->place, parent, place);
	rb_insert_color(&leaf->place, tree);
	return true;
}

static noinline void free_leaves(struct rb_root *tree)
{
	struct rb_node *place;

	while ((place = rb_first(tree))) {
		rb_erase(place, tree);
		kmem_cache_free(leaf_cache, rb_entry(place, struct leaf, place));
	}
}

static void rbtree(void)
{
	struct rb_root tree = RB_ROOT;
	u32 key = 1;
	int i;

	for (i = 0; i < LEAVES; i++) {
		key = key * 1664525 + 1013904223;
		if (!insert_leaf(&tree, key))
			break;
	}
	free_leaves(&tree);
}

static const struct operation operations[] = {
	{ "byte_sum", byte_sum, 8, BYTES },
	{ "word_copy", word_copy, 16, WORDS },
	{ "list_walk", list_walk, 32, NODES },
	{ "stack_buffer", stack_buffer, 4, REPEATED },
	{ "string_parse", string_parse, 8, BYTES - 1 },
	{ "memcpy_64", memcpy_64, 16, REPEATED },
	{ "kmalloc_kfree", kmalloc_kfree, 2, REPEATED },
	{ "vmalloc_vfree", vmalloc_vfree, AREAS_AT_ONCE },
	{ "rbtree", rbtree, 2 },
};

static int measure(const char *value, const struct kernel_param *param)
{
	return measure_named(value, operations, ARRAY_SIZE(operations));
}

static const struct kernel_param_ops measure_ops = { .set = measure };
module_param_cb(measure, &measure_ops, NULL, 0200);

static void fill_text(void)
{
	int i;

	for (i = 0; i < BYTES - 1; i++)
		text[i] = '0' + i % 10;
	text[BYTES - 1] = '\0';
}

/* Each node an object of its own, as in a driver. */
static int make_nodes(void)
{
	int i;

	for (i = 0; i < NODES; i++) {
		struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);

		if (!node)
			return -ENOMEM;
		node->next = nodes;
		nodes = node;
	}
	return 0;
}

static void free_all(void)
{
	while (nodes) {
		struct node *node = nodes;

		nodes = node->next;
		kfree(node);
	}
	kfree(bytes);
	kfree(words);
	kfree(text);
	kmem_cache_destroy(leaf_cache);
}

static int __init kasan_cost_init(void)
{
	variable_size = 64;
	bytes = kzalloc(BYTES, GFP_KERNEL);
	words = kzalloc(BYTES, GFP_KERNEL);
	text = kzalloc(BYTES, GFP_KERNEL);
	leaf_cache = kmem_cache_create("picket-leaf", sizeof(struct leaf), 8, 0, NULL);
	if (!bytes || !words || !text || !leaf_cache || make_nodes()) {
		free_all();
		return -ENOMEM;
	}
	fill_text();
	return 0;
}

static void __exit kasan_cost_exit(void)
{
	free_all();
}

module_init(kasan_cost_init);
module_exit(kasan_cost_exit);
MODULE_DESCRIPTION("Measures typical work of a driver, for Picket");
MODULE_LICENSE("Dual MIT/GPL");
