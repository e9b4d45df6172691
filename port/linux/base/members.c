/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The running kernel describes its own types in a section that is always in memory (BTF), so
 * offsets are right by construction for whatever build it is.
 */
#include "base.h"
#include "kernel.h"
#include "members.h"

#include <uapi/linux/btf.h>

/* Kinds by number, since the headers of older kernels do not know the newer ones. */
enum kind {
	KIND_INT = 1,
	KIND_ARRAY = 3,
	KIND_STRUCT = 4,
	KIND_UNION = 5,
	KIND_ENUM = 6,
	KIND_FUNC_PROTO = 13,
	KIND_VAR = 14,
	KIND_DATASEC = 15,
	KIND_DECL_TAG = 17,
	KIND_ENUM64 = 19,
};

#define NESTING_MAX 8
#define NOT_FOUND (~0u)

struct types {
	const void *start;
	const void *end;
	const char *strings;
	u32 strings_bytes;
};

static u32 kind_of(const struct btf_type *type)
{
	return type->info >> 24 & 0x1f;
}

static u32 count_of(const struct btf_type *type)
{
	return type->info & 0xffff;
}

static bool is_aggregate(const struct btf_type *type)
{
	return kind_of(type) == KIND_STRUCT || kind_of(type) == KIND_UNION;
}

static size_t size_of(const struct btf_type *type)
{
	switch (kind_of(type)) {
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(*type) + 4;
	case KIND_ARRAY:
		return sizeof(*type) + sizeof(struct btf_array);
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATASEC:
	case KIND_ENUM64:
		return sizeof(*type) + 12 * count_of(type);
	case KIND_ENUM:
	case KIND_FUNC_PROTO:
		return sizeof(*type) + 8 * count_of(type);
	default:
		return sizeof(*type);
	}
}

static bool open_types(struct types *types)
{
	const struct btf_header *header = picket_kernel.btf_start;
	size_t bytes = picket_kernel.btf_end - picket_kernel.btf_start;
	const char *body;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC || header->hdr_len > bytes)
		return false;
	bytes -= header->hdr_len;
	if (header->type_off > bytes || header->type_len > bytes - header->type_off ||
	    header->str_off > bytes || header->str_len > bytes - header->str_off)
		return false;
	body = (const char *)header + header->hdr_len;
	types->start = body + header->type_off;
	types->end = types->start + header->type_len;
	types->strings = body + header->str_off;
	types->strings_bytes = header->str_len;
	return true;
}

static const char *name_at(const struct types *types, u32 offset)
{
	return offset < types->strings_bytes ? types->strings + offset : "";
}

static const struct btf_type *next_type(const struct types *types, const struct btf_type *type)
{
	const void *next = (const char *)type + size_of(type);

	return next + sizeof(*type) <= types->end ? next : NULL;
}

static const struct btf_type *type_of_id(const struct types *types, u32 id)
{
	const struct btf_type *type = types->start;

	while (type && id > 1) {
		type = next_type(types, type);
		id--;
	}
	return id ? type : NULL;
}

static const struct btf_type *struct_named(const struct types *types, const char *name)
{
	const struct btf_type *type = types->start;

	for (; type; type = next_type(types, type))
		if (kind_of(type) == KIND_STRUCT && !strcmp(name_at(types, type->name_off), name))
			return type;
	return NULL;
}

/* Members of unnamed structures and unions are found too. Bounded depth: NESTING_MAX. */
static u32 member_offset(const struct types *types, const struct btf_type *type, const char *name,
			 int depth)
{
	const struct btf_member *member = (const void *)(type + 1);
	bool has_bits = type->info >> 31;
	u32 i;

	for (i = 0; i < count_of(type); i++, member++) {
		u32 bits = has_bits ? member->offset & 0xffffff : member->offset;
		const struct btf_type *inner;
		u32 offset;

		if (member->name_off) {
			if (!strcmp(name_at(types, member->name_off), name))
				return bits / 8;
			continue;
		}
		inner = type_of_id(types, member->type);
		if (!inner || !is_aggregate(inner) || depth >= NESTING_MAX)
			continue;
		offset = member_offset(types, inner, name, depth + 1);
		if (offset != NOT_FOUND)
			return bits / 8 + offset;
	}
	return NOT_FOUND;
}

static const char *real_name(const struct types *types, const char *structure)
{
	return strcmp(structure, "slab") || struct_named(types, "slab") ? structure : "page";
}

static int find(const struct types *types, const struct picket_member *member)
{
	const char *structure = real_name(types, member->structure);
	const struct btf_type *type = struct_named(types, structure);
	u32 offset = type ? member_offset(types, type, member->name, 0) : NOT_FOUND;

	if (offset == NOT_FOUND) {
		pr_err("this kernel's struct %s has no %s\n", structure, member->name);
		return -ENOENT;
	}
	*member->place = offset;
	return 0;
}

int picket_members_find(const struct picket_member *members, size_t count)
{
	struct types types;
	int error = 0;
	size_t i;

	if (!open_types(&types)) {
		pr_err("this kernel's type information (BTF) cannot be read\n");
		return -ENOENT;
	}
	for (i = 0; i < count && !error; i++)
		error = find(&types, &members[i]);
	return error;
}
