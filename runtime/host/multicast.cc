#include "runtime/host/multicast.h"

#include <sys/socket.h>

#include <cstring>

#include "runtime/host/socket_address.h"

namespace slipway::host {
namespace {

// Where the group's address is: after the interface of a group_req or
// group_source_req, else at the start, an in_addr or in6_addr.
bool NamesInterfaceFirst(int option) {
  return option == MCAST_JOIN_GROUP || option == MCAST_JOIN_SOURCE_GROUP;
}

SysResult<SocketAddress> GroupOf(const SocketOption& option,
                                 std::span<const uint8_t> value,
                                 in_port_t port) {
  if (NamesInterfaceFirst(option.option)) {
    if (value.size() < sizeof(group_req)) return Errno{EINVAL};
    group_req request;
    std::memcpy(&request, value.data(), sizeof(request));
    // The port is at the same place in both families' addresses.
    reinterpret_cast<sockaddr_in&>(request.gr_group).sin_port = port;
    return SocketAddress(&request.gr_group, sizeof(request.gr_group));
  }
  if (option.level == IPPROTO_IPV6) {
    sockaddr_in6 group{};
    group.sin6_family = AF_INET6;
    group.sin6_port = port;
    if (value.size() < sizeof(group.sin6_addr)) return Errno{EINVAL};
    std::memcpy(&group.sin6_addr, value.data(), sizeof(group.sin6_addr));
    return SocketAddress(&group, sizeof(group));
  }
  sockaddr_in group{};
  group.sin_family = AF_INET;
  group.sin_port = port;
  if (value.size() < sizeof(group.sin_addr)) return Errno{EINVAL};
  std::memcpy(&group.sin_addr, value.data(), sizeof(group.sin_addr));
  return SocketAddress(&group, sizeof(group));
}

}  // namespace

SysStatus CheckJoin(const sandbox::Policy& policy, int host_fd,
                    const SocketOption& option,
                    std::span<const uint8_t> value) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(host_fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return Errno::Last();
  }
  const uint16_t port = SocketAddress(&bound, size).port();
  SLIPWAY_TRY(const SocketAddress group, GroupOf(option, value, htons(port)));
  const SocketAddress wanted = group.Unmapped();
  return policy.CheckListen(wanted.get(), wanted.length());
}

}  // namespace slipway::host
