// Which socket a guest may make, and which addresses it may use: the policy's
// grants applied to what Linux would really do with a request.
//
// * A bind to a port needs a listen grant for that address and port. A bind to
//   port 0 (the kernel chooses) is what clients do to pick a source address:
//   any connect grant allows it, else a listen grant must cover it.
// * listen looks at the address the socket really has, so neither an unbound
//   socket (which Linux binds to the wildcard) nor one bound to port 0 gets
//   past the listen grants.
// * connect and every send with an address need a connect grant for where the
//   packet goes: the wildcard means loopback, an IPv4-mapped address its IPv4
//   address, and AF_UNSPEC means AF_INET where Linux says so.
// * Multipath TCP is TCP here. Which further paths a connection takes, its
// peer's
//   other addresses among them, is the host's setting (`ip mptcp`; by default
//   none), not the guest's.
// * An ICMP socket, raw or not, needs the right `icmp`; where it sends to, a
//   connect grant as above. Its packets have no port: that one which the guest
//   names is compared.
// * A netlink socket needs the right `interfaces` (netlink_socket.h).
// * Unix socket paths need no grant beyond the mounts (socket_names.h);
//   abstract names need one.
// * With the right ipc a guest may make the netlink socket on which a C library
//   waits for mq_notify's SIGEV_THREAD. It is made for a protocol that nobody
//   in the kernel speaks, can reach no address, and so does nothing else.
// A refusal is EACCES (EPERM, EAFNOSUPPORT for socket) and is noted.

#ifndef SLIPWAY_RUNTIME_HOST_SOCKET_ACCESS_H_
#define SLIPWAY_RUNTIME_HOST_SOCKET_ACCESS_H_

#include "runtime/host/socket_address.h"
#include "runtime/host/sys_result.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

// `type` with or without SOCK_NONBLOCK and SOCK_CLOEXEC.
SysStatus CheckSocket(const sandbox::Policy& policy, int domain, int type,
                      int protocol);
// Whether a socket that CheckSocket allows is only for notifications. With the
// right interfaces any netlink socket is more than that, and does for them too.
bool IsNotificationSocket(const sandbox::Policy& policy, int domain);
SysStatus CheckBind(const sandbox::Policy& policy,
                    const SocketAddress& address);
// `host_fd` is the socket that is about to listen.
SysStatus CheckListen(const sandbox::Policy& policy, int host_fd);
// An AF_UNSPEC address dissolves an association and is always allowed.
SysStatus CheckConnect(const sandbox::Policy& policy,
                       const SocketAddress& address);
SysStatus CheckSend(const sandbox::Policy& policy,
                    const SocketAddress& address);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SOCKET_ACCESS_H_
