/* The signal mask of sigsetjmp, for the macro in posix-shim/include/setjmp.h:
 * saved when setjmp returns 0, restored when siglongjmp brings us back. */
#include <setjmp.h>
#include <signal.h>
#include "syscall.h"

hidden int __sigsetjmp_tail(sigjmp_buf, int);

int __slipway_sigsetjmp(sigjmp_buf env, int save_mask, int returned)
{
	if (!returned) env->__fl = save_mask;
	return env->__fl ? __sigsetjmp_tail(env, returned) : returned;
}
