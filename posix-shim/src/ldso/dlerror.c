/* musl's, with what it does at the end of a thread under another name: the
 * allocator has something to do then as well (src/malloc/malloc.c). */
#define __dl_thread_cleanup __dlerror_thread_cleanup
#include "musl/src/ldso/dlerror.c"
