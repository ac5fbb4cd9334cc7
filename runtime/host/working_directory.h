// The guest's working directory. Each mount has one descriptor number for it,
// which always holds a directory of that mount and is replaced atomically by
// dup3; so whoever looks at it while another thread changes directory sees the
// old one or the new one, and never one mount's rules with another's directory.
// Thread-safe without locks; after fork each process has its own.

#ifndef SLIPWAY_RUNTIME_HOST_WORKING_DIRECTORY_H_
#define SLIPWAY_RUNTIME_HOST_WORKING_DIRECTORY_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/host/mounts.h"
#include "runtime/host/owned_fd.h"

namespace slipway::host {

class WorkingDirectory {
 public:
  // Starts in the root of the virtual tree, or its mount.
  WorkingDirectory(const Mounts& mounts, const DescriptorTable& files);

  struct Place {
    std::optional<uint16_t> mount;
    int fd = -1;        // with a mount: O_PATH, stays this object's
    uint16_t node = 0;  // without one: of the VirtualTree
  };
  Place Get() const;

  SysStatus Set(uint16_t mount, int directory_fd);
  void SetVirtual(uint16_t node);

 private:
  static constexpr uint32_t kVirtual = 1u << 16;

  std::vector<OwnedFd> fds_;                  // by mount
  std::atomic<uint32_t> current_ = kVirtual;  // mount, or kVirtual | node
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_WORKING_DIRECTORY_H_
