/* Linux's own knows x86-64 by its predefined macro, which the target has not. */
#define __BITS_PER_LONG 64
#include <asm-generic/bitsperlong.h>
