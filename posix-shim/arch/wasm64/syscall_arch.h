/* musl's way to the kernel: every call becomes an import of module "posix1".
 *
 * musl writes __syscallN(SYS_name, ...) with a constant number. The functions
 * below are a switch over that constant, always inlined, so that each use
 * folds to a single import and a program's import section lists exactly the
 * calls it can make. Arguments that musl leaves out are passed as 0; Linux
 * ignores them. A number without a row in posix.def gives -ENOSYS.
 */
#include "posix-shim/abi/posix1.h"

#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

#define IPC_64 0

#define __SLIPWAY_INLINE static __inline __attribute__((__always_inline__))

#define __SLIPWAY_ARGS_0
#define __SLIPWAY_ARGS_1 a
#define __SLIPWAY_ARGS_2 a, b
#define __SLIPWAY_ARGS_3 a, b, c
#define __SLIPWAY_ARGS_4 a, b, c, d
#define __SLIPWAY_ARGS_5 a, b, c, d, e
#define __SLIPWAY_ARGS_6 a, b, c, d, e, f
#define __SLIPWAY_ARGS_7 a, b, c, d, e, f, g

__SLIPWAY_INLINE long __syscall7(long n, long a, long b, long c, long d, long e,
                                 long f, long g)
{
	switch (n) {
#define POSIX_NAME(name, argc) \
	case SYS_##name: return __posix1_##name(__SLIPWAY_ARGS_##argc);
#include "posix-shim/abi/posix.def"
	}
	return -38; /* ENOSYS */
}

__SLIPWAY_INLINE long __syscall0(long n)
{
	return __syscall7(n, 0, 0, 0, 0, 0, 0, 0);
}

__SLIPWAY_INLINE long __syscall1(long n, long a)
{
	return __syscall7(n, a, 0, 0, 0, 0, 0, 0);
}

__SLIPWAY_INLINE long __syscall2(long n, long a, long b)
{
	return __syscall7(n, a, b, 0, 0, 0, 0, 0);
}

__SLIPWAY_INLINE long __syscall3(long n, long a, long b, long c)
{
	return __syscall7(n, a, b, c, 0, 0, 0, 0);
}

__SLIPWAY_INLINE long __syscall4(long n, long a, long b, long c, long d)
{
	return __syscall7(n, a, b, c, d, 0, 0, 0);
}

__SLIPWAY_INLINE long __syscall5(long n, long a, long b, long c, long d, long e)
{
	return __syscall7(n, a, b, c, d, e, 0, 0);
}

__SLIPWAY_INLINE long __syscall6(long n, long a, long b, long c, long d, long e,
                                 long f)
{
	return __syscall7(n, a, b, c, d, e, f, 0);
}

/* Cancellation points. The call is made in place (a switch at run time would
 * import every call there is) between two marks. Without pthread_cancel in the
 * program the marks do nothing; posix-shim/src/thread/pthread_cancel.c says
 * what they do with it. A mark that answers non-zero replaces the call.
 */
#define __SLIPWAY_HIDDEN __attribute__((__visibility__("hidden")))
__SLIPWAY_HIDDEN long __slipway_cancel_begin(long n);
__SLIPWAY_HIDDEN long __slipway_cancel_end(long n, long r);

__SLIPWAY_INLINE long __syscall_cp(long n, long a, long b, long c, long d,
                                   long e, long f)
{
	long r = __slipway_cancel_begin(n);
	if (!r) r = __syscall7(n, a, b, c, d, e, f, 0);
	return __slipway_cancel_end(n, r);
}
