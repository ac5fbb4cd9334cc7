#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include "syscall.h"

/* backtrace(3). The host knows where a thread is (posix.def, backtrace). */

#define LINE_SIZE 512

/* Does not count itself, so it must have a frame of its own. */
__attribute__((noinline)) int backtrace(void **buffer, int size)
{
	uint64_t positions[64];
	if (size <= 0) return 0;
	long count = __syscall(SYS_backtrace, positions, sizeof positions / sizeof *positions);
	if (count < 0) return 0;
	int stored = 0;
	for (long i = 1; i < count && stored < size; i++)
		buffer[stored++] = (void *)positions[i];
	return stored;
}

/* "program(function+0x12) [0x1000000abc]", as glibc has it. */
static int describe(char *line, size_t size, void *position)
{
	char name[LINE_SIZE / 2] = "";
	__syscall(SYS_backtrace_symbol, position, name, sizeof name);
	int length = snprintf(line, size, "%.200s(%s) [%p]",
		program_invocation_name, name, position);
	return length < (int)size ? length : (int)size - 1;
}

char **backtrace_symbols(void *const *buffer, int size)
{
	size_t used = (size < 0 ? 0 : size) * sizeof(char *);
	char line[LINE_SIZE];
	char **lines = malloc(used);
	/* Lines may move: offsets until all are there. */
	for (int i = 0; lines && i < size; i++) {
		int length = describe(line, sizeof line, buffer[i]);
		char **more = realloc(lines, used + length + 1);
		if (!more) free(lines);
		lines = more;
		if (!lines) break;
		memcpy((char *)lines + used, line, length + 1);
		lines[i] = (char *)used;
		used += length + 1;
	}
	for (int i = 0; lines && i < size; i++)
		lines[i] = (char *)lines + (uintptr_t)lines[i];
	return lines;
}

/* For signal handlers and after heap corruption: allocates nothing. */
void backtrace_symbols_fd(void *const *buffer, int size, int fd)
{
	char line[LINE_SIZE];
	for (int i = 0; i < size; i++) {
		int length = describe(line, sizeof line, buffer[i]);
		struct iovec parts[2] = {{line, length}, {"\n", 1}};
		__syscall(SYS_writev, fd, parts, 2);
	}
}
