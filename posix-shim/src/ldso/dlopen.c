#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include "dso.h"
#include "dynlink.h"
#include "fork_impl.h"
#include "tls_block.h"

hidden void __dl_seterr(const char *, ...);

struct dso __dso_program = {
	.map.l_name = "",
	.name = "/proc/self/exe",
	.linked = 1, .constructed = 1, .global = 1, .keep = 1,
};

static pthread_mutex_t lock = {{{PTHREAD_MUTEX_RECURSIVE}}};

void __dso_lock(void)
{
	pthread_mutex_lock(&lock);
	__dso_hooks =
		(struct dso_hooks){&__dso_program, __dso_lock, __dso_unlock};
}

void __dso_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

/* fork: who < 0 before, 0 in the parent, 1 in the child, whose thread has
 * another id than the mutex knows. */
void __ldso_atfork(int who)
{
	if (who < 0) __dso_lock();
	else if (!who) __dso_unlock();
	else {
		lock = (pthread_mutex_t){{{PTHREAD_MUTEX_RECURSIVE}}};
		__side_tls_lock[0] = 0;
	}
}

static struct dso *open_library(const char *file, int mode)
{
	if (!(mode & (RTLD_LAZY | RTLD_NOW))) {
		__dl_seterr("%s: invalid mode for dlopen(): Invalid argument", file);
		return 0;
	}
	return __dso_load(file, &__dso_program, mode);
}

void *dlopen(const char *file, int mode)
{
	int state;
	struct dso *dso = &__dso_program;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	__dso_lock();
	if (file && *file) dso = open_library(file, mode);
	__dso_unlock();
	pthread_setcancelstate(state, 0);
	return dso;
}
