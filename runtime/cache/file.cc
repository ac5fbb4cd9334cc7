#include "runtime/cache/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace slipway::cache {

OwnedFd& OwnedFd::operator=(OwnedFd&& other) {
  std::swap(fd_, other.fd_);
  return *this;
}

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) close(fd_);
}

absl::Status ErrnoStatus(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return ErrnoStatus(path, errno);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return ErrnoStatus(path, errno);
  if (S_ISDIR(info.st_mode)) return ErrnoStatus(path, EISDIR);
  std::string content;
  // One byte more than the size, so that a regular file takes two reads.
  constexpr size_t kLeastRoom = 65536;
  size_t used = 0;
  for (;;) {
    if (used == content.size()) {
      const size_t known = static_cast<size_t>(info.st_size) + 1;
      content.resize(used == 0 && known > 1 ? known : used + kLeastRoom);
    }
    const ssize_t count =
        read(fd.get(), content.data() + used, content.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(path, errno);
    if (count == 0) break;
    used += static_cast<size_t>(count);
  }
  content.resize(used);
  return content;
}

}  // namespace slipway::cache
