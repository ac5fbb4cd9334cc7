#include "runtime/host/netlink_socket.h"

#include <linux/capability.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace slipway::host {
namespace {

constexpr __u32 kNetAdmin = CAP_TO_MASK(CAP_NET_ADMIN);
static_assert(CAP_TO_INDEX(CAP_NET_ADMIN) == 0);

// The effective capabilities of the calling thread without CAP_NET_ADMIN for as
// long as it lives. capset(2) itself, unlike libraries, changes one thread.
class WithoutNetAdmin {
 public:
  WithoutNetAdmin() {
    if (syscall(SYS_capget, &header_, saved_) != 0) return;
    if ((saved_[0].effective & kNetAdmin) == 0) return;
    __user_cap_data_struct fewer[_LINUX_CAPABILITY_U32S_3];
    std::memcpy(fewer, saved_, sizeof(fewer));
    fewer[0].effective &= ~kNetAdmin;
    changed_ = syscall(SYS_capset, &header_, fewer) == 0;
  }
  WithoutNetAdmin(const WithoutNetAdmin&) = delete;
  ~WithoutNetAdmin() {
    const int error = errno;
    if (changed_) (void)syscall(SYS_capset, &header_, saved_);
    errno = error;
  }

  // False when the thread still has the capability.
  bool holds() const {
    return changed_ || (saved_[0].effective & kNetAdmin) == 0;
  }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  // All set, so that a failing capget counts as holding everything.
  __user_cap_data_struct saved_[_LINUX_CAPABILITY_U32S_3]{{~0u, 0, 0},
                                                          {~0u, 0, 0}};
  bool changed_ = false;
};

}  // namespace

int OpenNetlinkSocket(int type, int protocol) {
  const WithoutNetAdmin unprivileged;
  if (!unprivileged.holds()) {
    errno = EPERM;
    return -1;
  }
  return ::socket(AF_NETLINK, type, protocol);
}

SysStatus CheckNetlinkPeer(const SocketAddress& address) {
  sockaddr_nl peer{};
  if (address.length() < sizeof(peer)) return Errno{EINVAL};
  std::memcpy(&peer, address.get(), sizeof(peer));
  if (peer.nl_pid != 0 || peer.nl_groups != 0) return Errno{EPERM};
  return Done{};
}

}  // namespace slipway::host
