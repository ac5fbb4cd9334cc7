// Socket addresses from text, for tests.

#ifndef SLIPWAY_RUNTIME_HOST_TESTING_SOCKET_ADDRESSES_H_
#define SLIPWAY_RUNTIME_HOST_TESTING_SOCKET_ADDRESSES_H_

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>

#include "runtime/host/socket_address.h"

namespace slipway::host {

// `family`: what the address says, whether or not it is true.
inline SocketAddress Inet(const char* host, uint16_t port,
                          sa_family_t family = AF_INET) {
  sockaddr_in address{};
  address.sin_family = family;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host, &address.sin_addr);
  return SocketAddress(&address, sizeof(address));
}

inline SocketAddress Inet6(const char* host, uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  inet_pton(AF_INET6, host, &address.sin6_addr);
  return SocketAddress(&address, sizeof(address));
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TESTING_SOCKET_ADDRESSES_H_
