#include "runtime/host/socket_access.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace slipway::host {
namespace {

constexpr int kTypeMask = 0xf;  // without SOCK_NONBLOCK, SOCK_CLOEXEC

SysStatus CheckInetSocket(const sandbox::Policy& policy, int type,
                          int protocol) {
  switch (type) {
    case SOCK_STREAM:
      if (protocol == 0 || protocol == IPPROTO_TCP) return Done{};
      return Errno{EPROTONOSUPPORT};
    case SOCK_DGRAM:
      if (protocol == 0 || protocol == IPPROTO_UDP) return Done{};
      if (protocol != IPPROTO_ICMP && protocol != IPPROTO_ICMPV6) {
        return Errno{EPROTONOSUPPORT};
      }
      policy.NoteDenial("ICMP socket", "");
      return Errno{EACCES};
    case SOCK_RAW:
      policy.NoteDenial("raw socket", "");
      return Errno{EPERM};
    default:
      return Errno{ESOCKTNOSUPPORT};
  }
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
    default:
      policy.NoteDenial("socket of family " + std::to_string(domain), "");
      return Errno{EAFNOSUPPORT};
  }
}

SysStatus CheckBind(const sandbox::Policy& policy,
                    const SocketAddress& address) {
  const SocketAddress wanted = address.UnspecAsInet().Unmapped();
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
  return Ask(&sandbox::Policy::CheckConnect, policy, address.AsDestination());
}

SysStatus CheckSend(const sandbox::Policy& policy,
                    const SocketAddress& address) {
  return CheckConnect(policy, address.UnspecAsInet());
}

}  // namespace slipway::host
