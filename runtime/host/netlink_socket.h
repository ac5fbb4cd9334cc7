// The one netlink protocol a guest may speak: NETLINK_ROUTE, to read the host's
// interfaces, addresses and routes (rtnetlink(7)), under the right
// `interfaces`.
//
// What the guest writes is not looked at. The kernel lets anybody read and asks
// for CAP_NET_ADMIN to change anything: of whoever writes, and of whoever
// opened the socket, unless the message names its destination
// (net/netlink/af_netlink.c, __netlink_ns_capable). So the socket is opened
// without that capability, and no destination is passed on: nothing that a
// guest sends changes the host's network, not even when the runtime is root.

#ifndef SLIPWAY_RUNTIME_HOST_NETLINK_SOCKET_H_
#define SLIPWAY_RUNTIME_HOST_NETLINK_SOCKET_H_

#include "runtime/host/socket_address.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// socket(AF_NETLINK, type, protocol) without CAP_NET_ADMIN, of the calling
// thread only; -1 and errno.
int OpenNetlinkSocket(int type, int protocol);

// EPERM unless the address is the kernel's: messages to another process's
// socket would seem to come from the kernel's side.
SysStatus CheckNetlinkPeer(const SocketAddress& address);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_NETLINK_SOCKET_H_
