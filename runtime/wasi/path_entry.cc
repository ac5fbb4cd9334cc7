// Making, renaming and removing directory entries. See mkdir(2), unlink(2),
// rename(2), link(2), symlink(2).

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "runtime/wasi/beneath.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

SysResult<Entry> ChangeableEntry(Guest& guest, WasiFd fd, GuestPtr path,
                                 uint64_t length,
                                 uint64_t rights = fd_right::NONE) {
  SLIPWAY_TRY(const PathArgument argument,
              LoadPath(guest, fd, path, length, rights));
  return FindChangeableEntry(guest, argument);
}

// As for other guests, grants are file systems of their own.
SysStatus CheckSameGrant(Guest& guest, WasiFd from, WasiFd to) {
  SLIPWAY_TRY(File* const source, guest.files.Find(from));
  SLIPWAY_TRY(File* const target, guest.files.Find(to));
  if (source->descriptor.node != target->descriptor.node) return Errno{EXDEV};
  return Done{};
}

SysStatus Remove(Guest& guest, WasiFd fd, GuestPtr path, uint64_t length,
                 int flags) {
  SLIPWAY_TRY(const Entry entry, ChangeableEntry(guest, fd, path, length));
  if (::unlinkat(entry.directory.get(), entry.name.c_str(), flags) != 0) {
    return Errno::Last();
  }
  return Done{};
}

}  // namespace

SysStatus path_create_directory(Guest& guest, WasiFd fd, GuestPtr path,
                                uint64_t path_len) {
  SLIPWAY_TRY(const Entry entry, ChangeableEntry(guest, fd, path, path_len));
  if (::mkdirat(entry.directory.get(), entry.name.c_str(), 0777) != 0) {
    return Errno::Last();
  }
  return Done{};
}

SysStatus path_remove_directory(Guest& guest, WasiFd fd, GuestPtr path,
                                uint64_t path_len) {
  return Remove(guest, fd, path, path_len, AT_REMOVEDIR);
}

SysStatus path_unlink_file(Guest& guest, WasiFd fd, GuestPtr path,
                           uint64_t path_len) {
  return Remove(guest, fd, path, path_len, 0);
}

SysStatus path_rename(Guest& guest, WasiFd fd, GuestPtr old_path,
                      uint64_t old_path_len, WasiFd new_fd, GuestPtr new_path,
                      uint64_t new_path_len) {
  SLIPWAY_TRY(const Entry from,
              ChangeableEntry(guest, fd, old_path, old_path_len));
  SLIPWAY_TRY(const Entry to,
              ChangeableEntry(guest, new_fd, new_path, new_path_len,
                              fd_right::PATH_RENAME_TARGET));
  SLIPWAY_CHECK_OK(CheckSameGrant(guest, fd, new_fd));
  if (::renameat(from.directory.get(), from.name.c_str(), to.directory.get(),
                 to.name.c_str()) != 0) {
    return Errno::Last();
  }
  return Done{};
}

SysStatus path_link(Guest& guest, WasiFd old_fd, uint32_t old_flags,
                    GuestPtr old_path, uint64_t old_path_len, WasiFd new_fd,
                    GuestPtr new_path, uint64_t new_path_len) {
  SLIPWAY_TRY(const PathArgument argument,
              LoadPath(guest, old_fd, old_path, old_path_len));
  SLIPWAY_TRY(const OwnedFd source, FindObject(guest, argument, old_flags));
  SLIPWAY_TRY(const Entry to,
              ChangeableEntry(guest, new_fd, new_path, new_path_len,
                              fd_right::PATH_LINK_TARGET));
  SLIPWAY_CHECK_OK(CheckSameGrant(guest, old_fd, new_fd));
  // The kernel's name of this very inode.
  const std::string link = "/proc/self/fd/" + std::to_string(source.get());
  if (::linkat(AT_FDCWD, link.c_str(), to.directory.get(), to.name.c_str(),
               AT_SYMLINK_FOLLOW) != 0) {
    return Errno::Last();
  }
  return Done{};
}

SysStatus path_symlink(Guest& guest, GuestPtr old_path, uint64_t old_path_len,
                       WasiFd fd, GuestPtr new_path, uint64_t new_path_len) {
  SLIPWAY_TRY(const std::string target,
              guest.memory.LoadPath(old_path, old_path_len));
  SLIPWAY_TRY(const Entry entry,
              ChangeableEntry(guest, fd, new_path, new_path_len));
  if (target.front() == '/') {
    guest.policy.NoteDenial("a symbolic link to " + target, "");
    return kNotCapable;
  }
  if (::symlinkat(target.c_str(), entry.directory.get(), entry.name.c_str())) {
    return Errno::Last();
  }
  return Done{};
}

}  // namespace slipway::wasi
