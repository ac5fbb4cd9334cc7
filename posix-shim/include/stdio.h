/* musl's <stdio.h>, checked with _FORTIFY_SOURCE. */
#include_next <stdio.h>

#ifndef SLIPWAY_STDIO_H_
#define SLIPWAY_STDIO_H_

#include <slipway_fortify.h>

#ifdef __SLIPWAY_FORTIFY

#ifdef __cplusplus
extern "C" {
#endif

char *__fgets_chk(char *__restrict, size_t, int, FILE *__restrict);
size_t __fread_chk(void *__restrict, size_t, size_t, size_t, FILE *__restrict);

__slipway_fortified char *fgets(char *__restrict to, int n, FILE *__restrict stream)
{
	return __fgets_chk(to, __slipway_room(to), n, stream);
}

__slipway_fortified size_t fread(void *__restrict to, size_t size, size_t n, FILE *__restrict stream)
{
	return __fread_chk(to, __slipway_room(to), size, n, stream);
}

__slipway_fortified int vsprintf(char *__restrict to, const char *__restrict format, __builtin_va_list list)
{
	return __builtin___vsprintf_chk(to, 0, __slipway_room(to), format, list);
}

__slipway_fortified int vsnprintf(char *__restrict to, size_t n, const char *__restrict format, __builtin_va_list list)
{
	return __builtin___vsnprintf_chk(to, n, 0, __slipway_room(to), format, list);
}

#ifdef __cplusplus
}
#else
/* The compiler cannot pass variable arguments on. */
#define sprintf(to, ...) \
	__builtin___sprintf_chk(to, 0, __slipway_member_room(to), __VA_ARGS__)
#define snprintf(to, n, ...) \
	__builtin___snprintf_chk(to, n, 0, __slipway_member_room(to), __VA_ARGS__)
#endif

#endif
#endif
