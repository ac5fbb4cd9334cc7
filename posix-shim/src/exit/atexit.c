/* Functions to call at the end: of the program, or of the shared library that
 * registered them. Takes the place of musl's file, which keeps libraries to the
 * end. A function's `dso` is an address in the library's data. */
#include <stdint.h>
#include <stdlib.h>
#include "libc.h"
#include "lock.h"
#include "fork_impl.h"

#define calloc __libc_calloc

/* At least 32 are possible without memory. */
#define COUNT 32

static struct block {
	struct block *next;
	struct entry {
		void (*function)(void *);
		void *argument;
		uintptr_t dso;
	} entries[COUNT];
} builtin, *head = &builtin;

static int used; /* entries of head */
static volatile int lock[1];
volatile int *const __atexit_lockptr = lock;

static void call_entry(struct entry *entry)
{
	struct entry copy = *entry;
	if (!copy.function) return;
	entry->function = 0;
	UNLOCK(lock);
	copy.function(copy.argument);
	LOCK(lock);
}

void __funcs_on_exit(void)
{
	LOCK(lock);
	for (; head; head = head->next, used = COUNT)
		while (used-- > 0) call_entry(&head->entries[used]);
	UNLOCK(lock);
}

/* Those whose dso is in [begin, end), the last one first. What they register
 * meanwhile is found by starting again. */
hidden void __funcs_on_unload(uintptr_t begin, uintptr_t end)
{
	LOCK(lock);
restart:
	for (struct block *b = head; b; b = b->next) {
		for (int i = b == head ? used : COUNT; i-- > 0;) {
			struct entry *entry = &b->entries[i];
			if (!entry->function || entry->dso - begin >= end - begin)
				continue;
			call_entry(entry);
			goto restart;
		}
	}
	UNLOCK(lock);
}

void __cxa_finalize(void *dso)
{
	if (dso) __funcs_on_unload((uintptr_t)dso, (uintptr_t)dso + 1);
}

int __cxa_atexit(void (*function)(void *), void *argument, void *dso)
{
	LOCK(lock);
	if (!head) { /* after the end began */
		head = &builtin;
		used = 0;
	}
	if (used == COUNT) {
		struct block *b = calloc(1, sizeof *b);
		if (!b) {
			UNLOCK(lock);
			return -1;
		}
		b->next = head;
		head = b;
		used = 0;
	}
	head->entries[used++] =
		(struct entry){function, argument, (uintptr_t)dso};
	UNLOCK(lock);
	return 0;
}

static void call(void *p)
{
	((void (*)(void))(uintptr_t)p)();
}

int atexit(void (*function)(void))
{
	return __cxa_atexit(call, (void *)(uintptr_t)function, 0);
}
