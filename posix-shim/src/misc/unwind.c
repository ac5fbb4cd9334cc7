#include <features.h>
#include <stdint.h>
#include "syscall.h"

/* What of unwind.h does not need a frame's registers: walking the stack. All
 * weak, for C++'s runtime has its own of some. */

/* The compiler's own header, unwind.h, is not there for libc. */
enum { _URC_NO_REASON = 0, _URC_FATAL_PHASE1_ERROR = 3, _URC_END_OF_STACK = 5 };
struct _Unwind_Context;
typedef int (*_Unwind_Trace_Fn)(struct _Unwind_Context *, void *);

/* Begins as that runtime's context does, whose _Unwind_GetIP adds 2, too. */
struct _Unwind_Context {
	uintptr_t before_ip;
};

weak __attribute__((noinline)) int
_Unwind_Backtrace(_Unwind_Trace_Fn visit, void *argument)
{
	uint64_t positions[64];
	long count = __syscall(SYS_backtrace, positions, sizeof positions / sizeof *positions);
	for (long i = 1; i < count; i++) {
		struct _Unwind_Context context = {positions[i] - 2};
		int reason = visit(&context, argument);
		if (reason == _URC_END_OF_STACK) return reason;
		if (reason != _URC_NO_REASON) return _URC_FATAL_PHASE1_ERROR;
	}
	return _URC_END_OF_STACK;
}

weak uintptr_t _Unwind_GetIP(struct _Unwind_Context *context)
{
	return context->before_ip + 2;
}

weak uintptr_t _Unwind_GetIPInfo(struct _Unwind_Context *context,
	int *before_instruction)
{
	*before_instruction = 1;
	return _Unwind_GetIP(context);
}
