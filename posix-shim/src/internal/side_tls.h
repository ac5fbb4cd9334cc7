/* Thread-local variables of shared libraries. The list only grows, and a thread
 * knows how many entries its block was laid out for (tls_block.h): dlopen sees
 * to the others. A library that is closed leaves its entry, without `init`, to
 * one that needs no more room. */
#ifndef SLIPWAY_POSIX_SHIM_SIDE_TLS_H_
#define SLIPWAY_POSIX_SHIM_SIDE_TLS_H_

#include <features.h>
#include <stddef.h>

struct side_tls {
	struct side_tls *next;
	void (*init)(void *block); /* the linker's __wasm_init_tls, or null */
	size_t size, align;         /* room for */
	void *memory;               /* blocks of threads that dlopen saw to */
	size_t length;
};

hidden extern struct side_tls *__side_tls; /* libc.tls_cnt entries */
hidden extern volatile int __side_tls_lock[1]; /* around `init` */

#endif
