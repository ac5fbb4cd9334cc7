/* musl's <stdarg.h>; then lists that can be read past their end. A wasm caller
 * that passes no variadic arguments passes a null list, and functions that read
 * an optional argument before they know that it is there (fcntl, ioctl, prctl)
 * would fault where other targets find a leftover register: let them find
 * zeros. */
#include_next <stdarg.h>

#ifndef SLIPWAY_STDARG_H_
#define SLIPWAY_STDARG_H_

#ifdef __cplusplus
extern "C"
#else
extern
#endif
const long __slipway_no_arguments[8];

#undef va_start
#define va_start(list, last)            \
	(__builtin_va_start(list, last), \
	 (void)((list) || ((list) = (va_list)__slipway_no_arguments)))

#endif
