// The end of a socket call that may have blocked.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_SOCKET_WAIT_H_
#define SLIPWAY_RUNTIME_SYSCALLS_SOCKET_WAIT_H_

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstdint>

#include "runtime/syscalls/call.h"

namespace slipway::sys {

// Turns a raw kernel result into a handler's. A call that a signal interrupted
// is not restarted when the socket has a timeout (signal(7)); `timeout_option`
// is SO_RCVTIMEO or SO_SNDTIMEO.
inline SysResult<int64_t> WaitOnSocket(Call& call, int socket,
                                       int timeout_option, int64_t result) {
  if (result == -EINTR) {
    timeval timeout{};
    socklen_t size = sizeof(timeout);
    ::getsockopt(socket, SOL_SOCKET, timeout_option, &timeout, &size);
    if (timeout.tv_sec != 0 || timeout.tv_usec != 0) call.restartable = false;
  }
  return FromKernel(result);
}

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_SOCKET_WAIT_H_
