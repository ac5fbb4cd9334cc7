// Paths in WASI's sense: relative to a directory descriptor, and never leading
// out of it, whatever `..`, symbolic links or renames say. The kernel sees to
// that (openat2(2), RESOLVE_BENEATH), also against somebody who changes the
// directory at the same time.
//
//   SLIPWAY_TRY(const OwnedFd file, OpenIn(guest, directory, path, flags, 0));
//   SLIPWAY_TRY(const Entry entry, FindEntry(guest, directory, path));
//   ::mkdirat(entry.directory.get(), entry.name.c_str(), 0777);
//
// A path that leads out, an absolute one included, is kNotCapable, and the
// denial is noted.

#ifndef SLIPWAY_RUNTIME_WASI_BENEATH_H_
#define SLIPWAY_RUNTIME_WASI_BENEATH_H_

#include <cstdint>
#include <string>

#include "runtime/host/owned_fd.h"
#include "runtime/wasi/guest.h"

namespace slipway::wasi {

using host::OwnedFd;

// The directory and the path of a path argument. EFAULT, ENOENT, EINVAL,
// ENAMETOOLONG, and what FileTable::Find reports for `rights`.
struct PathArgument {
  File* directory;
  std::string path;
};
SysResult<PathArgument> LoadPath(Guest& guest, WasiFd fd, GuestPtr path,
                                 uint64_t length,
                                 uint64_t rights = fd_right::NONE);

// open(2) with those flags; may block (a fifo).
SysResult<OwnedFd> OpenIn(Guest& guest, const PathArgument& argument,
                          uint32_t flags, uint32_t mode);

// The object itself (O_PATH); a symbolic link in last position is followed
// when the lookup flags say so. EINVAL for unknown lookup flags.
SysResult<OwnedFd> FindObject(Guest& guest, const PathArgument& argument,
                              uint32_t lookup_flags);

// The directory and name of an entry to be made, renamed or removed, for calls
// that never follow the name. The name keeps its trailing slashes, as they say
// that a directory is meant.
struct Entry {
  OwnedFd directory;  // O_PATH
  std::string name;
};
SysResult<Entry> FindEntry(Guest& guest, const PathArgument& argument);
// The same for an entry that is going to change: EROFS on a read-only grant.
SysResult<Entry> FindChangeableEntry(Guest& guest,
                                     const PathArgument& argument);

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_BENEATH_H_
