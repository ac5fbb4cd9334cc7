#include "runtime/host/socket_options.h"

#include <linux/tcp.h>  // the whole tcp_info; netinet/tcp.h has an older one
#include <netinet/icmp6.h>
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
constexpr size_t kNewTime = 16;         // struct __kernel_sock_timeval
constexpr size_t kCongestionName = 16;  // TCP_CA_NAME_MAX
constexpr size_t kFastOpenKeys = 32;    // TCP_FASTOPEN_KEY_BUF_LENGTH
constexpr size_t kMemoryInfo = 36;      // u32[SK_MEMINFO_VARS]
constexpr size_t kCongestionInfo = 20;  // union tcp_cc_info
constexpr size_t kSavedHeaders = 256;
constexpr bool kJoins = true;
// linux/icmp.h, which libc's headers do not go with.
constexpr int kIcmpFilter = 1;
constexpr size_t kIcmpFilterSize = 4;

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
    {SOL_SOCKET, SO_INCOMING_CPU, kSettable, kInt},
    {SOL_SOCKET, SO_INCOMING_NAPI_ID, kReadOnly, kInt},
    {SOL_SOCKET, SO_COOKIE, kReadOnly, sizeof(uint64_t)},
    {SOL_SOCKET, SO_MEMINFO, kReadOnly, kMemoryInfo},
    {SOL_SOCKET, SO_MAX_PACING_RATE, kSettable, sizeof(uint64_t)},
    {SOL_SOCKET, SO_TIMESTAMPING_OLD, kSettable, sizeof(uint64_t)},
    {SOL_SOCKET, SO_TIMESTAMPING_NEW, kSettable, sizeof(uint64_t)},
    {SOL_SOCKET, SO_NO_CHECK, kSettable, kInt},
    {SOL_SOCKET, SO_SELECT_ERR_QUEUE, kSettable, kInt},
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
    {IPPROTO_IP, IP_RECVOPTS, kSettable, kInt},
    {IPPROTO_IP, IP_RETOPTS, kSettable, kInt},
    {IPPROTO_IP, IP_RECVORIGDSTADDR, kSettable, kInt},
    {IPPROTO_IP, IP_MINTTL, kSettable, kInt},
    {IPPROTO_IP, IP_UNICAST_IF, kSettable, kInt},
    {IPPROTO_IP, IP_MULTICAST_IF, kSettable, sizeof(ip_mreqn)},
    {IPPROTO_IP, IP_MULTICAST_TTL, kSettable, kInt},
    {IPPROTO_IP, IP_MULTICAST_LOOP, kSettable, kInt},
    {IPPROTO_IP, IP_MULTICAST_ALL, kSettable, kInt},
    {IPPROTO_IP, IP_ADD_MEMBERSHIP, kSettable, sizeof(ip_mreqn), kJoins},
    {IPPROTO_IP, IP_DROP_MEMBERSHIP, kSettable, sizeof(ip_mreqn)},
    {IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, kSettable, sizeof(ip_mreq_source),
     kJoins},
    {IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, kSettable, sizeof(ip_mreq_source)},
    {IPPROTO_IP, IP_BLOCK_SOURCE, kSettable, sizeof(ip_mreq_source)},
    {IPPROTO_IP, IP_UNBLOCK_SOURCE, kSettable, sizeof(ip_mreq_source)},
    {IPPROTO_IP, MCAST_JOIN_GROUP, kSettable, sizeof(group_req), kJoins},
    {IPPROTO_IP, MCAST_LEAVE_GROUP, kSettable, sizeof(group_req)},
    {IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, kSettable, sizeof(group_source_req),
     kJoins},
    {IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, kSettable, sizeof(group_source_req)},
    {IPPROTO_IPV6, IPV6_V6ONLY, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_TCLASS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVTCLASS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVPKTINFO, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MTU_DISCOVER, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MTU, kReadOnly, kInt},
    {IPPROTO_IPV6, IPV6_RECVERR, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_PKTINFO, kSettable, sizeof(in6_pktinfo)},
    {IPPROTO_IPV6, IPV6_CHECKSUM, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_DONTFRAG, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MINHOPCOUNT, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_FREEBIND, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_UNICAST_IF, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_MULTICAST_ALL, kSettable, kInt},
    {IPPROTO_IPV6, IPV6_JOIN_GROUP, kSettable, sizeof(ipv6_mreq), kJoins},
    {IPPROTO_IPV6, IPV6_LEAVE_GROUP, kSettable, sizeof(ipv6_mreq)},
    {IPPROTO_IPV6, MCAST_JOIN_GROUP, kSettable, sizeof(group_req), kJoins},
    {IPPROTO_IPV6, MCAST_LEAVE_GROUP, kSettable, sizeof(group_req)},
    {IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, kSettable, sizeof(group_source_req),
     kJoins},
    {IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP, kSettable,
     sizeof(group_source_req)},
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
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, kSettable, kInt},
    {IPPROTO_TCP, TCP_SAVE_SYN, kSettable, kInt},
    {IPPROTO_TCP, TCP_SAVED_SYN, kReadOnly, kSavedHeaders},
    {IPPROTO_TCP, TCP_CC_INFO, kReadOnly, kCongestionInfo},
    {IPPROTO_TCP, TCP_FASTOPEN_KEY, kSettable, kFastOpenKeys},
    {IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, kSettable, kInt},
    {IPPROTO_TCP, TCP_TIMESTAMP, kSettable, kInt},
    {IPPROTO_UDP, UDP_CORK, kSettable, kInt},
    {IPPROTO_UDP, UDP_SEGMENT, kSettable, kInt},
    {IPPROTO_UDP, UDP_GRO, kSettable, kInt},
    {IPPROTO_UDP, UDP_NO_CHECK6_TX, kSettable, kInt},
    {IPPROTO_UDP, UDP_NO_CHECK6_RX, kSettable, kInt},
    {SOL_RAW, kIcmpFilter, kSettable, kIcmpFilterSize},
    {IPPROTO_ICMPV6, ICMP6_FILTER, kSettable, sizeof(icmp6_filter)},
};

}  // namespace

const SocketOption* FindSocketOption(int level, int option) {
  for (const SocketOption& entry : kOptions) {
    if (entry.level == level && entry.option == option) return &entry;
  }
  return nullptr;
}

}  // namespace slipway::host
