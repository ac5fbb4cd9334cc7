/* musl's <setjmp.h>; then the two relatives of setjmp as macros, for the
 * compiler knows how to return twice from a call of setjmp alone. */
#include_next <setjmp.h>

#ifndef SLIPWAY_SETJMP_H_
#define SLIPWAY_SETJMP_H_

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || \
    defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
int __slipway_sigsetjmp(sigjmp_buf, int save_mask, int returned);
#define sigsetjmp(env, save_mask) \
  __slipway_sigsetjmp(env, save_mask, setjmp(env))
#endif

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
#define _setjmp(env) setjmp(env)
#endif

#ifdef __cplusplus
}
#endif

#endif
