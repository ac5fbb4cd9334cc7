/* For the headers beside this one: _FORTIFY_SOURCE makes calls that write to an
 * object whose size the compiler knows end the program instead of overrunning
 * it. What they call is in src/fortify/, under glibc's names. */
#ifndef SLIPWAY_FORTIFY_H_
#define SLIPWAY_FORTIFY_H_

#if defined(_FORTIFY_SOURCE) && _FORTIFY_SOURCE > 0 && defined(__OPTIMIZE__)

#define __SLIPWAY_FORTIFY 1

/* A definition that the compiler inlines or forgets. */
#define __slipway_fortified                                               \
	extern __inline                                                   \
		__attribute__((__gnu_inline__, __always_inline__, __artificial__))

/* Bytes from p to the end of its object, or (size_t)-1. */
#define __slipway_room(p) __builtin_object_size(p, 0)
/* With level 2 to the end of the member that p names; the compiler knows that in
 * macros only. */
#define __slipway_member_room(p) __builtin_object_size(p, _FORTIFY_SOURCE > 1)

#endif

#endif
