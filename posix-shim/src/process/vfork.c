/* musl makes fork of it, as a call from C would return over the frame that its
 * parent is to return from. The host gives the child memory of its own. */
#define _GNU_SOURCE
#include <unistd.h>
#include "syscall.h"

pid_t vfork(void)
{
	return syscall(SYS_vfork);
}
