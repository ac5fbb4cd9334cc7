// A host descriptor that its holder closes. For the runtime's own, short-lived
// descriptors; those of the guest belong to DescriptorTable.

#ifndef SLIPWAY_RUNTIME_HOST_OWNED_FD_H_
#define SLIPWAY_RUNTIME_HOST_OWNED_FD_H_

#include <unistd.h>

#include <utility>

namespace slipway::host {

class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { Reset(); }
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.Release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    if (this != &other) {
      Reset();
      fd_ = other.Release();
    }
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  void Reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int fd_ = -1;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_OWNED_FD_H_
