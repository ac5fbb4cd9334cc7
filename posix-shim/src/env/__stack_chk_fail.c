#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "pthread_impl.h"

/* What -fstack-protector calls. Unlike musl's it says what happened, and ends by
 * abort, whose signal a program can handle, as with glibc. */

uintptr_t __stack_chk_guard;

/* The byte above the lowest is 0: strings neither run over the guard unnoticed
 * nor reveal all of it. The host always passes AT_RANDOM. */
void __init_ssp(void *entropy)
{
	__stack_chk_guard = *(uintptr_t *)entropy & ~(uintptr_t)0xff00;
	__pthread_self()->canary = __stack_chk_guard;
}

_Noreturn void __stack_chk_fail(void)
{
	static const char message[] = "*** stack smashing detected ***: terminated\n";
	write(2, message, sizeof message - 1);
	abort();
}
