// Unix socket paths between guest and kernel.
//
// The kernel never sees a guest's path, nor a host path that could be changed
// under it. To connect or send, the socket's inode is opened with O_PATH
// through the Vfs and named as /proc/self/fd/N, which leads to that very inode.
// To bind, the directory is opened and the name is /proc/self/fd/N/NAME; bind
// does not follow a symbolic link in last position.
//
// The kernel remembers the bound name and reports it in getsockname,
// getpeername and recvfrom. So N of a bound name must stay the same directory
// for as long as the process lives: such descriptors are pinned, in a small
// table that also remembers what the guest wrote before NAME, and ToGuest turns
// the one back into the other.
//
// Thread-safe without locks (slots are claimed, filled, published), so that a
// fork in the middle leaves at worst a slot unused. fork copies the table.

#ifndef SLIPWAY_RUNTIME_HOST_SOCKET_NAMES_H_
#define SLIPWAY_RUNTIME_HOST_SOCKET_NAMES_H_

#include <sys/types.h>

#include <atomic>
#include <string>
#include <string_view>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/socket_address.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/vfs.h"

namespace slipway::host {

// An address for the kernel, valid while `keep` is open.
struct HostAddress {
  SocketAddress address;
  OwnedFd keep;
};

class SocketNames {
 public:
  // The process's table.
  static SocketNames& Get();

  // For connect and the send calls. Other families and Unix addresses without
  // a path come back as they are. ENOENT …: whatever resolving gives;
  // ECONNREFUSED when the path does not lead to a real file.
  SysResult<HostAddress> ForConnect(Vfs& vfs, const SocketAddress& guest);
  // For bind. EADDRINUSE when the name exists as a directory, EROFS,
  // ENAMETOOLONG when NAME has more than 85 bytes, ENOMEM when sockets were
  // bound in more than kSlots directories.
  SysResult<HostAddress> ForBind(Vfs& vfs, const DescriptorTable& files,
                                 const SocketAddress& guest);
  // An address from the kernel as the guest may see it. A path that was not
  // bound through ForBind belongs to the host and becomes an unnamed address.
  SocketAddress ToGuest(const SocketAddress& host) const;

  static constexpr int kSlots = 64;

 private:
  struct Slot {
    std::atomic<bool> ready = false;
    int directory = -1;
    dev_t device = 0;
    ino_t inode = 0;
    char prefix[108] = "";  // the guest's path up to and with its last '/'
  };

  // Takes ownership of `directory`. Returns the pinned descriptor.
  SysResult<int> Pin(const DescriptorTable& files, OwnedFd directory,
                     std::string_view prefix);
  const Slot* Find(int directory) const;

  Slot slots_[kSlots];
  std::atomic<int> claimed_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SOCKET_NAMES_H_
