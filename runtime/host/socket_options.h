// The socket options a guest may set and read: those that concern the socket
// alone. Options that attach code (SO_ATTACH_FILTER), name a device or a
// network namespace, change routing (IP_OPTIONS, SO_MARK) or reach the host's
// configuration are absent, and absent means ENOPROTOOPT, as from a kernel
// that was built without them.
//
// Every value is plain data with the same layout on both sides, so the kernel
// reads and writes guest memory itself and checks the length. Options that join
// a multicast group are checked first (CheckJoin in socket_access.h).

#ifndef SLIPWAY_RUNTIME_HOST_SOCKET_OPTIONS_H_
#define SLIPWAY_RUNTIME_HOST_SOCKET_OPTIONS_H_

#include <cstddef>

namespace slipway::host {

struct SocketOption {
  int level;
  int option;
  bool settable;
  size_t max_size;  // bytes of the largest value that is passed on
  bool joins = false;
};

// Null when the guest may not use it.
const SocketOption* FindSocketOption(int level, int option);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SOCKET_OPTIONS_H_
