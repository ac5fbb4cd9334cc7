/* Loading a library with all that it needs, and letting them go again. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dso.h"
#include "dynlink.h"
#include "syscall.h"

hidden void __dl_seterr(const char *, ...);
hidden void __funcs_on_unload(uintptr_t, uintptr_t);

static struct dso *find_by_name(const char *name)
{
	for (struct dso *d = __dso_program.next; d; d = d->next)
		if (d->shortname && !strcmp(d->shortname, name)) return d;
	return 0;
}

/* libc and the libraries that are part of it are in the program. */
static int is_libc(const char *name)
{
	static const char parts[][8] = {"c", "m", "pthread", "rt", "dl", "util"};
	if (strncmp(name, "lib", 3)) return 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t n = strlen(parts[i]);
		if (!strncmp(name + 3, parts[i], n) && !strncmp(name + 3 + n, ".so", 3))
			return 1;
	}
	return 0;
}

static struct dso *find_by_file(const struct stat *st)
{
	for (struct dso *d = __dso_program.next; d; d = d->next)
		if (d->dev == st->st_dev && d->ino == st->st_ino) return d;
	return 0;
}

static void release(struct dso *dso)
{
	free(dso->needed);
	free(dso->deps);
	free(dso->text);
	free(dso->name);
	free(dso);
}

int __dso_read_text(struct dso *dso)
{
	size_t count = 0;
	char *end = dso->text;
	for (; *end; end += strlen(end) + 1) count += *end == 'N';
	char *text = realloc(dso->text, end + 1 - dso->text);
	if (text) dso->text = text;
	const char **needed = calloc(count + 1, sizeof *needed);
	dso->needed = needed;
	dso->deps = calloc(count + 1, sizeof *dso->deps);
	if (!dso->needed || !dso->deps) return -1;
	for (char *s = dso->text; *s; s += strlen(s) + 1) {
		if (*s == 'N') *needed++ = s + 1;
		if (*s == 'R') dso->rpath = s + 1;
		if (*s == 'S') dso->shortname = s + 1;
		if (*s == 'K') dso->keep = 1;
	}
	dso->deps_count = count;
	return 0;
}

/* The module's bytes go to the host. */
static int load_file(struct dso *dso, int fd, const struct stat *st)
{
	void *bytes = mmap(0, st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		__dl_seterr("%s: %s", dso->name, strerror(errno));
		return -1;
	}
	long id = __syscall(SYS_module_load, bytes, st->st_size, dso->text,
	                    DSO_TEXT_SIZE);
	munmap(bytes, st->st_size);
	if (id > 0) {
		dso->id = id;
		return __dso_read_text(dso);
	}
	__dl_seterr("%s: %s", dso->name,
	            *dso->text ? dso->text : strerror(-id));
	return -1;
}

static struct dso *make(const char *path, const struct stat *st)
{
	struct dso *dso = calloc(1, sizeof *dso);
	if (!dso) return 0;
	dso->name = strdup(path);
	dso->text = calloc(1, DSO_TEXT_SIZE);
	if (!dso->name || !dso->text) {
		release(dso);
		return 0;
	}
	dso->map.l_name = dso->name;
	dso->dev = st->st_dev;
	dso->ino = st->st_ino;
	return dso;
}

static void append(struct dso *dso)
{
	struct dso **end = &__dso_program.next;
	while (*end) end = &(*end)->next;
	*end = dso;
}

static void drop(struct dso *dso)
{
	__dso_drop_global(dso);
	struct dso **at = &__dso_program.next;
	while (*at != dso) at = &(*at)->next;
	*at = dso->next;
	for (struct dso *d = __dso_program.next; d; d = d->next)
		if (d->needed_by == dso) d->needed_by = dso->needed_by;
	release(dso);
}

static int load_needed(struct dso *dso, int mode)
{
	for (size_t i = 0; i < dso->deps_count; i++) {
		dso->deps[i] = __dso_find(dso->needed[i], dso, mode);
		if (!dso->deps[i]) return -1;
	}
	return 0;
}

static struct dso *load_new(const char *name, const char *path, int fd,
                            const struct stat *st, struct dso *by, int mode)
{
	struct dso *dso = make(path, st);
	if (!dso) {
		__dl_seterr("%s: %s", path, strerror(ENOMEM));
		return 0;
	}
	if (load_file(dso, fd, st)) {
		release(dso);
		return 0;
	}
	if (!dso->shortname && !strchr(name, '/'))
		dso->shortname = strrchr(dso->name, '/') + 1;
	dso->needed_by = by;
	append(dso);
	/* When one of them fails, the whole group goes: see __dso_load. */
	return load_needed(dso, mode) ? 0 : dso;
}

struct dso *__dso_find(const char *name, struct dso *by, int mode)
{
	char path[PATH_MAX];
	struct stat st;
	struct dso *dso = strchr(name, '/') ? 0 : find_by_name(name);
	if (dso) return dso;
	if (!strchr(name, '/') && is_libc(name)) return &__dso_program;
	int fd = __dso_open(name, by, path, sizeof path);
	if (fd < 0) return 0;
	if (fstat(fd, &st) < 0) {
		__dl_seterr("%s: %s", path, strerror(errno));
	} else {
		dso = find_by_file(&st);
		if (!dso && !(mode & RTLD_NOLOAD))
			dso = load_new(name, path, fd, &st, by, mode);
	}
	close(fd);
	return dso;
}

/* The scope of a library: the program, what is global, then the group. */
static size_t make_scope(struct dso **scope, struct dso **group)
{
	size_t count = 0;
	for (struct dso *d = &__dso_program; d; d = d->next_global)
		scope[count++] = d;
	for (; *group; group++)
		if (!(*group)->global) scope[count++] = *group;
	return count;
}

/* What link_group hands to the host. */
struct request {
	struct dso **scope;
	uint32_t *ids;
	struct slipway_module_place *places;
	char *message;
};

static long request_link(struct request *r, struct dso **group, int lazy)
{
	size_t count = 0;
	for (struct dso *d = &__dso_program; d; d = d->next) count++;
	r->scope = calloc(count, sizeof *r->scope);
	r->ids = calloc(count, sizeof *r->ids);
	r->places = calloc(count, sizeof *r->places);
	r->message = calloc(1, DSO_TEXT_SIZE);
	if (!r->scope || !r->ids || !r->places || !r->message) return -ENOMEM;
	count = make_scope(r->scope, group);
	for (size_t i = 0; i < count; i++) r->ids[i] = r->scope[i]->id;
	return __syscall(SYS_module_link, r->ids, count,
	                 lazy ? SLIPWAY_MODULE_LAZY : 0, r->places, r->message,
	                 DSO_TEXT_SIZE);
}

static void take_places(const struct request *r, struct dso **group)
{
	for (size_t i = 0; group[i]; i++) {
		struct dso *dso = group[i];
		size_t at = 0;
		if (dso->linked) continue;
		while (r->scope[at] != dso) at++;
		dso->place = r->places[at];
		dso->map.l_addr = dso->place.memory_base;
		dso->linked = 1;
	}
}

int __dso_link(struct dso **group, int lazy)
{
	struct request r = {0};
	long error = request_link(&r, group, lazy);
	if (error)
		__dl_seterr("%s: %s", group[0]->name,
		            r.message && *r.message ? r.message : strerror(-error));
	else
		take_places(&r, group);
	free(r.scope);
	free(r.ids);
	free(r.places);
	free(r.message);
	if (error) return -1;
	for (; *group; group++)
		if ((*group)->id && !(*group)->tls && __dso_init_tls(*group)) return -1;
	return 0;
}

static size_t constructions;

/* What a library needs is constructed before it. */
static void construct(struct dso *dso)
{
	struct slipway_symbol symbol;
	if (dso->reached || dso->constructed) return;
	dso->reached = 1;
	for (size_t i = 0; i < dso->deps_count; i++) construct(dso->deps[i]);
	if (dso->constructed) return; /* by a dlopen of one of theirs */
	dso->constructed = ++constructions;
	if (__dso_has(dso, "__wasm_call_ctors", &symbol))
		((void (*)(void))symbol.value)();
}

void __dso_construct(struct dso **group)
{
	size_t count = 0;
	for (; group[count]; count++) group[count]->reached = 0;
	while (count--) construct(group[count]);
}

struct dso *__dso_load(const char *name, struct dso *by, int mode)
{
	struct dso *dso = __dso_find(name, by, mode);
	struct dso **group = dso ? __dso_group(dso) : 0;
	if (!group || __dso_link(group, !(mode & RTLD_NOW))) {
		free(group);
		__dso_collect(); /* what was loaded in vain */
		return 0;
	}
	for (struct dso **d = group; *d; d++)
		if (mode & RTLD_GLOBAL) __dso_add_global(*d);
	if (mode & RTLD_NODELETE) dso->keep = 1;
	dso->opens++;
	__dso_construct(group);
	free(group);
	return dso;
}

static void mark(struct dso *dso)
{
	if (dso->reached) return;
	dso->reached = 1;
	for (size_t i = 0; i < dso->deps_count; i++)
		if (dso->deps[i]) mark(dso->deps[i]);
}

/* The last one constructed that nothing needs. */
static struct dso *find_unneeded(void)
{
	struct dso *found = 0;
	for (struct dso *d = &__dso_program; d; d = d->next) d->reached = 0;
	for (struct dso *d = &__dso_program; d; d = d->next)
		if (d->opens || (d->keep && d->linked)) mark(d);
	for (struct dso *d = __dso_program.next; d; d = d->next)
		if (!d->reached && (!found || d->constructed > found->constructed))
			found = d;
	return found;
}

void __dso_collect(void)
{
	static int collecting; /* a destructor may call dlclose */
	struct dso *dso;
	if (collecting) return;
	collecting = 1;
	while ((dso = find_unneeded())) {
		uintptr_t base = dso->place.memory_base;
		if (dso->linked) {
			__funcs_on_unload(base, base + dso->place.memory_size);
			__dso_forget_tls(dso);
		}
		__syscall(SYS_module_unload, dso->id);
		drop(dso);
	}
	collecting = 0;
}
