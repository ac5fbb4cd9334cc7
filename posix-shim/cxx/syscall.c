/* The calls that C++'s libraries make by their numbers (build_libcxx.sh renames
 * syscall): libc's function could make any, so a program that has it imports
 * them all. */
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>

#define POSIX1(name)                      \
  __attribute__((import_module("posix1"), \
                 import_name(#name))) long __posix1_##name

POSIX1(futex)(long, long, long, long, long, long);
POSIX1(gettid)(void);

static long futex(va_list list) {
  long arguments[6];
  for (int i = 0; i < 6; i++) arguments[i] = va_arg(list, long);
  return __posix1_futex(arguments[0], arguments[1], arguments[2], arguments[3],
                        arguments[4], arguments[5]);
}

long __slipway_cxx_syscall(long number, ...) {
  long result = -ENOSYS;
  va_list list;
  va_start(list, number);
  if (number == SYS_futex) result = futex(list);
  if (number == SYS_gettid) result = __posix1_gettid();
  va_end(list);
  if (result >= 0) return result;
  errno = -result;
  return -1;
}
