#include "runtime/host/multicast.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "runtime/sandbox/address_grant.h"

namespace slipway::host {
namespace {

template <typename T>
std::span<const uint8_t> Bytes(const T& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof(value)};
}

class MulticastTest : public testing::Test {
 protected:
  MulticastTest() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~MulticastTest() override { close(fd_); }

  // 0 or the errno of joining.
  template <typename T>
  int Join(int level, int option, const T& value) {
    const SocketOption* row = FindSocketOption(level, option);
    if (row == nullptr || !row->joins) return -1;
    const SysStatus status = CheckJoin(policy_, fd_, *row, Bytes(value));
    return status.ok() ? 0 : status.error().code;
  }
  void Listen(const char* text) {
    policy_.listen.push_back(*sandbox::ParseAddress(text));
  }

  const int fd_;
  sandbox::Policy policy_;
};

TEST_F(MulticastTest, AListenGrantForTheGroupIsNeeded) {
  const ip_mreq request{{inet_addr("239.1.2.3")}, {INADDR_ANY}};
  EXPECT_EQ(Join(IPPROTO_IP, IP_ADD_MEMBERSHIP, request), EACCES);
  Listen("239.1.2.4:*");
  Listen("239.1.2.3:5000");
  EXPECT_EQ(Join(IPPROTO_IP, IP_ADD_MEMBERSHIP, request), EACCES)
      << "the socket is not bound to that port";
  Listen("239.1.2.3:*");
  EXPECT_EQ(Join(IPPROTO_IP, IP_ADD_MEMBERSHIP, request), 0);
}

TEST_F(MulticastTest, EveryFormNamesItsGroup) {
  Listen("239.1.2.3:*");
  Listen("[ff15::1]:*");
  group_source_req request{};
  auto& group = reinterpret_cast<sockaddr_in&>(request.gsr_group);
  group.sin_family = AF_INET;
  group.sin_addr.s_addr = inet_addr("239.1.2.3");
  EXPECT_EQ(Join(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, request), 0);
  group.sin_addr.s_addr = inet_addr("239.1.2.9");
  EXPECT_EQ(Join(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, request), EACCES);
  ipv6_mreq v6{};
  EXPECT_EQ(Join(IPPROTO_IPV6, IPV6_JOIN_GROUP, v6), EACCES);
  inet_pton(AF_INET6, "ff15::1", &v6.ipv6mr_multiaddr);
  EXPECT_EQ(Join(IPPROTO_IPV6, IPV6_JOIN_GROUP, v6), 0);
}

TEST_F(MulticastTest, AShortValueNamesNone) {
  EXPECT_EQ(Join(IPPROTO_IP, IP_ADD_MEMBERSHIP, uint16_t{0}), EINVAL);
  EXPECT_EQ(Join(IPPROTO_IPV6, IPV6_JOIN_GROUP, uint64_t{0}), EINVAL);
  EXPECT_EQ(Join(IPPROTO_IPV6, MCAST_JOIN_GROUP, uint64_t{0}), EINVAL);
}

}  // namespace
}  // namespace slipway::host
