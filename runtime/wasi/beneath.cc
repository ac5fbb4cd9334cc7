#include "runtime/wasi/beneath.h"

#include <fcntl.h>

#include "runtime/host/openat2.h"

namespace slipway::wasi {
namespace {

// The kernel gives up when a rename anywhere comes between (EAGAIN).
constexpr int kRaceRetries = 100;

Errno NoteEscape(Guest& guest, const std::string& path) {
  guest.policy.NoteDenial(path + ", which leads out of its directory", "");
  return kNotCapable;
}

struct SplitPath {
  std::string parent;
  std::string name;  // with trailing slashes
};

SplitPath Split(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  if (end == path.npos) return {path, "."};
  const size_t slash = path.rfind('/', end);
  if (slash == path.npos) return {".", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

}  // namespace

SysResult<PathArgument> LoadPath(Guest& guest, WasiFd fd, GuestPtr path,
                                 uint64_t length, uint64_t rights) {
  SLIPWAY_TRY(File* const directory, guest.files.Find(fd, rights));
  SLIPWAY_TRY(std::string text, guest.memory.LoadPath(path, length));
  return PathArgument{directory, std::move(text)};
}

SysResult<OwnedFd> OpenIn(Guest& guest, const PathArgument& argument,
                          uint32_t flags, uint32_t mode) {
  const open_how how = host::OpenHow(flags | O_CLOEXEC, mode);
  for (int i = 0; i < kRaceRetries; ++i) {
    const int64_t fd =
        host::OpenBeneath(argument.directory->fd(), argument.path.c_str(), how);
    if (fd >= 0) return OwnedFd(static_cast<int>(fd));
    if (fd == -EXDEV) return NoteEscape(guest, argument.path);
    if (fd != -EAGAIN) return Errno{static_cast<int>(-fd)};
  }
  return Errno{EAGAIN};
}

SysResult<OwnedFd> FindObject(Guest& guest, const PathArgument& argument,
                              uint32_t lookup_flags) {
  if ((lookup_flags & ~kSymlinkFollow) != 0) return Errno{EINVAL};
  const uint32_t nofollow = lookup_flags == 0 ? O_NOFOLLOW : 0;
  return OpenIn(guest, argument, O_PATH | nofollow, 0);
}

SysResult<Entry> FindEntry(Guest& guest, const PathArgument& argument) {
  SplitPath split = Split(argument.path);
  SLIPWAY_TRY(OwnedFd directory,
              OpenIn(guest, {argument.directory, std::move(split.parent)},
                     O_PATH | O_DIRECTORY, 0));
  return Entry{std::move(directory), std::move(split.name)};
}

SysResult<Entry> FindChangeableEntry(Guest& guest,
                                     const PathArgument& argument) {
  SLIPWAY_TRY(Entry entry, FindEntry(guest, argument));
  SLIPWAY_CHECK_OK(guest.vfs.CheckWritable(argument.directory->descriptor));
  return entry;
}

}  // namespace slipway::wasi
