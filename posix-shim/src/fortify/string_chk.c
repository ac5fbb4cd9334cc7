#define _GNU_SOURCE
#include <string.h>

/* The checked functions of string.h (include/slipway_fortify.h): the last argument is
 * the room that the object has. */

_Noreturn void __chk_fail(void);

static void need(size_t n, size_t room)
{
	if (n > room) __chk_fail();
}

void *__memcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room)
{
	need(n, room);
	return memcpy(to, from, n);
}

void *__memmove_chk(void *to, const void *from, size_t n, size_t room)
{
	need(n, room);
	return memmove(to, from, n);
}

void *__mempcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room)
{
	need(n, room);
	return mempcpy(to, from, n);
}

void *__memset_chk(void *to, int byte, size_t n, size_t room)
{
	need(n, room);
	return memset(to, byte, n);
}

void __explicit_bzero_chk(void *to, size_t n, size_t room)
{
	need(n, room);
	explicit_bzero(to, n);
}

char *__strcpy_chk(char *restrict to, const char *restrict from, size_t room)
{
	need(strlen(from) + 1, room);
	return strcpy(to, from);
}

char *__stpcpy_chk(char *restrict to, const char *restrict from, size_t room)
{
	need(strlen(from) + 1, room);
	return stpcpy(to, from);
}

char *__strncpy_chk(char *restrict to, const char *restrict from, size_t n, size_t room)
{
	need(n, room);
	return strncpy(to, from, n);
}

char *__stpncpy_chk(char *restrict to, const char *restrict from, size_t n, size_t room)
{
	need(n, room);
	return stpncpy(to, from, n);
}

char *__strcat_chk(char *restrict to, const char *restrict from, size_t room)
{
	need(strlen(to) + strlen(from) + 1, room);
	return strcat(to, from);
}

char *__strncat_chk(char *restrict to, const char *restrict from, size_t n, size_t room)
{
	need(strlen(to) + strnlen(from, n) + 1, room);
	return strncat(to, from, n);
}
