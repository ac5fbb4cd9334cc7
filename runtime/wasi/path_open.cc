// path_open. See open(2).

#include <fcntl.h>

#include "runtime/host/descriptor_table.h"
#include "runtime/wasi/beneath.h"
#include "runtime/wasi/handlers.h"
#include "runtime/wasi/open_flags.h"

namespace slipway::wasi {
namespace {

using host::Descriptor;
using host::FdKind;

struct OpenRequest {
  uint32_t lookup_flags;
  uint32_t oflags;
  uint32_t fdflags;
  FdRights rights;
};

// The rights that say how a file is to be opened.
uint32_t AccessMode(const OpenRequest& request) {
  constexpr uint64_t kWriting = fd_right::FD_WRITE | fd_right::FD_ALLOCATE |
                                fd_right::FD_FILESTAT_SET_SIZE;
  const bool writes = (request.rights.base & kWriting) != 0;
  const bool reads =
      (request.rights.base & (fd_right::FD_READ | fd_right::FD_READDIR)) != 0;
  if (!writes) return O_RDONLY;
  return reads ? O_RDWR : O_WRONLY;
}

SysResult<uint32_t> OpenFlags(const OpenRequest& request) {
  constexpr uint32_t kImpossible = oflag::kCreate | oflag::kDirectory;
  if ((request.lookup_flags & ~kSymlinkFollow) != 0 ||
      (request.oflags & ~oflag::kAll) != 0 ||
      (request.fdflags & ~fdflag::kAll) != 0 ||
      (request.oflags & kImpossible) == kImpossible) {
    return Errno{EINVAL};
  }
  uint32_t flags =
      O_NOCTTY | AccessMode(request) | ToOpenFlags(request.fdflags);
  if (request.lookup_flags == 0) flags |= O_NOFOLLOW;
  if ((request.oflags & oflag::kCreate) != 0) flags |= O_CREAT;
  if ((request.oflags & oflag::kDirectory) != 0) flags |= O_DIRECTORY;
  if ((request.oflags & oflag::kExclusive) != 0) flags |= O_EXCL;
  if ((request.oflags & oflag::kTruncate) != 0) flags |= O_TRUNC;
  return flags;
}

// What the directory must hold for this.
SysStatus CheckRights(const File& directory, const OpenRequest& request) {
  constexpr uint64_t kGivable = kFileRights | kPathRights;
  uint64_t needed = 0;
  if ((request.oflags & oflag::kCreate) != 0) {
    needed |= fd_right::PATH_CREATE_FILE;
  }
  if ((request.oflags & oflag::kTruncate) != 0) {
    needed |= fd_right::PATH_FILESTAT_SET_SIZE;
  }
  const uint64_t passed_on =
      (request.rights.base | request.rights.inheriting) & kGivable;
  if ((needed & ~directory.rights.base) != 0 ||
      (passed_on & ~directory.rights.inheriting) != 0) {
    return kNotCapable;
  }
  return Done{};
}

// On a read-only grant: what is left of the flags for something that exists
// already and is not to be changed; EROFS for all else, as on Linux.
SysResult<uint32_t> ReadOnlyFlags(Guest& guest, const PathArgument& argument,
                                  uint32_t flags, uint32_t lookup_flags) {
  const bool changes = (flags & (O_ACCMODE | O_TRUNC)) != O_RDONLY;
  if (!changes && (flags & O_CREAT) == 0) return flags;
  const SysResult<OwnedFd> object = FindObject(guest, argument, lookup_flags);
  if (!object.ok() && object.error() != Errno{ENOENT}) return object.error();
  if (!object.ok() && (flags & O_CREAT) == 0) return Errno{ENOENT};
  if (object.ok() && (flags & O_EXCL) != 0) return Errno{EEXIST};
  if (object.ok() && !changes) return flags & ~uint32_t{O_CREAT};
  SLIPWAY_CHECK_OK(guest.vfs.CheckWritable(argument.directory->descriptor));
  return flags;
}

SysResult<OwnedFd> Open(Guest& guest, const PathArgument& argument,
                        uint32_t flags, uint32_t lookup_flags) {
  if (argument.directory->descriptor.read_only) {
    SLIPWAY_TRY(flags, ReadOnlyFlags(guest, argument, flags, lookup_flags));
  }
  return OpenIn(guest, argument, flags, 0666);
}

}  // namespace

SysStatus path_open(Guest& guest, WasiFd fd, uint32_t dirflags, GuestPtr path,
                    uint64_t path_len, uint32_t oflags, uint64_t base,
                    uint64_t inheriting, uint32_t fdflags, GuestPtr opened_fd) {
  const OpenRequest request{dirflags, oflags, fdflags, {base, inheriting}};
  SLIPWAY_TRY(const PathArgument argument, LoadPath(guest, fd, path, path_len));
  SLIPWAY_TRY(const uint32_t flags, OpenFlags(request));
  SLIPWAY_CHECK_OK(CheckRights(*argument.directory, request));
  SLIPWAY_TRY(OwnedFd opened, Open(guest, argument, flags, dirflags));
  Descriptor descriptor = argument.directory->descriptor;
  descriptor.kind =
      (flags & O_DIRECTORY) != 0 ? FdKind::kDirectory : FdKind::kFile;
  SLIPWAY_TRY(const int64_t adopted,
              guest.files.host().Adopt(opened.Release(), descriptor));
  SLIPWAY_TRY(const WasiFd number,
              guest.files.Add({static_cast<int>(adopted)}, request.rights));
  const SysStatus stored = guest.memory.Store(opened_fd, number.number);
  if (!stored.ok()) (void)guest.files.Close(number);
  return stored;
}

}  // namespace slipway::wasi
