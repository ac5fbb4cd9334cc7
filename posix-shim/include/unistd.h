/* musl's <unistd.h>, checked with _FORTIFY_SOURCE. */
#include_next <unistd.h>

#ifndef SLIPWAY_UNISTD_H_
#define SLIPWAY_UNISTD_H_

#include <slipway_fortify.h>

#ifdef __SLIPWAY_FORTIFY

#ifdef __cplusplus
extern "C" {
#endif

ssize_t __read_chk(int, void *, size_t, size_t);
char *__getcwd_chk(char *, size_t, size_t);
ssize_t __readlink_chk(const char *__restrict, char *__restrict, size_t, size_t);

__slipway_fortified ssize_t read(int fd, void *to, size_t n)
{
	return __read_chk(fd, to, n, __slipway_room(to));
}

__slipway_fortified char *getcwd(char *to, size_t n)
{
	return __getcwd_chk(to, n, __slipway_room(to));
}

__slipway_fortified ssize_t readlink(const char *__restrict path, char *__restrict to, size_t n)
{
	return __readlink_chk(path, to, n, __slipway_room(to));
}

#ifdef __cplusplus
}
#endif

#endif
#endif
