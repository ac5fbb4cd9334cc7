// Joining a multicast group means receiving what the network sends to it: a
// guest needs a listen grant that covers the group's address and the port that
// the socket is bound to (no port before it is bound: a grant for any port).
// See ip(7), ipv6(7), RFC 3678.

#ifndef SLIPWAY_RUNTIME_HOST_MULTICAST_H_
#define SLIPWAY_RUNTIME_HOST_MULTICAST_H_

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/host/socket_options.h"
#include "runtime/host/sys_result.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

// Bytes of the largest value of an option that joins.
inline constexpr size_t kMaxMembership = sizeof(group_source_req);

// Whether the socket may join the group that `value` of `option` names.
// Precondition: option.joins. EACCES, noted; EINVAL when the value is too short
// to name a group.
SysStatus CheckJoin(const sandbox::Policy& policy, int host_fd,
                    const SocketOption& option, std::span<const uint8_t> value);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_MULTICAST_H_
