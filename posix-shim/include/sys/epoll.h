/* musl's <sys/epoll.h>, with struct epoll_event packed: musl packs it for
 * x86-64 alone, and the boundary has the layouts of Linux x86-64. */
#ifndef _SYS_EPOLL_H

/* What musl's header includes comes first, so that it alone is told that this
 * is x86-64. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>

#define __x86_64__ 1
#include_next <sys/epoll.h>
#undef __x86_64__

#endif
