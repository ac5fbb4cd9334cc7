// A socket address as the guest passed it or will receive it: a private copy,
// validated as Linux validates it (net/socket.c, move_addr_to_kernel). The
// layout is Linux x86-64's on both sides; only AF_UNIX paths differ, and those
// are translated by SocketNames (socket_names.h).
//
//   SLIPWAY_TRY(SocketAddress address,
//               SocketAddress::Load(memory, pointer, length));
//   if (address.unix_kind() == SocketAddress::UnixKind::kPath) …

#ifndef SLIPWAY_RUNTIME_HOST_SOCKET_ADDRESS_H_
#define SLIPWAY_RUNTIME_HOST_SOCKET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

class SocketAddress {
 public:
  enum class UnixKind { kNotUnix, kUnnamed, kPath, kAbstract };

  // The address of no family and no bytes.
  SocketAddress() = default;
  // From a host buffer. Precondition: length <= sizeof(sockaddr_storage).
  SocketAddress(const void* bytes, socklen_t length);
  // An AF_UNIX address with this path, or ENAMETOOLONG beyond 107 bytes.
  static SysResult<SocketAddress> UnixPath(std::string_view path);
  // Copies `length` bytes in. EINVAL for a length below 0 or beyond
  // sizeof(sockaddr_storage); EFAULT.
  static SysResult<SocketAddress> Load(const GuestMemory& memory, GuestPtr from,
                                       int64_t length);

  // Writes what fits into the guest's buffer and the full length to
  // `length_ptr`, which holds the buffer's size on entry (an int): EINVAL when
  // that is negative, EFAULT. A null `to` writes nothing.
  SysStatus Store(const GuestMemory& memory, GuestPtr to,
                  GuestPtr length_ptr) const;

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  socklen_t length() const { return length_; }
  // AF_UNSPEC when there are fewer than two bytes.
  sa_family_t family() const;

  UnixKind unix_kind() const;
  // The path of a kPath address, or the name after the NUL of an abstract one.
  std::string_view unix_name() const;

  // The port of an AF_INET or AF_INET6 address, in host order; else 0.
  uint16_t port() const;
  // An AF_INET address treated as such although it says AF_UNSPEC, as bind and
  // UDP's sendto do (net/ipv4/af_inet.c, udp.c); others unchanged.
  SocketAddress UnspecAsInet() const;
  // An IPv4-mapped IPv6 address as the AF_INET address it stands for.
  SocketAddress Unmapped() const;
  // Where a connect to this address really goes: the wildcard means loopback
  // (net/ipv4/route.c, net/ipv6/tcp_ipv6.c).
  SocketAddress AsDestination() const;

  // "127.0.0.1:80", "[::1]:80", "unix:/path", "unix:@abstract", "unix:", or
  // "family 16": for messages and policy notes.
  std::string ToString() const;

 private:
  // Null when the address is not of this family or too short for it.
  const sockaddr_in* inet() const;
  const sockaddr_in6* inet6() const;

  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SOCKET_ADDRESS_H_
