#include "runtime/host/socket_access.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/host/testing/socket_addresses.h"
#include "runtime/sandbox/address_grant.h"

namespace slipway::host {
namespace {

// 0 or the errno.
int Code(const SysStatus& status) {
  return status.ok() ? 0 : status.error().code;
}

// A policy with some grants; options_ collects what denials suggest.
class SocketAccessTest : public testing::Test {
 protected:
  SocketAccessTest() {
    policy_.on_denial = [this](const sandbox::Denial& denial) {
      options_.emplace_back(denial.option);
    };
  }
  void Listen(const char* text) {
    policy_.listen.push_back(*sandbox::ParseAddress(text));
  }
  void Connect(const char* text) {
    policy_.connect.push_back(*sandbox::ParseAddress(text));
  }

  sandbox::Policy policy_;
  std::vector<std::string> options_;
};

TEST_F(SocketAccessTest, OrdinarySocketsOnly) {
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
            0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET6, SOCK_DGRAM, IPPROTO_UDP)), 0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET6, SOCK_STREAM, IPPROTO_MPTCP)),
            0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_DGRAM, IPPROTO_MPTCP)),
            EPROTONOSUPPORT);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_UNIX, SOCK_SEQPACKET, 0)), 0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_STREAM, IPPROTO_SCTP)),
            EPROTONOSUPPORT);
  EXPECT_TRUE(options_.empty());
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_RAW, IPPROTO_ICMP)), EPERM);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)),
            EACCES);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_NETLINK, SOCK_RAW, 0)), EAFNOSUPPORT);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_PACKET, SOCK_RAW, 0)), EAFNOSUPPORT);
  EXPECT_EQ(options_.size(), 4u);
}

TEST_F(SocketAccessTest, RightsOpenIcmpAndNetlink) {
  policy_.rights.Add(sandbox::Right::icmp);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_RAW, IPPROTO_ICMP)), 0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)),
            0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_RAW, IPPROTO_RAW)), EPERM);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_INET, SOCK_RAW, IPPROTO_TCP)), EPERM);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_NETLINK, SOCK_RAW, 0)), EAFNOSUPPORT);
  policy_.rights.Add(sandbox::Right::interfaces);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)), 0);
  EXPECT_EQ(Code(CheckSocket(policy_, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT)),
            EPROTONOSUPPORT);
}

TEST_F(SocketAccessTest, BindNeedsAListenGrant) {
  Listen("127.0.0.1:6379");
  EXPECT_EQ(Code(CheckBind(policy_, Inet("127.0.0.1", 6379))), 0);
  EXPECT_EQ(Code(CheckBind(policy_, Inet6("::ffff:127.0.0.1", 6379))), 0);
  EXPECT_EQ(Code(CheckBind(policy_, Inet("127.0.0.1", 6379, AF_UNSPEC))), 0);
  EXPECT_EQ(Code(CheckBind(policy_, Inet("0.0.0.0", 6379))), EACCES);
  EXPECT_EQ(Code(CheckBind(policy_, Inet("127.0.0.1", 6380))), EACCES);
  EXPECT_EQ(Code(CheckBind(policy_, Inet("127.0.0.1", 6380, AF_UNSPEC))),
            EACCES);
  EXPECT_EQ(Code(CheckBind(policy_, Inet6("::", 6379))), EACCES);
}

TEST_F(SocketAccessTest, ARefusalNamesTheOption) {
  EXPECT_EQ(Code(CheckBind(policy_, Inet("127.0.0.1", 80))), EACCES);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet6("::1", 80))), EACCES);
  EXPECT_EQ(options_, (std::vector<std::string>{"--listen 127.0.0.1:80",
                                                "--connect [::1]:80"}));
}

TEST_F(SocketAccessTest, PortZeroIsForClientsToo) {
  EXPECT_EQ(Code(CheckBind(policy_, Inet("0.0.0.0", 0))), EACCES);
  Connect("127.0.0.1:80");
  EXPECT_EQ(Code(CheckBind(policy_, Inet("0.0.0.0", 0))), 0);
  EXPECT_EQ(Code(CheckBind(policy_, Inet("0.0.0.0", 81))), EACCES);
}

TEST_F(SocketAccessTest, ListenLooksAtTheRealAddress) {
  Connect("127.0.0.1:80");
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(Code(CheckListen(policy_, fd)), EACCES) << "unbound: any address";
  const SocketAddress local = Inet("127.0.0.1", 0);
  ASSERT_EQ(Code(CheckBind(policy_, local)), 0);
  ASSERT_EQ(bind(fd, local.get(), local.length()), 0);
  EXPECT_EQ(Code(CheckListen(policy_, fd)), EACCES) << "bound to port 0";
  Listen("127.0.0.1:*");
  EXPECT_EQ(Code(CheckListen(policy_, fd)), 0);
  close(fd);
}

TEST_F(SocketAccessTest, ConnectIsCheckedForWhereItGoes) {
  Connect("127.0.0.1:80");
  EXPECT_EQ(Code(CheckConnect(policy_, Inet("127.0.0.1", 80))), 0);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet("0.0.0.0", 80))), 0);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet6("::ffff:127.0.0.1", 80))), 0);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet("127.0.0.2", 80))), EACCES);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet6("::", 80))), EACCES);
  EXPECT_EQ(Code(CheckConnect(policy_, Inet("10.0.0.1", 80, AF_UNSPEC))), 0)
      << "dissolves the association";
}

TEST_F(SocketAccessTest, SendTreatsUnspecAsInet) {
  Connect("127.0.0.1:80");
  EXPECT_EQ(Code(CheckSend(policy_, Inet("127.0.0.1", 80, AF_UNSPEC))), 0);
  EXPECT_EQ(Code(CheckSend(policy_, Inet("10.0.0.1", 80, AF_UNSPEC))), EACCES);
}

TEST_F(SocketAccessTest, UnixPathsAreTheMountsBusinessAbstractNamesAreNot) {
  EXPECT_EQ(Code(CheckBind(policy_, *SocketAddress::UnixPath("/run/s"))), 0);
  EXPECT_EQ(Code(CheckConnect(policy_, *SocketAddress::UnixPath("/run/s"))), 0);
  const char bytes[] = {AF_UNIX, 0, 0, 'x'};
  const SocketAddress abstract(bytes, sizeof(bytes));
  EXPECT_EQ(Code(CheckBind(policy_, abstract)), EACCES);
  EXPECT_EQ(Code(CheckConnect(policy_, abstract)), EACCES);
  Listen("unix:@x");
  EXPECT_EQ(Code(CheckBind(policy_, abstract)), 0);
}

}  // namespace
}  // namespace slipway::host
