/* <stdarg.h> for compiling musl (programs get musl's own). fcntl, ioctl, prctl
 * and syscall read arguments that their caller may have left out. Registers and
 * stacks have something there; a wasm call without variable arguments passes a
 * null pointer for them, which here becomes a row of zeroes. */
#include_next <stdarg.h>

#ifndef SLIPWAY_STDARG_H_
#define SLIPWAY_STDARG_H_

static const unsigned long __slipway_no_arguments[6];

#undef va_start
#define va_start(ap, last) \
	(__builtin_va_start(ap, last), \
	 (ap) = (ap) ? (ap) : (va_list)__slipway_no_arguments)

#endif
