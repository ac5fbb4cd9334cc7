/* musl's <sys/sem.h>, with a semctl whose fourth argument may be what programs
 * for x86-64 write there: the union that they define, an int, or a pointer. On
 * x86-64 all of them arrive in one register; for wasm a union is passed by
 * reference. The macro passes the first 8 bytes of whatever it is. */
#ifndef __SLIPWAY_SYS_SEM_H
#define __SLIPWAY_SYS_SEM_H
#pragma GCC system_header

#include_next <sys/sem.h>

#ifdef __cplusplus
#define __SLIPWAY_AUTO auto
#else
#define __SLIPWAY_AUTO __auto_type
#endif

#define __SLIPWAY_SEMUN(...)                                                   \
	__extension__({                                                        \
		__SLIPWAY_AUTO __slipway_arg = (__VA_ARGS__);                  \
		long __slipway_word = 0;                                       \
		__builtin_memcpy(&__slipway_word, &__slipway_arg,              \
				 sizeof __slipway_arg < sizeof(long)           \
					 ? sizeof __slipway_arg                \
					 : sizeof(long));                      \
		__slipway_word;                                                \
	})

/* The empty arguments keep compilers from warning that there is none. */
#define __SLIPWAY_SEMCTL_REST(...) __VA_OPT__(, __SLIPWAY_SEMUN(__VA_ARGS__))
#define __SLIPWAY_SEMCTL(command, arg, ...) command __SLIPWAY_SEMCTL_REST(arg)
#define semctl(id, number, ...)                                                \
	semctl(id, number, __SLIPWAY_SEMCTL(__VA_ARGS__, , ))

#endif
