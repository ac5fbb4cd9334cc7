// The host directories granted to the guest, opened once. Their descriptors
// are the only way into the host's file system from here on.
// Immutable, and so thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_MOUNTS_H_
#define SLIPWAY_RUNTIME_HOST_MOUNTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

class Mounts {
 public:
  struct Entry {
    OwnedFd root;            // O_PATH
    std::string guest_path;  // "/", "/data"
    bool read_only = false;
  };

  // NotFound, PermissionDenied … naming the option and the host directory.
  static absl::StatusOr<Mounts> Open(const sandbox::Policy& policy,
                                     const DescriptorTable& files);

  const std::vector<Entry>& entries() const { return entries_; }
  const Entry& operator[](uint16_t mount) const { return entries_[mount]; }

  // Where an open directory or file lies: the guest's path of it. ENOENT when
  // it was removed, or moved out of its mount.
  SysResult<std::string> GuestPathOf(int host_fd, uint16_t mount) const;

 private:
  std::vector<Entry> entries_;
};

// The text of a symbolic link below /proc/self/fd, as the kernel shows it.
SysResult<std::string> ReadFdLink(int host_fd);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_MOUNTS_H_
