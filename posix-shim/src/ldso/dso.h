/* Shared libraries: what libc knows of each, and the steps of dlopen. The host
 * maps, instantiates and binds (posix1.module_*); which library, in which order
 * and scope, is decided here.
 *
 * One recursive lock, held by every function of <dlfcn.h>, constructors and
 * destructors included, as on other systems. */
#ifndef SLIPWAY_POSIX_SHIM_DSO_H_
#define SLIPWAY_POSIX_SHIM_DSO_H_

#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>
#include <sys/types.h>
#include "posix-shim/abi/modules.h"
#include "side_tls.h"

struct dso {
	struct link_map map; /* first: what dlinfo returns; l_next is not used */
	struct dso *next;    /* in the order of loading, the program first */
	uint32_t id;         /* the host's */
	char *name;          /* the path it was opened by */
	char *shortname;     /* how others may name it, or null */
	char *text;          /* holds the strings that come from the module */
	dev_t dev;
	ino_t ino;
	struct slipway_module_place place;
	struct side_tls *tls;   /* null without thread-local variables */
	struct dso **deps;      /* that it needs itself */
	size_t deps_count;
	const char *const *needed; /* their names */
	const char *rpath;      /* directories with colons between, or null */
	struct dso *needed_by;  /* who had it loaded first */
	size_t opens;           /* dlopen less dlclose */
	size_t constructed;     /* when its constructors ran, counted from 1 */
	struct dso *next_global; /* in the order of becoming so */
	char linked, global, keep, reached;
	char early; /* the program is linked to it */
};

/* The program: the head of the list of all. */
hidden extern struct dso __dso_program;

hidden void __dso_lock(void);
hidden void __dso_unlock(void);

/* For dl_iterate_phdr, which is linked whether or not the program loads
 * libraries: set by the first __dso_lock. */
struct dso_hooks {
	struct dso *program;
	void (*lock)(void), (*unlock)(void);
};
hidden extern struct dso_hooks __dso_hooks;

/* search.c: the library, opened; -1 after dlerror's text is set. `path` is
 * filled in. */
hidden int __dso_open(const char *name, const struct dso *by, char *path,
                      size_t size);

/* Room for the names in a module, or for a message. */
enum { DSO_TEXT_SIZE = 1 << 16 };

/* load.c. The steps of dlopen; those that can fail return null or -1 after
 * dlerror's text is set.
 *
 * Finds a library, or loads it and all that it needs, for `by`. */
hidden struct dso *__dso_find(const char *name, struct dso *by, int mode);
/* Links what is not linked of a group (scope.c): no order matters. */
hidden int __dso_link(struct dso **group, int lazy);
/* Runs constructors, of what is needed first. */
hidden void __dso_construct(struct dso **group);
/* All of them. */
hidden struct dso *__dso_load(const char *name, struct dso *by, int mode);
/* Takes the names out of `text`, what the host says of a module: see
 * posix.def. -1 when memory is short. */
hidden int __dso_read_text(struct dso *dso);

/* scope.c: makes its symbols those of all, or not any more. */
hidden void __dso_add_global(struct dso *dso);
hidden void __dso_drop_global(struct dso *dso);
/* What is not needed any more goes, destructors first. */
hidden void __dso_collect(void);

/* scope.c: a library and all that it needs, breadth first, as a null-terminated
 * array to be freed; null when memory is short. */
hidden struct dso **__dso_group(struct dso *root);
/* Whether the library has the symbol; fills in `symbol`. */
hidden int __dso_has(const struct dso *dso, const char *name,
                     struct slipway_symbol *symbol);

/* tls.c: gives every thread its copy of a library's thread-local variables. */
hidden int __dso_init_tls(struct dso *dso);
hidden void __dso_forget_tls(struct dso *dso);

#endif
