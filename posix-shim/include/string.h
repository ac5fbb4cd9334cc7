/* musl's <string.h>, checked with _FORTIFY_SOURCE. */
#include_next <string.h>

#ifndef SLIPWAY_STRING_H_
#define SLIPWAY_STRING_H_

#include <slipway_fortify.h>

#ifdef __SLIPWAY_FORTIFY

#ifdef __cplusplus
extern "C" {
#endif

__slipway_fortified void *memcpy(void *__restrict to, const void *__restrict from, size_t n)
{
	return __builtin___memcpy_chk(to, from, n, __slipway_room(to));
}

__slipway_fortified void *memmove(void *to, const void *from, size_t n)
{
	return __builtin___memmove_chk(to, from, n, __slipway_room(to));
}

__slipway_fortified void *memset(void *to, int byte, size_t n)
{
	return __builtin___memset_chk(to, byte, n, __slipway_room(to));
}

__slipway_fortified char *strcpy(char *__restrict to, const char *__restrict from)
{
	return __builtin___strcpy_chk(to, from, __slipway_room(to));
}

__slipway_fortified char *strncpy(char *__restrict to, const char *__restrict from, size_t n)
{
	return __builtin___strncpy_chk(to, from, n, __slipway_room(to));
}

__slipway_fortified char *strcat(char *__restrict to, const char *__restrict from)
{
	return __builtin___strcat_chk(to, from, __slipway_room(to));
}

__slipway_fortified char *strncat(char *__restrict to, const char *__restrict from, size_t n)
{
	return __builtin___strncat_chk(to, from, n, __slipway_room(to));
}

#ifdef _GNU_SOURCE
__slipway_fortified void *mempcpy(void *__restrict to, const void *__restrict from, size_t n)
{
	return __builtin___mempcpy_chk(to, from, n, __slipway_room(to));
}
#endif

#ifdef __cplusplus
}
#endif

#endif
#endif
