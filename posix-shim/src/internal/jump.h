/* What a jmp_buf holds, and how a jump is thrown. */
#include <setjmp.h>
#include <stdint.h>

enum { C_LONGJMP = 1 }; /* __c_longjmp's number for __builtin_wasm_throw */

struct jump {
	void *activation; /* of the function that called setjmp */
	uint32_t place;   /* which call of setjmp in it, from 1 */
	struct {
		void *env;
		int value;
	} thrown; /* what the exception points to; read by LLVM's code */
};
_Static_assert(sizeof(struct jump) <= sizeof(__jmp_buf), "jmp_buf is too small");

static inline _Noreturn void jump_to(void *env, int value)
{
	struct jump *jump = env;
	jump->thrown.env = env;
	jump->thrown.value = value ? value : 1;
	__builtin_wasm_throw(C_LONGJMP, &jump->thrown);
}
