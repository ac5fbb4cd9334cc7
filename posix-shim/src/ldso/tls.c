/* Thread-local variables of a library that is loaded while threads run. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "dso.h"
#include "libc.h"
#include "tls_block.h"
#include "syscall.h"

static size_t align_up(size_t n, size_t align)
{
	return (n + align - 1) & -align;
}

typedef void initializer(void *block);

/* Initialises a block for every other thread: on this one, for the module's
 * globals say where the block is; the host then gives the thread a copy of
 * them. Called with thread creation and exit held up. */
static void init_others(struct dso *dso, initializer *init,
                        unsigned char *blocks, size_t stride)
{
	pthread_t self = __pthread_self();
	for (pthread_t td = self->next; td != self; td = td->next) {
		init(blocks);
		__syscall(SYS_module_thread, dso->id, td->tid);
		blocks += stride;
	}
}

/* Makes room in the blocks of threads that are created from now on. */
static void announce(struct side_tls *entry)
{
	struct side_tls **end = &__side_tls;
	while (*end) end = &(*end)->next;
	*end = entry;
	libc.tls_cnt++;
	libc.tls_size += align_up(
		entry->size + entry->align + sizeof(uintptr_t), 16);
}

static int init_blocks(struct dso *dso, initializer *init)
{
	struct side_tls *entry = dso->tls;
	size_t stride = align_up(entry->size, entry->align), count = 1;
	pthread_t self = __pthread_self();
	for (pthread_t td = self->next; td != self; td = td->next) count++;
	size_t length = count * stride + entry->align;
	void *memory = mmap(0, length, PROT_READ|PROT_WRITE,
	                    MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) return -1;
	unsigned char *blocks =
		(void *)align_up((uintptr_t)memory, entry->align);
	init_others(dso, init, blocks + stride, stride);
	/* Last: it is this thread's own that the globals say in the end. */
	init(blocks);
	entry->memory = memory;
	entry->length = length;
	return 0;
}

/* An entry that a closed library left, or a new one. */
static struct side_tls *find_entry(size_t size, size_t align)
{
	for (struct side_tls *entry = __side_tls; entry; entry = entry->next)
		if (!entry->init && entry->size >= size && entry->align >= align)
			return entry;
	struct side_tls *entry = calloc(1, sizeof *entry);
	if (!entry) return 0;
	entry->size = size;
	entry->align = align;
	return entry;
}

static int is_announced(const struct side_tls *entry)
{
	const struct side_tls *e = __side_tls;
	while (e && e != entry) e = e->next;
	return !!e;
}

static void set_init(struct side_tls *entry, initializer *init)
{
	LOCK(__side_tls_lock);
	entry->init = init;
	UNLOCK(__side_tls_lock);
}

int __dso_init_tls(struct dso *dso)
{
	struct slipway_symbol symbol;
	sigset_t set;
	if (!dso->place.tls_size) return 0;
	if (!__dso_has(dso, "__wasm_init_tls", &symbol)) return 0;
	initializer *init = (initializer *)symbol.value;
	struct side_tls *entry =
		find_entry(dso->place.tls_size, dso->place.tls_alignment);
	if (!entry) return -1;
	dso->tls = entry;

	__inhibit_ptc();
	__block_app_sigs(&set);
	__tl_lock();
	int result = init_blocks(dso, init);
	if (!result) {
		if (!is_announced(entry)) announce(entry);
		set_init(entry, init);
	}
	__tl_unlock();
	__restore_sigs(&set);
	__release_ptc();
	if (result) {
		if (!is_announced(entry)) free(entry);
		dso->tls = 0;
	}
	return result;
}

void __dso_forget_tls(struct dso *dso)
{
	struct side_tls *entry = dso->tls;
	if (!entry) return;
	set_init(entry, 0);
	munmap(entry->memory, entry->length);
	dso->tls = 0;
}
