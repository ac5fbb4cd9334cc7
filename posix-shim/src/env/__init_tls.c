/* Thread-local storage and the main thread. Takes the place of musl's file,
 * which reads the ELF program headers. */
#define SYSCALL_NO_TLS 1
#include <stdalign.h>
#include <stddef.h>
#include <sys/mman.h>
#include "atomic.h"
#include "libc.h"
#include "pthread_impl.h"
#include "syscall.h"
#include "tls_block.h"

volatile int __thread_list_lock;
struct side_tls *__side_tls;
volatile int __side_tls_lock[1];

int __init_tp(void *p)
{
	pthread_t td = p;
	td->self = td;
	if (__set_thread_area(td) < 0) return -1;
	libc.can_do_threads = 1;
	td->detach_state = DT_JOINABLE;
	td->tid = __syscall(SYS_set_tid_address, &__thread_list_lock);
	td->locale = &libc.global_locale;
	td->robust_list.head = &td->robust_list.head;
	td->next = td->prev = td;
	return 0;
}

static size_t align_up(size_t n, size_t align)
{
	return (n + align - 1) & -align;
}

/* Lays out `mem`, libc.tls_size bytes of zeroes, for a new thread; see
 * tls_block.h. The blocks themselves are filled in by the thread. */
void *__copy_tls(unsigned char *mem)
{
	size_t count = libc.tls_cnt;
	uintptr_t *dtv = (uintptr_t *)align_up((uintptr_t)mem, sizeof *dtv);
	uintptr_t at = align_up((uintptr_t)(dtv + 2 + count), libc.tls_align);
	dtv[0] = count;
	dtv[1] = at;
	at += __builtin_wasm_tls_size();
	struct side_tls *entry = __side_tls;
	for (size_t i = 0; i < count; i++, entry = entry->next) {
		dtv[2 + i] = at = align_up(at, entry->align);
		at += entry->size;
	}
	pthread_t td = (pthread_t)align_up(at, alignof(struct pthread));
	td->dtv = dtv;
	return td;
}

void __init_tls(size_t *aux)
{
	libc.tls_align = __builtin_wasm_tls_align();
	if (libc.tls_align < sizeof(void *)) libc.tls_align = sizeof(void *);
	libc.tls_size = align_up(
		3 * sizeof(void *) + libc.tls_align + __builtin_wasm_tls_size()
		+ alignof(struct pthread) + sizeof(struct pthread), 16);

	void *mem = (void *)__syscall(SYS_mmap, 0, libc.tls_size,
	                              PROT_READ|PROT_WRITE,
	                              MAP_ANONYMOUS|MAP_PRIVATE, -1, 0);
	if ((unsigned long)mem > -4096UL) a_crash();
	pthread_t td = __copy_tls(mem);
	if (__init_tp(td) < 0) a_crash();
	init_tls_block(td);
}
