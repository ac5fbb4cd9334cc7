/* Defines the wasm global that holds the thread pointer, one per thread. */
#include "pthread_impl.h"

__asm__(
".globl __slipway_thread_pointer\n"
".hidden __slipway_thread_pointer\n"
".globaltype __slipway_thread_pointer, i64\n"
"__slipway_thread_pointer:\n");

int __set_thread_area(void *p)
{
	__asm__ volatile("local.get %0\n\tglobal.set __slipway_thread_pointer"
	                 : : "r"(p));
	return 0;
}
