#include "runtime/host/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace slipway::host {
namespace {

constexpr size_t kPathOffset = offsetof(sockaddr_un, sun_path);

SocketAddress FromInet(in_addr host, in_port_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr = host;
  return SocketAddress(&address, sizeof(address));
}

std::string HostText(int family, const void* host) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, host, text, sizeof(text));
  return text;
}

}  // namespace

SocketAddress::SocketAddress(const void* bytes, socklen_t length)
    : length_(std::min<socklen_t>(length, sizeof(storage_))) {
  std::memcpy(&storage_, bytes, length_);
}

SysResult<SocketAddress> SocketAddress::UnixPath(std::string_view path) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) return Errno{ENAMETOOLONG};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  // The NUL counts, as Linux reports it from getsockname.
  return SocketAddress(&address, kPathOffset + path.size() + 1);
}

SysResult<SocketAddress> SocketAddress::Load(const GuestMemory& memory,
                                             GuestPtr from, int64_t length) {
  const int32_t size = static_cast<int32_t>(length);
  if (size < 0 || static_cast<size_t>(size) > sizeof(sockaddr_storage)) {
    return Errno{EINVAL};
  }
  SocketAddress address;
  SLIPWAY_CHECK_OK(memory.CopyIn(&address.storage_, from, size));
  address.length_ = size;
  // As the kernel, which would not see the address that a path stands for.
  if (address.family() == AF_UNIX &&
      static_cast<size_t>(size) > sizeof(sockaddr_un)) {
    return Errno{EINVAL};
  }
  return address;
}

SysStatus SocketAddress::Store(const GuestMemory& memory, GuestPtr to,
                               GuestPtr length_ptr) const {
  if (to.is_null()) return Done{};
  SLIPWAY_TRY(const int32_t room, memory.Load<int32_t>(length_ptr));
  if (room < 0) return Errno{EINVAL};
  const size_t count = std::min<size_t>(room, length_);
  SLIPWAY_CHECK_OK(memory.CopyOut(to, &storage_, count));
  return memory.Store<int32_t>(length_ptr, length_);
}

sa_family_t SocketAddress::family() const {
  return length_ < sizeof(sa_family_t) ? AF_UNSPEC : storage_.ss_family;
}

const sockaddr_in* SocketAddress::inet() const {
  if (family() != AF_INET || length_ < sizeof(sockaddr_in)) return nullptr;
  return reinterpret_cast<const sockaddr_in*>(&storage_);
}

const sockaddr_in6* SocketAddress::inet6() const {
  // Linux accepts the pre-RFC 2553 address without its scope id.
  constexpr size_t kShortest = offsetof(sockaddr_in6, sin6_scope_id);
  if (family() != AF_INET6 || length_ < kShortest) return nullptr;
  return reinterpret_cast<const sockaddr_in6*>(&storage_);
}

SocketAddress::UnixKind SocketAddress::unix_kind() const {
  if (family() != AF_UNIX) return UnixKind::kNotUnix;
  if (length_ <= kPathOffset) return UnixKind::kUnnamed;
  const auto* address = reinterpret_cast<const sockaddr_un*>(&storage_);
  return address->sun_path[0] == '\0' ? UnixKind::kAbstract : UnixKind::kPath;
}

std::string_view SocketAddress::unix_name() const {
  const auto* address = reinterpret_cast<const sockaddr_un*>(&storage_);
  const UnixKind kind = unix_kind();
  if (kind == UnixKind::kAbstract) {
    return {address->sun_path + 1, length_ - kPathOffset - 1};
  }
  if (kind != UnixKind::kPath) return {};
  const size_t room = length_ - kPathOffset;
  return {address->sun_path, strnlen(address->sun_path, room)};
}

uint16_t SocketAddress::port() const {
  if (const auto* in = inet()) return ntohs(in->sin_port);
  if (const auto* in6 = inet6()) return ntohs(in6->sin6_port);
  return 0;
}

SocketAddress SocketAddress::UnspecAsInet() const {
  SocketAddress result = *this;
  if (family() == AF_UNSPEC && length_ >= sizeof(sockaddr_in)) {
    result.storage_.ss_family = AF_INET;
  }
  return result;
}

SocketAddress SocketAddress::Unmapped() const {
  const sockaddr_in6* in6 = inet6();
  if (in6 == nullptr || !IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) return *this;
  in_addr host;
  std::memcpy(&host, &in6->sin6_addr.s6_addr[12], sizeof(host));
  return FromInet(host, in6->sin6_port);
}

SocketAddress SocketAddress::AsDestination() const {
  SocketAddress result = Unmapped();
  if (const auto* in = result.inet();
      in != nullptr && in->sin_addr.s_addr == htonl(INADDR_ANY)) {
    return FromInet(in_addr{htonl(INADDR_LOOPBACK)}, in->sin_port);
  }
  if (const auto* in6 = result.inet6();
      in6 != nullptr && IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr)) {
    reinterpret_cast<sockaddr_in6*>(&result.storage_)->sin6_addr =
        in6addr_loopback;
  }
  return result;
}

std::string SocketAddress::ToString() const {
  if (const auto* in = inet()) {
    return HostText(AF_INET, &in->sin_addr) + ":" + std::to_string(port());
  }
  if (const auto* in6 = inet6()) {
    return "[" + HostText(AF_INET6, &in6->sin6_addr) +
           "]:" + std::to_string(port());
  }
  switch (unix_kind()) {
    case UnixKind::kUnnamed:
      return "unix:";
    case UnixKind::kPath:
      return "unix:" + std::string(unix_name());
    case UnixKind::kAbstract:
      return "unix:@" + std::string(unix_name());
    case UnixKind::kNotUnix:
      break;
  }
  return "family " + std::to_string(family());
}

}  // namespace slipway::host
