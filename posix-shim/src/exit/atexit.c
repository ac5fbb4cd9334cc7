/* Functions to call at the end: of the program, or of the shared library that
 * registered them. Takes the place of musl's file, which keeps libraries to the
 * end. A function's `dso` is an address in the library's data. */
#include <stdint.h>
#include <stdlib.h>
#include "libc.h"
#include "lock.h"
#include "fork_impl.h"

#define calloc __libc_calloc
#define free __libc_free

/* At least 32 are possible without memory. */
#define COUNT 32

struct block {
	struct block *next;
	struct entry {
		void (*function)(void *);
		void *argument;
		uintptr_t dso;
	} entries[COUNT];
};

struct list {
	struct block first, *head;
	int used; /* entries of head */
};

/* at_early: what constructors of the libraries register that a program is
 * linked to. On other systems the step that runs destructors is itself a handler
 * that is registered after them and before the program's own. */
static struct list at_exit, at_fini, at_early;
static struct list *registering = &at_exit;
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

static void call_all(struct list *list)
{
	LOCK(lock);
	for (; list->head; list->head = list->head->next, list->used = COUNT)
		while (list->used-- > 0)
			call_entry(&list->head->entries[list->used]);
	UNLOCK(lock);
}

static void nothing(void) {}
weak_alias(nothing, __run_thread_destructors); /* src/thread/pthread_key_create.c */

void __funcs_on_exit(void)
{
	__run_thread_destructors();
	call_all(&at_exit);
}

/* Gives back what is empty at the end of the list: libraries come and go. */
static void trim(struct list *list)
{
	while (list->head) {
		struct block *last = list->head;
		while (list->used > 0 && !last->entries[list->used - 1].function)
			list->used--;
		if (list->used > 0 || !last->next) return;
		list->head = last->next;
		list->used = COUNT;
		if (last != &list->first) free(last);
	}
}

/* Those whose dso is in [begin, end), the last one first. What they register
 * meanwhile is found by starting again. */
static void call_those(struct list *list, uintptr_t begin, uintptr_t end)
{
	LOCK(lock);
restart:
	for (struct block *b = list->head; b; b = b->next) {
		for (int i = b == list->head ? list->used : COUNT; i-- > 0;) {
			struct entry *entry = &b->entries[i];
			if (!entry->function || entry->dso - begin >= end - begin)
				continue;
			call_entry(entry);
			goto restart;
		}
	}
	trim(list);
	UNLOCK(lock);
}

/* The dso of the last one, or 0. */
static uintptr_t last_dso(struct list *list)
{
	LOCK(lock);
	trim(list);
	uintptr_t dso = list->used > 0 ? list->head->entries[list->used - 1].dso : 0;
	UNLOCK(lock);
	return dso;
}

/* In the place of musl's, which reads what an ELF linker makes: each library's
 * destructors, then its handlers. */
void __libc_exit_fini(void)
{
	for (uintptr_t dso; (dso = last_dso(&at_fini));) {
		call_those(&at_fini, dso, dso + 1);
		call_those(&at_early, dso, dso + 1);
	}
	call_all(&at_early);
}

hidden void __atexit_early(int early)
{
	registering = early ? &at_early : &at_exit;
}

hidden void __funcs_on_unload(uintptr_t begin, uintptr_t end)
{
	call_those(&at_fini, begin, end);
	call_those(&at_exit, begin, end);
}

void __cxa_finalize(void *dso)
{
	if (dso) call_those(&at_exit, (uintptr_t)dso, (uintptr_t)dso + 1);
}

static int add(struct list *list, struct entry entry)
{
	LOCK(lock);
	if (!list->head) { /* nothing yet, or after the end began */
		list->head = &list->first;
		list->used = 0;
	}
	if (list->used == COUNT) {
		struct block *b = calloc(1, sizeof *b);
		if (!b) {
			UNLOCK(lock);
			return -1;
		}
		b->next = list->head;
		list->head = b;
		list->used = 0;
	}
	list->head->entries[list->used++] = entry;
	UNLOCK(lock);
	return 0;
}

int __cxa_atexit(void (*function)(void *), void *argument, void *dso)
{
	return add(registering, (struct entry){function, argument, (uintptr_t)dso});
}

/* Destructors: see passes/destructors.h. */
int __slipway_at_fini(void (*function)(void *), void *argument, void *dso)
{
	return add(&at_fini, (struct entry){function, argument, (uintptr_t)dso});
}

static void call(void *p)
{
	((void (*)(void))(uintptr_t)p)();
}

int atexit(void (*function)(void))
{
	return __cxa_atexit(call, (void *)(uintptr_t)function, 0);
}
