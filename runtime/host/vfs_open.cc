// Opening: Vfs::Open and the cases it comes down to.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/host/memory_file.h"
#include "runtime/host/openat2.h"
#include "runtime/host/terminals.h"
#include "runtime/host/vfs.h"
#include "runtime/host/vfs_internal.h"

namespace slipway::host {
namespace {

constexpr int kRaceRetries = 40;

bool Wants(uint32_t flags, uint32_t all_of) {
  return (flags & all_of) == all_of;
}
bool WantsWrite(uint32_t flags) {
  return !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY;
}
// Anything that a read-only mount has to look at more closely.
bool MayChange(uint32_t flags) {
  return WantsWrite(flags) ||
         (!(flags & O_PATH) &&
          ((flags & (O_CREAT | O_TRUNC)) || Wants(flags, O_TMPFILE)));
}
bool FollowsLast(uint32_t flags) {
  return !(flags & O_NOFOLLOW) && !Wants(flags, O_CREAT | O_EXCL);
}

// Opens the very inode of `fd` (O_PATH or not) once more, whatever its path
// leads to by now. Preconditions: fd has a high number; no O_CREAT.
SysResult<OwnedFd> OpenAgain(int fd, uint32_t flags) {
  const std::string link = "/proc/thread-self/fd/" + std::to_string(fd);
  SLIPWAY_TRY(const int64_t opened, FromKernel(InterruptibleSyscall(
                                        SYS_openat, AT_FDCWD, link.c_str(),
                                        flags & ~uint32_t{O_NOFOLLOW})));
  return OwnedFd(static_cast<int>(opened));
}

}  // namespace

SysResult<Opened> Vfs::Open(const PathArg& path, uint32_t flags, uint32_t mode,
                            uint64_t resolve) {
  if (path.path.empty()) return Errno{ENOENT};
  const bool confined = (resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;
  if (const auto terminal = TerminalNumber(path.path); terminal && !confined) {
    return OpenTerminal(*terminal, flags);
  }
  SLIPWAY_TRY(const Base base, (resolve & RESOLVE_IN_ROOT)
                                   ? DirectoryBase(path.directory)
                                   : FindBase(path));
  if (resolve == 0) {
    auto opened = OpenDirect(base, path.path, flags, mode);
    if (opened) return std::move(*opened);
  }
  const Follow follow = FollowsLast(flags) ? Follow::kYes : Follow::kNo;
  for (int i = 0; i < kRaceRetries; ++i) {
    if (i > 0) ::usleep(1);  // or one may go in step with who changes it
    SLIPWAY_TRY(Target target, Walk(base, path.path, {follow, resolve}));
    auto opened = OpenTarget(std::move(target), flags, mode);
    // The last component became a symbolic link after we looked.
    const bool raced = !opened.ok() && opened.error() == Errno{ELOOP} &&
                       follow == Follow::kYes;
    if (!raced) return opened;
  }
  return Errno{ELOOP};
}

std::optional<Downward> Vfs::FindToOpen(const PathArg& path,
                                        uint32_t flags) const {
  // With these, O_NOFOLLOW does not tell that it is a link.
  if ((flags & (O_PATH | O_DIRECTORY)) != 0) return std::nullopt;
  std::optional<Downward> entry = FindDownward(path);
  if (entry && entry->descriptor.read_only && MayChange(flags)) {
    return std::nullopt;
  }
  return entry;
}

// By the kernel alone; nothing when it cannot tell.
std::optional<SysResult<Opened>> Vfs::OpenDirect(const Base& base,
                                                 const PathText& path,
                                                 uint32_t flags,
                                                 uint32_t mode) const {
  const auto direct = FindDirect(base, path);
  if (!direct || (mounts_[direct->mount].read_only && MayChange(flags))) {
    return std::nullopt;
  }
  const int64_t fd = direct->Open(direct->path, OpenHow(flags, mode));
  if (fd == -EXDEV || fd == -EAGAIN) return std::nullopt;
  if (fd < 0) return Errno{static_cast<int>(-fd)};
  return FromMount(OwnedFd(static_cast<int>(fd)), direct->mount, flags);
}

SysResult<Opened> Vfs::OpenTarget(Target target, uint32_t flags,
                                  uint32_t mode) {
  const bool exists = target.node || target.link_fd >= 0 ||
                      target.object.valid() || target.name.empty();
  if (exists && Wants(flags, O_CREAT | O_EXCL)) return Errno{EEXIST};
  if (target.link_fd >= 0) {
    if (flags & O_NOFOLLOW) return Errno{ELOOP};
    return Reopen(GuestFd{target.link_fd}, flags);
  }
  if (target.node) return OpenNode(*target.node, flags, target.number);
  if (!target.directory.mount) {
    if (target.name.empty()) return OpenNode(*target.directory.node, flags);
    return NoteUnmounted(target.guest_path,
                         (flags & O_CREAT) ? EACCES : ENOENT);
  }
  if (mounts_[*target.directory.mount].read_only && MayChange(flags)) {
    return OpenReadOnly(std::move(target), flags);
  }
  return OpenReal(std::move(target), flags, mode);
}

SysResult<Opened> Vfs::OpenReal(Target target, uint32_t flags, uint32_t mode) {
  const uint16_t mount = *target.directory.mount;
  if (target.trailing_slash) {
    if ((flags & O_CREAT) && !Wants(flags, O_TMPFILE)) return Errno{EISDIR};
    flags |= O_DIRECTORY;
  }
  // Everything of ours goes away or up, so that the guest gets the lowest
  // number.
  target.object = OwnedFd();
  int directory = target.directory.fd;
  OwnedFd high;
  if (target.directory.owned.valid()) {
    high = OwnedFd(files_.MoveHigh(target.directory.owned.Release()));
    directory = high.get();
  }
  const bool itself = target.name.empty();
  const open_how how = OpenHow(itself ? flags : flags | O_NOFOLLOW, mode);
  const char* name = itself ? "." : target.name.c_str();
  SLIPWAY_TRY(const int64_t fd,
              FromKernel(InterruptibleSyscall(SYS_openat, directory, name,
                                              how.flags, how.mode)));
  return FromMount(OwnedFd(static_cast<int>(fd)), mount, flags);
}

// A change asked for on a read-only mount. As on Linux that is about files and
// directories: a fifo or device may be written to.
SysResult<Opened> Vfs::OpenReadOnly(Target target, uint32_t flags) {
  const uint16_t mount = *target.directory.mount;
  if (target.name.empty()) {
    target.object = OwnedFd(
        ::openat(target.directory.fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  if (!target.object.valid()) {
    return (flags & O_CREAT) ? NoteReadOnly(mount) : Errno{ENOENT};
  }
  if (target.is_symlink) return Errno{ELOOP};
  struct stat st;
  if (::fstat(target.object.get(), &st) != 0) return Errno::Last();
  if (Wants(flags, O_TMPFILE)) return NoteReadOnly(mount);
  if (S_ISDIR(st.st_mode) && (WantsWrite(flags) || (flags & O_CREAT))) {
    return Errno{EISDIR};
  }
  if (S_ISREG(st.st_mode) && (WantsWrite(flags) || (flags & O_TRUNC))) {
    return NoteReadOnly(mount);
  }
  const OwnedFd object(files_.MoveHigh(target.object.Release()));
  target.directory.owned = OwnedFd();
  SLIPWAY_TRY(OwnedFd fd,
              OpenAgain(object.get(), flags & ~uint32_t{O_CREAT | O_TRUNC}));
  return FromMount(std::move(fd), mount, flags);
}

// An entry of /proc/self/fd: the file again, with no more access than the
// mount or the existing descriptor gives.
SysResult<Opened> Vfs::Reopen(GuestFd guest_fd, uint32_t flags) {
  SLIPWAY_TRY(const PinnedFd pinned, files_.Pin(guest_fd));
  const Descriptor descriptor = pinned.descriptor;
  if (descriptor.kind == FdKind::kVirtualDirectory) {
    return OpenNode(descriptor.node, flags);
  }
  const bool mounted = descriptor.node != Descriptor::kNoNode &&
                       (descriptor.kind == FdKind::kFile ||
                        descriptor.kind == FdKind::kDirectory);
  if (mounted && descriptor.read_only && MayChange(flags)) {
    SLIPWAY_CHECK_OK(CheckWritable(descriptor));
  }
  const uint32_t access = flags & O_ACCMODE;
  const uint32_t granted = static_cast<uint32_t>(pinned.status) & O_ACCMODE;
  const bool truncates = (flags & O_TRUNC) != 0 && granted == O_RDONLY;
  if (!mounted && (truncates || (granted != O_RDWR && access != granted))) {
    return Errno{EACCES};
  }
  SLIPWAY_TRY(OwnedFd fd,
              OpenAgain(pinned.fd.get(), flags & ~uint32_t{O_CREAT}));
  return Opened{std::move(fd), descriptor};
}

SysResult<Opened> Vfs::OpenTerminal(int number, uint32_t flags) {
  const std::optional<TerminalSide> side = FindTerminal(files_, number);
  if (!side) return Errno{ENOENT};
  if (!side->is_master) return Reopen(side->fd, flags);
  SLIPWAY_TRY(const int master, files_.Host(side->fd));
  OwnedFd fd(::ioctl(master, TIOCGPTPEER, static_cast<int>(flags)));
  if (!fd.valid()) return Errno::Last();
  return Opened{std::move(fd), {FdKind::kFile, false, Descriptor::kNoNode}};
}

Opened Vfs::FromMount(OwnedFd fd, uint16_t mount, uint32_t flags) const {
  const bool directory = Wants(flags, O_DIRECTORY) && !Wants(flags, O_TMPFILE);
  return {std::move(fd),
          DescriptorIn(mount, directory ? FdKind::kDirectory : FdKind::kFile)};
}

}  // namespace slipway::host
