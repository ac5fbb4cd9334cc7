/* The start of a program, and the other doors through which the host enters
 * it. Exported by the driver: _start, __slipway_thread_start, __slipway_signal.
 */
#include <signal.h>
#include <stdlib.h>
#include "tls_block.h"

int __main_argc_argv(int argc, char **argv);
int __libc_start_main(int (*)(int, char **, char **), int, char **,
                      void (*)(void), void (*)(void), void (*)(void));
void __wasm_call_ctors(void);

/* libraries.c, or nothing. */
hidden void __slipway_load_libraries(void);

/* musl's hook for constructors: they are called below. */
hidden void __libc_start_init(void)
{
}

/* Calls the function; src/thread/outermost.c. */
int __slipway_outermost(int (*function)(void *), void *argument);

struct program {
	int argc;
	char **argv;
};

/* libc is ready. */
static int run(void *p)
{
	struct program *program = p;
	__slipway_load_libraries();
	__wasm_call_ctors();
	exit(__main_argc_argv(program->argc, program->argv));
}

static int run_outermost(int argc, char **argv, char **envp)
{
	struct program program = {argc, argv};
	return __slipway_outermost(run, &program);
}

/* `sp` is the stack as Linux hands it to a new program: argc, argv, envp and
 * the auxiliary vector. */
_Noreturn void _start(long *sp)
{
	__libc_start_main(run_outermost, sp[0], (char **)(sp + 1), 0, 0, 0);
	__builtin_unreachable();
}

/* A new thread's first call, with __stack_pointer at its stack. */
int __slipway_thread_start(int (*func)(void *), void *arg, void *tls)
{
	__set_thread_area(tls);
	init_tls_block(tls);
	return __slipway_outermost(func, arg);
}

/* A signal, on the stack the host has chosen. info is null when the handler was
 * installed without SA_SIGINFO: such a function has one parameter, and wasm
 * checks the type of every indirect call. */
void __slipway_signal(void (*handler)(void), int sig, siginfo_t *info,
                      void *context)
{
	if (info)
		((void (*)(int, siginfo_t *, void *))handler)(sig, info, context);
	else
		((void (*)(int))handler)(sig);
}
