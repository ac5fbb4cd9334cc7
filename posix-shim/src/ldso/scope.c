/* Which libraries a symbol may come from. */
#include <stdlib.h>
#include "dso.h"
#include "syscall.h"

void __dso_add_global(struct dso *dso)
{
	struct dso *last = &__dso_program;
	if (dso->global) return;
	while (last->next_global) last = last->next_global;
	last->next_global = dso;
	dso->global = 1;
}

void __dso_drop_global(struct dso *dso)
{
	struct dso *before = &__dso_program;
	if (!dso->global) return;
	while (before->next_global != dso) before = before->next_global;
	before->next_global = dso->next_global;
}

static void reach(struct dso *dso, struct dso **list, size_t *count)
{
	if (dso->reached) return;
	dso->reached = 1;
	list[(*count)++] = dso;
}

struct dso **__dso_group(struct dso *root)
{
	size_t count = 0, all = 0;
	for (struct dso *d = &__dso_program; d; d = d->next) {
		d->reached = 0;
		all++;
	}
	struct dso **list = calloc(all + 1, sizeof *list);
	if (!list) return 0;
	reach(root, list, &count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < list[i]->deps_count; j++)
			if (list[i]->deps[j]) reach(list[i]->deps[j], list, &count);
	return list;
}

int __dso_has(const struct dso *dso, const char *name,
              struct slipway_symbol *symbol)
{
	return !__syscall(SYS_module_symbol, dso->id, name, symbol);
}
