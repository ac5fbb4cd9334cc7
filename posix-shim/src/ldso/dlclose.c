#include <dlfcn.h>
#include <pthread.h>
#include "dso.h"
#include "dynlink.h"

hidden void __dl_seterr(const char *, ...);

int __dl_invalid_handle(void *handle)
{
	for (struct dso *d = &__dso_program; d; d = d->next)
		if (d == handle) return 0;
	__dl_seterr("Invalid library handle %p", handle);
	return 1;
}

int dlclose(void *handle)
{
	int state;
	struct dso *dso = handle;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	__dso_lock();
	int invalid = __dl_invalid_handle(handle);
	if (!invalid && dso != &__dso_program) {
		if (dso->opens) dso->opens--;
		__dso_collect();
	}
	__dso_unlock();
	pthread_setcancelstate(state, 0);
	return invalid;
}
