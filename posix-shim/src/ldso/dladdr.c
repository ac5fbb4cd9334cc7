#define _GNU_SOURCE
#include <dlfcn.h>
#include "dso.h"
#include "syscall.h"

/* The name has to outlive the call: the text of a symbol is asked for once and
 * kept, as ELF's string tables are. */
#include <stdlib.h>
#include <string.h>

struct name {
	struct name *next;
	char text[];
};

static const char *keep(const char *text)
{
	static struct name *names;
	for (struct name *n = names; n; n = n->next)
		if (!strcmp(n->text, text)) return n->text;
	struct name *n = malloc(sizeof *n + strlen(text) + 1);
	if (!n) return 0;
	strcpy(n->text, text);
	n->next = names;
	names = n;
	return n->text;
}

int dladdr(const void *address, Dl_info *info)
{
	char text[4096];
	struct slipway_symbol symbol;
	int found = 0;
	__dso_lock();
	if (!__syscall(SYS_module_locate, address, &symbol, text, sizeof text)) {
		struct dso *d = &__dso_program;
		while (d && d->id != symbol.module) d = d->next;
		if (d) {
			info->dli_fname = d->name;
			info->dli_fbase = (void *)d->map.l_addr;
			info->dli_sname = *text ? keep(text) : 0;
			info->dli_saddr = *text ? (void *)symbol.value : 0;
			found = 1;
		}
	}
	__dso_unlock();
	return found;
}
