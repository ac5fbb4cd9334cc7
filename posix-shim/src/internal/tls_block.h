/* Where a thread's wasm TLS blocks lie. One mapping holds, upwards: dtv, the
 * program's block, the blocks of shared libraries, struct pthread. musl's own
 * dynamic thread vector is not used: dtv[0] is the number of libraries that
 * have a block here, dtv[1] the address of the program's block, and those of
 * the libraries follow. A block is initialised by a function that the linker
 * makes, on the thread that will own it. */
#include "pthread_impl.h"
#include "lock.h"
#include "side_tls.h"

/* Made by wasm-ld: sets this thread's __tls_base and copies the image. */
void __wasm_init_tls(void *block);

static inline void init_tls_block(pthread_t thread)
{
	uintptr_t *dtv = thread->dtv;
	struct side_tls *entry = __side_tls;
	__wasm_init_tls((void *)dtv[1]);
	if (!dtv[0]) return;
	LOCK(__side_tls_lock);
	for (size_t i = 0; i < dtv[0]; i++, entry = entry->next)
		if (entry->init) entry->init((void *)dtv[2 + i]);
	UNLOCK(__side_tls_lock);
}
