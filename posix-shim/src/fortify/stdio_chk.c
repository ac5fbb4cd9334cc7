#define _GNU_SOURCE
#include <stdarg.h>
#include <limits.h>
#include <stdio.h>

/* The checked functions of stdio.h (include/slipway_fortify.h), those that glibc's
 * headers call included. `flag` asks glibc to refuse %n in writable formats;
 * there is no such check here. */

_Noreturn void __chk_fail(void);

int __vsnprintf_chk(char *restrict to, size_t n, int flag, size_t room, const char *restrict format, va_list list)
{
	if (n > room) __chk_fail();
	return vsnprintf(to, n, format, list);
}

int __vsprintf_chk(char *restrict to, int flag, size_t room, const char *restrict format, va_list list)
{
	int length = vsnprintf(to, room < INT_MAX ? room : INT_MAX, format, list);
	if (length >= 0 && (size_t)length >= room) __chk_fail();
	return length;
}

int __snprintf_chk(char *restrict to, size_t n, int flag, size_t room, const char *restrict format, ...)
{
	va_list list;
	va_start(list, format);
	int length = __vsnprintf_chk(to, n, flag, room, format, list);
	va_end(list);
	return length;
}

int __sprintf_chk(char *restrict to, int flag, size_t room, const char *restrict format, ...)
{
	va_list list;
	va_start(list, format);
	int length = __vsprintf_chk(to, flag, room, format, list);
	va_end(list);
	return length;
}

int __vfprintf_chk(FILE *restrict stream, int flag, const char *restrict format, va_list list)
{
	return vfprintf(stream, format, list);
}

int __vprintf_chk(int flag, const char *restrict format, va_list list)
{
	return vprintf(format, list);
}

int __fprintf_chk(FILE *restrict stream, int flag, const char *restrict format, ...)
{
	va_list list;
	va_start(list, format);
	int length = vfprintf(stream, format, list);
	va_end(list);
	return length;
}

int __printf_chk(int flag, const char *restrict format, ...)
{
	va_list list;
	va_start(list, format);
	int length = vprintf(format, list);
	va_end(list);
	return length;
}

char *__fgets_chk(char *restrict to, size_t room, int n, FILE *restrict stream)
{
	if (n > 0 && (size_t)n > room) __chk_fail();
	return fgets(to, n, stream);
}

size_t __fread_chk(void *restrict to, size_t room, size_t size, size_t n, FILE *restrict stream)
{
	size_t bytes;
	if (__builtin_mul_overflow(size, n, &bytes) || bytes > room) __chk_fail();
	return fread(to, size, n, stream);
}
