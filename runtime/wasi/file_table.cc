#include "runtime/wasi/file_table.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/wasi/errno.h"
#include "runtime/wasi/filestat.h"

namespace slipway::wasi {

using host::Done;
using host::Errno;
using host::GuestFd;
using host::SysStatus;

namespace {

bool IsListening(int fd) {
  int listening = 0;
  socklen_t size = sizeof(listening);
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 &&
         listening != 0;
}

uint64_t TypeRights(int fd, FileType type) {
  switch (type) {
    case FileType::kDirectory:
      return kDirectoryRights;
    case FileType::kSocketDatagram:
      return kSocketRights;
    case FileType::kSocketStream:
      return kSocketRights | (IsListening(fd) ? fd_right::SOCK_ACCEPT : 0);
    case FileType::kCharacterDevice: {
      // A program takes a character device that cannot seek for a terminal.
      const uint64_t seeking =
          ::isatty(fd) ? fd_right::FD_SEEK | fd_right::FD_TELL : 0;
      return kFileRights & ~seeking;
    }
    default:
      return kFileRights;
  }
}

// What Linux says of an object that cannot do it.
Errno RefusalOf(const File& file, uint64_t missing) {
  constexpr uint64_t kData = fd_right::FD_READ | fd_right::FD_WRITE |
                             fd_right::FD_ALLOCATE | fd_right::FD_SEEK |
                             fd_right::FD_TELL | fd_right::FD_FILESTAT_SET_SIZE;
  constexpr uint64_t kPosition = fd_right::FD_SEEK | fd_right::FD_TELL;
  constexpr uint64_t kSocket = fd_right::SOCK_ACCEPT | fd_right::SOCK_SHUTDOWN;
  const bool socket = file.type == FileType::kSocketStream ||
                      file.type == FileType::kSocketDatagram;
  if ((missing & kData) != 0 && file.type == FileType::kDirectory) {
    return Errno{EISDIR};
  }
  if ((missing & kPosition) != 0) return Errno{ESPIPE};
  if ((missing & fd_right::FD_FILESTAT_SET_SIZE) != 0) return Errno{EINVAL};
  if ((missing & kData) != 0) return Errno{EBADF};
  if ((missing & kPathRights) != 0) return Errno{ENOTDIR};
  if ((missing & kSocket) != 0) return Errno{socket ? EINVAL : ENOTSOCK};
  return socket ? Errno{EINVAL} : kNotCapable;
}

}  // namespace

uint64_t PossibleRights(int fd, FileType type, int status) {
  constexpr uint64_t kReading = fd_right::FD_READ;
  constexpr uint64_t kWriting = fd_right::FD_WRITE | fd_right::FD_ALLOCATE |
                                fd_right::FD_FILESTAT_SET_SIZE;
  uint64_t rights = TypeRights(fd, type);
  if (type == FileType::kDirectory) return rights;
  const int access = status & O_ACCMODE;
  if (access == O_WRONLY) rights &= ~kReading;
  if (access == O_RDONLY) rights &= ~kWriting;
  return rights;
}

host::SysResult<File> FileTable::Examine(GuestFd fd) const {
  File file;
  file.host = fd;
  SLIPWAY_TRY(file.descriptor, host_.Find(fd));
  struct stat st;
  if (::fstat(fd.number, &st) != 0) return Errno::Last();
  const int status = ::fcntl(fd.number, F_GETFL);
  if (status < 0) return Errno::Last();
  file.type = FileTypeOf(st.st_mode, fd.number);
  file.possible = PossibleRights(fd.number, file.type, status);
  return file;
}

host::SysResult<WasiFd> FileTable::Add(GuestFd fd, FdRights wanted,
                                       std::string preopen) {
  SLIPWAY_TRY(File file, Examine(fd));
  file.rights.base = wanted.base & file.possible;
  if (file.type == FileType::kDirectory) {
    file.rights.inheriting = wanted.inheriting & (kFileRights | kPathRights);
  }
  file.preopen = std::move(preopen);
  uint32_t number = 0;
  while (number < files_.size() && files_[number]) ++number;
  if (number == files_.size()) files_.emplace_back();
  files_[number] = std::move(file);
  return WasiFd{number};
}

void FileTable::AddStandard(int number) {
  if (files_.size() <= static_cast<size_t>(number)) files_.resize(number + 1);
  host::SysResult<File> file = Examine({number});
  if (!file.ok()) return;
  file->rights.base = file->possible;
  files_[number] = *std::move(file);
}

host::SysResult<File*> FileTable::Find(WasiFd fd) {
  if (fd.number >= files_.size() || !files_[fd.number]) return Errno{EBADF};
  return &*files_[fd.number];
}

host::SysResult<File*> FileTable::Find(WasiFd fd, uint64_t rights) {
  SLIPWAY_TRY(File* const file, Find(fd));
  uint64_t held = file->rights.base;
  if ((held & fd_right::FD_SEEK) != 0) held |= fd_right::FD_TELL;
  const uint64_t missing = rights & ~held;
  if (missing == 0) return file;
  if ((missing & ~file->possible) == 0) return kNotCapable;
  return RefusalOf(*file, missing & ~file->possible);
}

SysStatus FileTable::Close(WasiFd fd) {
  SLIPWAY_TRY(File* const file, Find(fd));
  const GuestFd host = file->host;
  files_[fd.number].reset();
  return host_.Close(host);
}

SysStatus FileTable::Renumber(WasiFd from, WasiFd to) {
  SLIPWAY_CHECK_OK(Find(from));
  SLIPWAY_CHECK_OK(Find(to));
  if (from.number == to.number) return Done{};
  (void)Close(to);  // as dup2(2), which reports nothing of it
  files_[to.number] = std::move(files_[from.number]);
  files_[from.number].reset();
  return Done{};
}

}  // namespace slipway::wasi
