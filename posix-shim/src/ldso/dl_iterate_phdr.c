/* The program and its libraries. A module has no program headers: each is shown
 * with one, a PT_LOAD of its data. Code has no address. */
#include <elf.h>
#include <stdlib.h>
#include "dso.h"
#include "libc.h"

struct dso_hooks __dso_hooks;

typedef int visitor(struct dl_phdr_info *, size_t, void *);

static int visit(const struct dso *dso, visitor *callback, void *data)
{
	ElfW(Phdr) header = {
		.p_type = PT_LOAD, .p_flags = PF_R | PF_W,
		.p_memsz = dso ? dso->place.memory_size : 0, .p_align = 4096,
	};
	struct dl_phdr_info info = {
		.dlpi_addr = dso ? dso->map.l_addr : 0,
		.dlpi_name = dso && dso->id ? dso->name : "",
		.dlpi_phdr = &header,
		.dlpi_phnum = 1,
	};
	for (const struct dso *d = __dso_hooks.program; d; d = d->next)
		info.dlpi_adds++;
	return callback(&info, sizeof info, data);
}

int dl_iterate_phdr(visitor *callback, void *data)
{
	const struct dso_hooks *hooks = &__dso_hooks;
	int result = 0;
	if (!hooks->program) return visit(0, callback, data);
	hooks->lock();
	for (struct dso *d = hooks->program; d && !result; d = d->next)
		if (d->linked) result = visit(d, callback, data);
	hooks->unlock();
	return result;
}
