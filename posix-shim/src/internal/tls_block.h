/* Where a thread's wasm TLS block lies. One mapping holds, upwards: dtv (two
 * words), the TLS block, struct pthread; dtv[1] is the block's address. dtv[0]
 * is 0: musl's own dynamic thread vector is not used, the block is initialised
 * by the function that the linker makes, on the thread that will own it. */
#include "pthread_impl.h"

/* Made by wasm-ld: sets this thread's __tls_base and copies the image. */
void __wasm_init_tls(void *block);

static inline void init_tls_block(pthread_t thread)
{
	__wasm_init_tls((void *)thread->dtv[1]);
}
