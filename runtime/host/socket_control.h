// Ancillary data of sendmsg and recvmsg (cmsg(3)). The layout is the kernel's;
// what needs care is descriptors (SCM_RIGHTS) and messages that would steer
// the network stack.

#ifndef SLIPWAY_RUNTIME_HOST_SOCKET_CONTROL_H_
#define SLIPWAY_RUNTIME_HOST_SOCKET_CONTROL_H_

#include <sys/socket.h>

#include <cstdint>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// Larger control buffers are treated as if they were this large; no kernel
// sends or takes more.
inline constexpr uint64_t kMaxControl = 64 << 10;  // bytes

// The control data of a message to send: copied in, then checked. EBADF when
// it passes a descriptor the guest does not own; EINVAL when it is malformed or
// has a message that guests may not send; ENOBUFS beyond kMaxControl.
SysResult<std::vector<uint8_t>> LoadControl(const GuestMemory& memory,
                                            const DescriptorTable& files,
                                            GuestPtr at, uint64_t length);

// After recvmsg filled message.msg_control (a host buffer): gives the guest
// every descriptor that arrived. What the guest may not have (directories,
// which would be a way around the mounts, and descriptors beyond its limit) is
// closed, the rest of the control data cut off and MSG_CTRUNC set, as Linux
// does when the receiver is out of descriptors.
void AdoptReceived(DescriptorTable& files, msghdr& message);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SOCKET_CONTROL_H_
