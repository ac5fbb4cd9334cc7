/* The stack of a thread whose creator names no size. Servers are written for
 * glibc's 8 MiB, and untouched pages cost nothing; musl's own default is
 * 128 KiB. */
#include "pthread_impl.h"

unsigned __default_stacksize = 8 << 20;
unsigned __default_guardsize = DEFAULT_GUARD_SIZE;
