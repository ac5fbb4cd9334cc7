#include "runtime/host/netlink_socket.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

struct Request {
  nlmsghdr header;
  ifinfomsg link;
};

Request About(uint16_t type, uint16_t flags) {
  Request request{};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | flags;
  request.link.ifi_index = static_cast<int>(if_nametoindex("lo"));
  return request;
}

// The type of the answer's first message; its error code, negative, when it is
// one.
int Ask(int fd, const Request& request) {
  EXPECT_EQ(send(fd, &request, sizeof(request), 0),
            static_cast<ssize_t>(sizeof(request)));
  alignas(nlmsghdr) char answer[16384];
  const ssize_t size = recv(fd, answer, sizeof(answer), 0);
  EXPECT_GE(size, static_cast<ssize_t>(sizeof(nlmsghdr)));
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (header->nlmsg_type != NLMSG_ERROR) return header->nlmsg_type;
  return static_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
}

TEST(NetlinkSocket, ReadsAndCannotChange) {
  const int fd = OpenNetlinkSocket(SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(Ask(fd, About(RTM_GETLINK, 0)), RTM_NEWLINK);
  // Without flags it changes nothing for who may, either.
  EXPECT_EQ(Ask(fd, About(RTM_SETLINK, NLM_F_ACK)), -EPERM);
  close(fd);
}

TEST(NetlinkSocket, OnlyTheKernelIsAPeer) {
  sockaddr_nl peer{};
  peer.nl_family = AF_NETLINK;
  EXPECT_TRUE(CheckNetlinkPeer(SocketAddress(&peer, sizeof(peer))).ok());
  peer.nl_pid = 1;
  EXPECT_FALSE(CheckNetlinkPeer(SocketAddress(&peer, sizeof(peer))).ok());
  peer.nl_pid = 0;
  peer.nl_groups = 1;
  EXPECT_FALSE(CheckNetlinkPeer(SocketAddress(&peer, sizeof(peer))).ok());
  EXPECT_FALSE(CheckNetlinkPeer(SocketAddress(&peer, 4)).ok());
}

}  // namespace
}  // namespace slipway::host
