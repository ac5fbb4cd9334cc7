// Whole-file reading with messages that name the file, and an owned file
// descriptor. Descriptors are always close-on-exec.

#ifndef SLIPWAY_RUNTIME_CACHE_FILE_H_
#define SLIPWAY_RUNTIME_CACHE_FILE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace slipway::cache {

// Closes its descriptor; -1 owns nothing.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other);
  ~OwnedFd();

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// "PATH: No such file or directory", with the status code that fits errno.
absl::Status ErrnoStatus(const std::string& path, int error);

// The content of a regular file, or of anything that can be read to its end.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_FILE_H_
