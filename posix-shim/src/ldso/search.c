/* Where libraries are: a name with a slash is a path; others are looked for in
 * LD_LIBRARY_PATH, in the run-time paths of those who need them, and in the
 * usual directories. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dso.h"
#include "dynlink.h"
#include "libc.h"

static const char usual[] = "/lib:/usr/local/lib:/usr/lib";

/* One directory of a path with $ORIGIN, the directory of `dso`, filled in. */
static int expand(char *out, size_t size, const char *dir, size_t length,
                  const struct dso *dso)
{
	static const char *const origins[] = {"$ORIGIN", "${ORIGIN}"};
	for (size_t i = 0; dso && i < 2; i++) {
		size_t n = strlen(origins[i]);
		if (length < n || memcmp(dir, origins[i], n)) continue;
		const char *slash = strrchr(dso->name, '/');
		int origin = slash ? (int)(slash - dso->name) : 1;
		return snprintf(out, size, "%.*s%.*s", origin,
		                slash ? dso->name : ".", (int)(length - n), dir + n);
	}
	return snprintf(out, size, "%.*s", (int)length, dir);
}

static int open_in(const char *dirs, const struct dso *dso, const char *name,
                   char *path, size_t size)
{
	for (; dirs && *dirs; dirs += *dirs == ':') {
		size_t length = strcspn(dirs, ":");
		size_t used = length ? expand(path, size, dirs, length, dso)
		                     : snprintf(path, size, ".");
		dirs += length;
		if (used >= size) continue;
		if (snprintf(path + used, size - used, "/%s", name) >= size - used)
			continue;
		int fd = open(path, O_RDONLY|O_CLOEXEC);
		if (fd >= 0) return fd;
	}
	return -1;
}

int __dso_open(const char *name, const struct dso *by, char *path, size_t size)
{
	int fd = -1;
	if (strchr(name, '/')) {
		if (snprintf(path, size, "%s", name) < size)
			fd = open(path, O_RDONLY|O_CLOEXEC);
		else
			errno = ENAMETOOLONG;
	} else {
		if (!libc.secure)
			fd = open_in(getenv("LD_LIBRARY_PATH"), 0, name, path, size);
		for (; fd < 0 && by; by = by->needed_by)
			fd = open_in(by->rpath, by, name, path, size);
		if (fd < 0) fd = open_in(usual, 0, name, path, size);
	}
	if (fd < 0)
		__dl_seterr("%s: cannot open shared object file: %s", name,
		            strerror(errno));
	return fd;
}
