/* longjmp as functions: the compiler turns calls that it sees into
 * __wasm_longjmp, pointers to longjmp come here. */
#include "jump.h"

_Noreturn void longjmp(jmp_buf env, int value)
{
	jump_to(env, value);
}

_Noreturn void _longjmp(jmp_buf env, int value)
{
	jump_to(env, value);
}
