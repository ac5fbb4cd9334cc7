#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

/* The checked functions that fill buffers from the system (include/slipway_fortify.h). */

_Noreturn void __chk_fail(void);

static void need(size_t n, size_t room)
{
	if (n > room) __chk_fail();
}

ssize_t __read_chk(int fd, void *to, size_t n, size_t room)
{
	need(n, room);
	return read(fd, to, n);
}

ssize_t __pread_chk(int fd, void *to, size_t n, off_t at, size_t room)
{
	need(n, room);
	return pread(fd, to, n, at);
}

ssize_t __recv_chk(int fd, void *to, size_t n, size_t room, int flags)
{
	need(n, room);
	return recv(fd, to, n, flags);
}

ssize_t __readlink_chk(const char *restrict path, char *restrict to, size_t n, size_t room)
{
	need(n, room);
	return readlink(path, to, n);
}

char *__getcwd_chk(char *to, size_t n, size_t room)
{
	need(n, room);
	return getcwd(to, n);
}

char *__realpath_chk(const char *restrict path, char *restrict to, size_t room)
{
	need(PATH_MAX, room);
	return realpath(path, to);
}

int __gethostname_chk(char *to, size_t n, size_t room)
{
	need(n, room);
	return gethostname(to, n);
}

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	need(n, room / sizeof *fds);
	return poll(fds, n, timeout);
}

/* The word of a descriptor's bit in an fd_set. */
long __fdelt_chk(long fd)
{
	if (fd < 0 || fd >= FD_SETSIZE) __chk_fail();
	return fd / (8 * (long)sizeof(long));
}
