/* Linked into every shared library: the address that stands for it, and the two
 * functions of libc that depend on who calls them. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN void *__dso_handle = &__dso_handle;

int __cxa_atexit(void (*)(void *), void *, void *);
void *__slipway_dlsym(void *, const char *, void *);

static void call(void *p)
{
	((void (*)(void))(uintptr_t)p)();
}

/* Calls the function when the library is closed. */
HIDDEN int atexit(void (*function)(void))
{
	return __cxa_atexit(call, (void *)(uintptr_t)function, &__dso_handle);
}

/* RTLD_NEXT is relative to this library. */
HIDDEN void *dlsym(void *restrict handle, const char *restrict name)
{
	return __slipway_dlsym(handle, name, &__dso_handle);
}
