/* A program that is linked to libraries: they are loaded, linked and
 * constructed before its own constructors run. Until then it has called nothing
 * of theirs: only libc has run. The host relocates the program's data again:
 * where libc has written over an address that the linker put there, it finds
 * that address again (malloc's lists of free pages, which it then fills anew).
 * The driver links this when there are such libraries. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "libc.h"
#include "posix-shim/src/ldso/dso.h"
#include "syscall.h"
#include "tls_block.h"

hidden void __atexit_early(int);

static _Noreturn void fail(void)
{
	const char *reason = dlerror();
	fprintf(stderr, "%s: error while loading shared libraries: %s\n",
	        __progname_full, reason ? reason : "Out of memory");
	_exit(127);
}

/* $ORIGIN and dladdr want to know. */
static void find_own_name(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	if (length <= 0) return;
	path[length] = 0;
	char *name = strdup(path);
	if (name) __dso_program.name = name;
}

/* LD_PRELOAD comes before what the program needs. */
static size_t load_preloaded(struct dso **libraries, size_t room, char *names)
{
	size_t count = 0;
	for (char *end, *s = names; s && count < room; s = end) {
		s += strspn(s, " :");
		end = s + strcspn(s, " :");
		if (s == end) break;
		if (*end) *end++ = 0;
		libraries[count] = __dso_find(s, &__dso_program, RTLD_NOW);
		if (libraries[count]) count++;
		else fprintf(stderr, "%s: not preloaded: %s\n", __progname_full,
		             dlerror());
	}
	return count;
}

static int load(void)
{
	struct dso *program = &__dso_program;
	const char *preload = libc.secure ? 0 : getenv("LD_PRELOAD");
	char *names = preload ? strdup(preload) : 0;
	size_t room = names ? strlen(names) : 0;
	program->text = calloc(1, DSO_TEXT_SIZE);
	if (!program->text) return -1;
	__syscall(SYS_module_describe, 0, program->text, DSO_TEXT_SIZE);
	if (__dso_read_text(program)) return -1;
	size_t needed = program->deps_count;
	struct dso **libraries = calloc(room + needed + 1, sizeof *libraries);
	if (!libraries) return -1;
	size_t count = load_preloaded(libraries, room, names);
	free(names);
	for (size_t i = 0; i < needed; i++) {
		libraries[count] = __dso_find(program->needed[i], program, RTLD_NOW);
		if (!libraries[count++]) return -1;
	}
	free(program->deps);
	program->deps = libraries;
	program->deps_count = count;
	return 0;
}

/* This thread's variables of the program begin again, with the addresses that
 * are known now, but for what libc has changed since they were `first`. `now` is
 * room for as much. */
static void init_tls_again(const unsigned char *first, unsigned char *now)
{
	unsigned char *block = (void *)__pthread_self()->dtv[1];
	size_t size = __builtin_wasm_tls_size();
	memcpy(now, block, size);
	__wasm_init_tls(block);
	for (size_t i = 0; i < size; i++)
		if (now[i] != first[i]) block[i] = now[i];
}

hidden void __slipway_load_libraries(void)
{
	struct dso **group;
	size_t size = __builtin_wasm_tls_size();
	unsigned char *first = mmap(0, 2 * size + 1, PROT_READ|PROT_WRITE,
	                            MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
	if (first == MAP_FAILED) _exit(127);
	memcpy(first, (void *)__pthread_self()->dtv[1], size);
	find_own_name();
	__dso_lock();
	if (load() || !(group = __dso_group(&__dso_program))) fail();
	for (size_t i = 1; group[i]; i++) {
		group[i]->early = 1;
		__dso_add_global(group[i]);
	}
	if (__dso_link(group, 0)) fail();
	init_tls_again(first, first + size);
	munmap(first, 2 * size + 1);
	__atexit_early(1);
	__dso_construct(group + 1);
	__atexit_early(0);
	free(group);
	__dso_unlock();
}
