/* semctl(2). include/sys/sem.h passes the fourth argument as a long, whatever
 * the program wrote; where there is none, the kernel reads none. */
#include <stdarg.h>
#include <sys/sem.h>
#include "syscall.h"

int semctl(int id, int number, int command, ...)
{
	va_list list;
	va_start(list, command);
	const long arg = va_arg(list, long);
	va_end(list);
	return syscall(SYS_semctl, id, number, command, arg);
}
