/* The thread pointer is a wasm global. Globals are per thread by construction
 * (every thread has its own instance context), so it needs no register and no
 * system call. Defined in posix-shim/src/thread/__set_thread_area.c. */
__asm__(".globaltype __slipway_thread_pointer, i64\n");

static inline uintptr_t __get_tp(void)
{
	uintptr_t tp;
	__asm__("global.get __slipway_thread_pointer\n\tlocal.set %0" : "=r"(tp));
	return tp;
}

#define MC_PC gregs[REG_RIP]
