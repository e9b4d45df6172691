/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Calls that the compiler inlines, and labels to find their addresses by. The symbol tests know
 * the numbers of the lines that are marked.
 */
namespace fruit {

struct Apple {
	int weight;

	__attribute__((always_inline)) int weigh()
	{
		asm volatile(".globl mark_inlined\nmark_inlined:\n\tnop"); /* line: weigh */
		return weight;
	}
};

__attribute__((always_inline)) inline int weigh_twice(Apple *apple)
{
	return 2 * apple->weigh(); /* line: weigh_twice */
}

__attribute__((noinline)) int sell(Apple *apple, long)
{
	int weight = weigh_twice(apple); /* line: sell */

	asm volatile("nop");
	return weight + 1;
}

}

extern "C" __attribute__((noinline)) int plain_function(fruit::Apple *apple)
{
	int sum = fruit::sell(apple, 1); /* line: plain_function */

	asm volatile(".globl mark_return\nmark_return:\n\tnop");
	return sum + 2;
}

int main()
{
	fruit::Apple apple = {1};

	return plain_function(&apple);
}
