#include "runtime/host/working_directory.h"

#include <fcntl.h>
#include <unistd.h>

namespace slipway::host {

WorkingDirectory::WorkingDirectory(const Mounts& mounts,
                                   const DescriptorTable& files) {
  for (const Mounts::Entry& entry : mounts.entries()) {
    if (entry.guest_path == "/") current_ = static_cast<uint32_t>(fds_.size());
    const int fd = ::fcntl(entry.root.get(), F_DUPFD_CLOEXEC, 0);
    fds_.emplace_back(files.MoveHigh(fd));
  }
}

WorkingDirectory::Place WorkingDirectory::Get() const {
  const uint32_t current = current_.load(std::memory_order_acquire);
  Place place;
  if (current & kVirtual) {
    place.node = static_cast<uint16_t>(current & 0xffff);
  } else {
    place.mount = static_cast<uint16_t>(current);
    place.fd = fds_[current].get();
  }
  return place;
}

SysStatus WorkingDirectory::Set(uint16_t mount, int directory_fd) {
  if (::dup3(directory_fd, fds_[mount].get(), O_CLOEXEC) < 0) {
    return Errno::Last();
  }
  current_.store(mount, std::memory_order_release);
  return Done{};
}

void WorkingDirectory::SetVirtual(uint16_t node) {
  current_.store(kVirtual | node, std::memory_order_release);
}

}  // namespace slipway::host
