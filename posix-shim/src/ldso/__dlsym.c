/* dlsym, with an address in the library that asks, for RTLD_NEXT: a library's
 * own dlsym (crt/crtS.c) passes it. musl's dlsym, which the program calls,
 * passes null. */
#include <dlfcn.h>
#include <stdlib.h>
#include "dso.h"
#include "dynlink.h"

hidden void __dl_seterr(const char *, ...);

static void *address(const struct slipway_symbol *symbol)
{
	return (void *)symbol->value;
}

/* In those that are global; after `after`, unless that is null. */
static int find_global(const struct dso *after, const char *name,
                       struct slipway_symbol *symbol)
{
	for (struct dso *d = after ? after->next_global : &__dso_program; d;
	     d = d->next_global)
		if (__dso_has(d, name, symbol)) return 1;
	return 0;
}

/* In the library, unless it is the one that asks for the next, and in what it
 * needs. */
static int find_in_group(struct dso *root, int next, const char *name,
                         struct slipway_symbol *symbol)
{
	int found = 0;
	struct dso **group = __dso_group(root);
	for (struct dso **d = group ? group + next : 0; d && *d && !found; d++)
		found = (*d)->linked && __dso_has(*d, name, symbol);
	free(group);
	/* Every library needs libc, which is in the program. */
	return found || __dso_has(&__dso_program, name, symbol);
}

static struct dso *module_of(void *address)
{
	for (struct dso *d = __dso_program.next; d; d = d->next)
		if ((uintptr_t)address - d->place.memory_base < d->place.memory_size)
			return d;
	return &__dso_program;
}

static int find(void *handle, const char *name, void *from,
                struct slipway_symbol *symbol)
{
	int next = handle == RTLD_NEXT;
	struct dso *dso = next ? module_of(from) : handle;
	if (!dso || dso == &__dso_program)
		return find_global(next ? dso : 0, name, symbol);
	if (next && dso->early && find_global(dso, name, symbol)) return 1;
	return find_in_group(dso, next, name, symbol);
}

void *__dlsym(void *restrict handle, const char *restrict name,
              void *restrict from)
{
	struct slipway_symbol symbol;
	int found = 0;
	__dso_lock();
	if (handle == RTLD_NEXT || handle == RTLD_DEFAULT ||
	    !__dl_invalid_handle(handle)) {
		found = find(handle, name, from, &symbol);
		if (!found) __dl_seterr("undefined symbol: %s", name);
	}
	__dso_unlock();
	return found ? address(&symbol) : 0;
}

void *__slipway_dlsym(void *handle, const char *name, void *from)
{
	return __dlsym(handle, name, from);
}
