#include "runtime/host/socket_access.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "runtime/host/netlink_socket.h"
#include "runtime/sandbox/rights.h"

namespace slipway::host {
namespace {

constexpr int kTypeMask = 0xf;  // without SOCK_NONBLOCK, SOCK_CLOEXEC

// `refusal` when the guest does not hold the right.
SysStatus CheckRight(const sandbox::Policy& policy, sandbox::Right right,
                     const std::string& object, Errno refusal) {
  if (policy.rights.Has(right)) return Done{};
  policy.NoteDenial(object, "--allow " + std::string(RightName(right)));
  return refusal;
}

bool IsIcmp(int protocol) {
  return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

SysStatus CheckInetSocket(const sandbox::Policy& policy, int type,
                          int protocol) {
  switch (type) {
    case SOCK_STREAM:
      if (protocol == 0 || protocol == IPPROTO_TCP ||
          protocol == IPPROTO_MPTCP) {
        return Done{};
      }
      return Errno{EPROTONOSUPPORT};
    case SOCK_DGRAM:
      if (protocol == 0 || protocol == IPPROTO_UDP) return Done{};
      if (!IsIcmp(protocol)) return Errno{EPROTONOSUPPORT};
      return CheckRight(policy, sandbox::Right::icmp, "ICMP socket",
                        Errno{EACCES});
    case SOCK_RAW:
      if (IsIcmp(protocol)) {
        return CheckRight(policy, sandbox::Right::icmp, "raw ICMP socket",
                          Errno{EPERM});
      }
      policy.NoteDenial("raw socket", "");
      return Errno{EPERM};
    default:
      return Errno{ESOCKTNOSUPPORT};
  }
}

SysStatus CheckNetlinkSocket(const sandbox::Policy& policy, int type,
                             int protocol) {
  SLIPWAY_CHECK_OK(CheckRight(policy, sandbox::Right::interfaces,
                              "netlink socket", Errno{EAFNOSUPPORT}));
  if (type != SOCK_RAW && type != SOCK_DGRAM) return Errno{ESOCKTNOSUPPORT};
  if (protocol != NETLINK_ROUTE) return Errno{EPROTONOSUPPORT};
  return Done{};
}

// What mq_notify of the C library asks for.
bool IsForNotifications(const sandbox::Policy& policy, int type, int protocol) {
  return policy.rights.Has(sandbox::Right::ipc) && type == SOCK_RAW &&
         protocol == 0;
}

SysStatus Ask(SysStatus (sandbox::Policy::*check)(const sockaddr*, socklen_t)
                  const,
              const sandbox::Policy& policy, const SocketAddress& address) {
  return (policy.*check)(address.get(), address.length());
}

}  // namespace

SysStatus CheckSocket(const sandbox::Policy& policy, int domain, int type,
                      int protocol) {
  switch (domain) {
    case AF_UNIX:
      return Done{};  // the kernel knows which types there are
    case AF_INET:
    case AF_INET6:
      return CheckInetSocket(policy, type & kTypeMask, protocol);
    case AF_NETLINK:
      if (IsForNotifications(policy, type & kTypeMask, protocol)) return Done{};
      return CheckNetlinkSocket(policy, type & kTypeMask, protocol);
    default:
      policy.NoteDenial("socket of family " + std::to_string(domain), "");
      return Errno{EAFNOSUPPORT};
  }
}

bool IsNotificationSocket(const sandbox::Policy& policy, int domain) {
  return domain == AF_NETLINK && !policy.rights.Has(sandbox::Right::interfaces);
}

SysStatus CheckBind(const sandbox::Policy& policy,
                    const SocketAddress& address) {
  const SocketAddress wanted = address.UnspecAsInet().Unmapped();
  // Its name among the sockets of the right.
  if (wanted.family() == AF_NETLINK) return Done{};
  const bool inet = wanted.family() == AF_INET || wanted.family() == AF_INET6;
  if (inet && wanted.port() == 0 && !policy.connect.empty()) return Done{};
  return Ask(&sandbox::Policy::CheckListen, policy, wanted);
}

SysStatus CheckListen(const sandbox::Policy& policy, int host_fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  if (getsockname(host_fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    return Errno::Last();
  }
  const SocketAddress address(&bound, length);
  // An unnamed one gets its EINVAL from the kernel, an abstract one passed
  // CheckBind.
  if (address.family() == AF_UNIX) return Done{};
  return Ask(&sandbox::Policy::CheckListen, policy, address.Unmapped());
}

SysStatus CheckConnect(const sandbox::Policy& policy,
                       const SocketAddress& address) {
  if (address.family() == AF_UNSPEC) return Done{};
  if (address.family() == AF_NETLINK) return CheckNetlinkPeer(address);
  return Ask(&sandbox::Policy::CheckConnect, policy, address.AsDestination());
}

SysStatus CheckSend(const sandbox::Policy& policy,
                    const SocketAddress& address) {
  return CheckConnect(policy, address.UnspecAsInet());
}

}  // namespace slipway::host
