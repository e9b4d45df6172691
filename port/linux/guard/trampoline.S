/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What ftrace calls first thing in a hooked function: all its arguments are still in registers.
 * On the stack lie the return into the hooked function, and above it the one to its caller.
 *
 * Not ours: return into the function. Ours: the C handler has done the function's work, and its
 * result is in %rax. Then the return into the function is overwritten by picket_skip, which only
 * returns. So each call still has its return, and nothing on the stack moves, which is what the
 * CPU's return predictor and the kernel's unwinder need.
 */
#include <linux/linkage.h>
#include <asm/nospec-branch.h>

.macro CALL_HANDLER handler
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %r8
	pushq %r9
	movq %rsp, %rdi
	call \handler
	movq %rdx, %r11
	popq %r9
	popq %r8
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	testq %r11, %r11
	jz .Lback_\@
	leaq picket_skip(%rip), %r11
	movq %r11, (%rsp)
.Lback_\@:
	RET
.endm

/* While no sample is due this is three instructions. */
.macro GATE name, handler
SYM_FUNC_START(\name)
	cmpl $0, picket_samples(%rip)
	jne .Lsample_\@
	RET
.Lsample_\@:
	CALL_HANDLER \handler
SYM_FUNC_END(\name)
.endm

/* For a pointer that is not into the pool this is five. */
.macro RANGE name, register, handler
SYM_FUNC_START(\name)
	movq \register, %rax
	subq picket_pool_start(%rip), %rax
	cmpq picket_pool_bytes(%rip), %rax
	jb .Lours_\@
	RET
.Lours_\@:
	CALL_HANDLER \handler
SYM_FUNC_END(\name)
.endm

.macro ALWAYS name, handler
SYM_FUNC_START(\name)
	CALL_HANDLER \handler
SYM_FUNC_END(\name)
.endm

SYM_FUNC_START(picket_skip)
	RET
SYM_FUNC_END(picket_skip)

/* (cache, flags, ...) for an object of the cache's size */
GATE picket_enter_cache_alloc, picket_on_cache_alloc
/* (cache, list, flags) for the same */
GATE picket_enter_cache_alloc_lru, picket_on_cache_alloc_lru
/* (cache, flags, node, size, ...) */
GATE picket_enter_kmalloc_node_size, picket_on_kmalloc_node_size
/* (cache, flags, size, ...) */
GATE picket_enter_kmalloc_size, picket_on_kmalloc_size
/* (size, flags, ...) */
GATE picket_enter_kmalloc, picket_on_kmalloc
/* (size, buckets, flags, ...) */
GATE picket_enter_kmalloc_bucket, picket_on_kmalloc_bucket

RANGE picket_enter_slab_free, %rdx, picket_on_slab_free
RANGE picket_enter_kfree, %rdi, picket_on_kfree
RANGE picket_enter_cache_free, %rsi, picket_on_cache_free
RANGE picket_enter_ksize, %rdi, picket_on_ksize
RANGE picket_enter_krealloc, %rdi, picket_on_krealloc
RANGE picket_enter_usercopy, %rdi, picket_on_usercopy
RANGE picket_enter_fault, %rdx, picket_on_fault
ALWAYS picket_enter_bulk_free, picket_on_bulk_free
ALWAYS picket_enter_cache_destroy, picket_on_cache_destroy
