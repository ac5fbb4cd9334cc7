#include "runtime/wasi/filestat.h"

#include <dirent.h>
#include <sys/socket.h>

#include <cerrno>

namespace slipway::wasi {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

FileType SocketType(int fd) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    return FileType::kUnknown;
  }
  if (type == SOCK_STREAM) return FileType::kSocketStream;
  return type == SOCK_DGRAM ? FileType::kSocketDatagram : FileType::kUnknown;
}

host::SysResult<timespec> FileTime(uint64_t time, bool given, bool now) {
  if (given && now) return host::Errno{EINVAL};
  if (now) return timespec{0, UTIME_NOW};
  if (!given) return timespec{0, UTIME_OMIT};
  return timespec{static_cast<time_t>(time / kSecond),
                  static_cast<long>(time % kSecond)};
}

}  // namespace

FileType FileTypeOf(mode_t mode, int fd) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return FileType::kBlockDevice;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFREG:
      return FileType::kRegularFile;
    case S_IFLNK:
      return FileType::kSymbolicLink;
    case S_IFSOCK:
      return SocketType(fd);
    default:
      return FileType::kUnknown;
  }
}

FileType FileTypeOfEntry(unsigned char type) {
  // A socket's file does not say which kind listens there.
  return FileTypeOf(DTTOIF(type), -1);
}

Filestat ToFilestat(const struct stat& st, int fd) {
  Filestat stat{};
  stat.dev = st.st_dev;
  stat.ino = st.st_ino;
  stat.filetype = FileTypeOf(st.st_mode, fd);
  stat.nlink = st.st_nlink;
  stat.size = static_cast<uint64_t>(st.st_size);
  stat.atim = Nanoseconds(st.st_atim);
  stat.mtim = Nanoseconds(st.st_mtim);
  stat.ctim = Nanoseconds(st.st_ctim);
  return stat;
}

UnstableFilestat ToUnstable(const Filestat& stat) {
  UnstableFilestat old{};
  old.dev = stat.dev;
  old.ino = stat.ino;
  old.filetype = stat.filetype;
  old.nlink = static_cast<uint32_t>(stat.nlink);
  old.size = stat.size;
  old.atim = stat.atim;
  old.mtim = stat.mtim;
  old.ctim = stat.ctim;
  return old;
}

uint64_t Nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * kSecond +
         static_cast<uint64_t>(time.tv_nsec);
}

host::SysResult<std::array<timespec, 2>> FileTimes(uint64_t access,
                                                   uint64_t modification,
                                                   uint32_t flags) {
  if ((flags & ~fstflag::kAll) != 0) return host::Errno{EINVAL};
  std::array<timespec, 2> times;
  SLIPWAY_TRY(times[0], FileTime(access, flags & fstflag::kAccess,
                                 flags & fstflag::kAccessNow));
  SLIPWAY_TRY(times[1], FileTime(modification, flags & fstflag::kModification,
                                 flags & fstflag::kModificationNow));
  return times;
}

}  // namespace slipway::wasi
