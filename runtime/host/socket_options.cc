#include "runtime/host/socket_options.h"

#include <linux/tcp.h>  // the whole tcp_info; netinet/tcp.h has an older one
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace slipway::host {
namespace {

constexpr bool kSettable = true;
constexpr bool kReadOnly = false;
constexpr size_t kInt = sizeof(int);
constexpr size_t kTime = sizeof(timeval);
constexpr size_t kNewTime = 16;          // struct __kernel_sock_timeval
constexpr size_t kCongestionName = 16;   // TCP_CA_NAME_MAX

constexpr SocketOption kOptions[] = {
    {SOL_SOCKET, SO_REUSEADDR, kSettable, kInt},
    {SOL_SOCKET, SO_TYPE, kReadOnly, kInt},
    {SOL_SOCKET, SO_ERROR, kReadOnly, kInt},
    {SOL_SOCKET, SO_DONTROUTE, kSettable, kInt},
    {SOL_SOCKET, SO_BROADCAST, kSettable, kInt},
    {SOL_SOCKET, SO_SNDBUF, kSettable, kInt},
    {SOL_SOCKET, SO_RCVBUF, kSettable, kInt},
    {SOL_SOCKET, SO_KEEPALIVE, kSettable, kInt},
    {SOL_SOCKET, SO_OOBINLINE, kSettable, kInt},
    {SOL_SOCKET, SO_PRIORITY, kSettable, kInt},
    {SOL_SOCKET, SO_LINGER, kSettable, sizeof(linger)},
    {SOL_SOCKET, SO_REUSEPORT, kSettable, kInt},
    {SOL_SOCKET, SO_PASSCRED, kSettable, kInt},
    {SOL_SOCKET, SO_PEERCRED, kReadOnly, sizeof(ucred)},
    {SOL_SOCKET, SO_RCVLOWAT, kSettable, kInt},
    {SOL_SOCKET, SO_SNDLOWAT, kSettable, kInt},
    {SOL_SOCKET, SO_RCVTIMEO_OLD, kSettable, kTime},
    {SOL_SOCKET, SO_SNDTIMEO_OLD, kSettable, kTime},
    {SOL_SOCKET, SO_RCVTIMEO_NEW, kSettable, kNewTime},
    {SOL_SOCKET, SO_SNDTIMEO_NEW, kSettable, kNewTime},
    {SOL_SOCKET, SO_TIMESTAMP_OLD, kSettable, kInt},
    {SOL_SOCKET, SO_TIMESTAMPNS_OLD, kSettable, kInt},
    {SOL_SOCKET, SO_TIMESTAMP_NEW, kSettable, kInt},
    {SOL_SOCKET, SO_TIMESTAMPNS_NEW, kSettable, kInt},
    {SOL_SOCKET, SO_ACCEPTCONN, kReadOnly, kInt},
    {SOL_SOCKET, SO_PROTOCOL, kReadOnly, kInt},
    {SOL_SOCKET, SO_DOMAIN, kReadOnly, kInt},
    {SOL_SOCKET, SO_RXQ_OVFL, kSettable, kInt},
    {SOL_SOCKET, SO_PEEK_OFF, kSettable, kInt},
    {SOL_SOCKET, SO_INCOMING_CPU, kReadOnly, kInt},
    {SOL_SOCKET, SO_COOKIE, kReadOnly, sizeof(uint64_t)},
    {IPPROTO_IP, IP_TOS, kSettable, kInt},
    {IPPROTO_IP, IP_TTL, kSettable, kInt},
    {IPPROTO_IP, IP_RECVTOS, kSettable, kInt},
    {IPPROTO_IP, IP_RECVTTL, kSettable, kInt},
    {IPPROTO_IP, IP_PKTINFO, kSettable, kInt},
    {IPPROTO_IP, IP_MTU_DISCOVER, kSettable, kInt},
    {IPPROTO_IP, IP_MTU, kReadOnly, kInt},
    {IPPROTO_IP, IP_RECVERR, kSettable, kInt},
    {IPPROTO_IP, IP_FREEBIND, kSettable, kInt},
    {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_V6ONLY, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_TCLASS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVTCLASS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVPKTINFO, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MTU_DISCOVER, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MTU, kReadOnly, kInt},
    {IPPROTO_IPV6, IPV6_RECVERR, kSettable, kInt},
    {IPPROTO_TCP, TCP_NODELAY, kSettable, kInt},
    {IPPROTO_TCP, TCP_MAXSEG, kSettable, kInt},
    {IPPROTO_TCP, TCP_CORK, kSettable, kInt},
    {IPPROTO_TCP, TCP_KEEPIDLE, kSettable, kInt},
    {IPPROTO_TCP, TCP_KEEPINTVL, kSettable, kInt},
    {IPPROTO_TCP, TCP_KEEPCNT, kSettable, kInt},
    {IPPROTO_TCP, TCP_SYNCNT, kSettable, kInt},
    {IPPROTO_TCP, TCP_LINGER2, kSettable, kInt},
    {IPPROTO_TCP, TCP_DEFER_ACCEPT, kSettable, kInt},
    {IPPROTO_TCP, TCP_WINDOW_CLAMP, kSettable, kInt},
    {IPPROTO_TCP, TCP_INFO, kReadOnly, sizeof(tcp_info)},
    {IPPROTO_TCP, TCP_QUICKACK, kSettable, kInt},
    {IPPROTO_TCP, TCP_CONGESTION, kSettable, kCongestionName},
    {IPPROTO_TCP, TCP_USER_TIMEOUT, kSettable, kInt},
    {IPPROTO_TCP, TCP_FASTOPEN, kSettable, kInt},
    {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, kSettable, kInt},
    {IPPROTO_TCP, TCP_NOTSENT_LOWAT, kSettable, kInt},
    {IPPROTO_TCP, TCP_INQ, kSettable, kInt},
    {IPPROTO_UDP, UDP_CORK, kSettable, kInt},
    {IPPROTO_UDP, UDP_SEGMENT, kSettable, kInt},
    {IPPROTO_UDP, UDP_GRO, kSettable, kInt},
};

}  // namespace

const SocketOption* FindSocketOption(int level, int option) {
  for (const SocketOption& entry : kOptions) {
    if (entry.level == level && entry.option == option) return &entry;
  }
  return nullptr;
}

}  // namespace slipway::host
