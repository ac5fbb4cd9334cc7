/* setjmp and longjmp by wasm exceptions. LLVM turns a call of setjmp into
 * __wasm_setjmp, which notes the place in the buffer, and wraps the rest of the
 * function in a handler for the tag __c_longjmp; what arrives there is asked by
 * __wasm_setjmp_test whether it is for this activation, and for which place.
 * The names and types of these three are LLVM's (WebAssemblyLowerEmscriptenEHSjLj).
 */
#include "jump.h"

__asm__(
".globl __c_longjmp\n"
".tagtype __c_longjmp i64\n"
"__c_longjmp:\n");

void __wasm_setjmp(void *env, uint32_t place, void *activation)
{
	struct jump *jump = env;
	jump->activation = activation;
	jump->place = place;
}

uint32_t __wasm_setjmp_test(void *env, void *activation)
{
	struct jump *jump = env;
	return jump->activation == activation ? jump->place : 0;
}

_Noreturn void __wasm_longjmp(void *env, int value)
{
	jump_to(env, value);
}
