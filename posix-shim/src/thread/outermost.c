/* How a thread's first function is called. C++'s runtime has something else in
 * their place (posix-shim/cxx/outermost.c). */
#include <features.h>

int __slipway_outermost(int (*function)(void *), void *argument)
{
	return function(argument);
}

void __slipway_unwind_thread(void *result)
{
}
