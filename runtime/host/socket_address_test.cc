#include "runtime/host/socket_address.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "runtime/host/testing/guest_memory_fixture.h"
#include "runtime/host/testing/socket_addresses.h"

namespace slipway::host {
namespace {

using SocketAddressTest = GuestMemoryFixture;

TEST_F(SocketAddressTest, LoadChecksTheLengthAsLinuxDoes) {
  Put(64, *Inet("127.0.0.1", 80).get());
  EXPECT_EQ(SocketAddress::Load(memory_, {64}, -1).error().code, EINVAL);
  EXPECT_EQ(SocketAddress::Load(memory_, {64}, 129).error().code, EINVAL);
  EXPECT_EQ(SocketAddress::Load(memory_, {kMemorySize - 4}, 16).error().code,
            EFAULT);
  auto empty = SocketAddress::Load(memory_, {64}, 0);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->family(), AF_UNSPEC);
  auto address = SocketAddress::Load(memory_, {64}, sizeof(sockaddr_in));
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->ToString(), "127.0.0.1:80");
}

TEST_F(SocketAddressTest, StoreTruncatesAndReportsTheFullLength) {
  const SocketAddress address = Inet("10.1.2.3", 7);
  Put<int32_t>(8, 4);
  Put<uint32_t>(68, 0xeeeeeeee);
  ASSERT_TRUE(address.Store(memory_, {64}, {8}).ok());
  EXPECT_EQ(Get<int32_t>(8), static_cast<int32_t>(sizeof(sockaddr_in)));
  EXPECT_EQ(Get<sa_family_t>(64), AF_INET);
  EXPECT_EQ(Get<uint32_t>(68), 0xeeeeeeee) << "wrote beyond the buffer";
}

TEST_F(SocketAddressTest, StoreRefusesANegativeLengthAndSkipsNull) {
  Put<int32_t>(8, -1);
  const SocketAddress address = Inet("10.1.2.3", 7);
  EXPECT_EQ(address.Store(memory_, {64}, {8}).error().code, EINVAL);
  EXPECT_TRUE(address.Store(memory_, {0}, {0}).ok());
}

TEST(SocketAddress, TextForms) {
  EXPECT_EQ(Inet("0.0.0.0", 6379).ToString(), "0.0.0.0:6379");
  EXPECT_EQ(Inet6("::1", 80).ToString(), "[::1]:80");
  EXPECT_EQ(SocketAddress::UnixPath("/run/x.sock")->ToString(),
            "unix:/run/x.sock");
  const char abstract[] = {AF_UNIX, 0, 0, 'a', 'b'};
  EXPECT_EQ(SocketAddress(abstract, 5).ToString(), "unix:@ab");
  EXPECT_EQ(SocketAddress(abstract, 2).ToString(), "unix:");
  const sa_family_t netlink = AF_NETLINK;
  EXPECT_EQ(SocketAddress(&netlink, 2).ToString(), "family 16");
}

TEST(SocketAddress, UnixPathEndsAtNulOrLength) {
  const char padded[] = {AF_UNIX, 0, '/', 'a', 0, 'z'};
  EXPECT_EQ(SocketAddress(padded, 6).unix_name(), "/a");
  EXPECT_EQ(SocketAddress(padded, 4).unix_name(), "/a");
  EXPECT_EQ(SocketAddress::UnixPath(std::string(108, 'x')).error().code,
            ENAMETOOLONG);
  EXPECT_TRUE(SocketAddress::UnixPath(std::string(107, 'x')).ok());
}

TEST(SocketAddress, MappedAddressesAreTheirInetAddress) {
  EXPECT_EQ(Inet6("::ffff:10.0.0.1", 9).Unmapped().ToString(), "10.0.0.1:9");
  EXPECT_EQ(Inet6("fe80::1", 9).Unmapped().ToString(), "[fe80::1]:9");
}

TEST(SocketAddress, AWildcardDestinationIsLoopback) {
  EXPECT_EQ(Inet("0.0.0.0", 9).AsDestination().ToString(), "127.0.0.1:9");
  EXPECT_EQ(Inet6("::", 9).AsDestination().ToString(), "[::1]:9");
  EXPECT_EQ(Inet6("::ffff:0.0.0.0", 9).AsDestination().ToString(),
            "127.0.0.1:9");
}

TEST(SocketAddress, UnspecIsInetOnlyWhenLongEnough) {
  sockaddr_in address{};
  address.sin_port = htons(5);
  EXPECT_EQ(SocketAddress(&address, sizeof(address)).UnspecAsInet().family(),
            AF_INET);
  EXPECT_EQ(SocketAddress(&address, 8).UnspecAsInet().family(), AF_UNSPEC);
}

// A path that no Unix socket can have: there is no room for it elsewhere.
TEST_F(SocketAddressTest, AUnixPathThatIsTooLongIsRefused) {
  Put<sa_family_t>(64, AF_UNIX);
  std::memset(base_ + 66, '/', 126);
  base_[66 + 125] = 'x';
  EXPECT_EQ(SocketAddress::Load(memory_, {64}, 128).error().code, EINVAL);
  EXPECT_EQ(SocketAddress::Load(memory_, {64}, 111).error().code, EINVAL);
  EXPECT_TRUE(SocketAddress::Load(memory_, {64}, 110).ok());
}

}  // namespace
}  // namespace slipway::host
