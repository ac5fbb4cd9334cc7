#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <string>

#include "gtest/gtest.h"
#include "runtime/sandbox/address_grant.h"
#include "runtime/syscalls/call_testing.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

class SocketTest : public CallTest {
 protected:
  void BootWithLoopback() {
    policy_.listen.push_back(*sandbox::ParseAddress("127.0.0.1:*"));
    policy_.connect.push_back(*sandbox::ParseAddress("127.0.0.1:*"));
    Boot();
  }
  GuestFd Socket(int type) {
    return {static_cast<int>(Value(socket(*call_, AF_INET, type, 0)))};
  }
  GuestPtr Loopback(uint16_t port, sa_family_t family = AF_INET) {
    sockaddr_in address{};
    address.sin_family = family;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return PutValue(address);
  }
  // Binds to a port the kernel chooses, and returns it.
  uint16_t BindAnywhere(GuestFd fd) {
    EXPECT_EQ(Value(bind(*call_, fd, Loopback(0), sizeof(sockaddr_in))), 0);
    const GuestPtr name = Room(sizeof(sockaddr_in));
    const GuestPtr length = PutValue<int32_t>(sizeof(sockaddr_in));
    EXPECT_EQ(Value(getsockname(*call_, fd, name, length)), 0);
    return ntohs(memory_.Load<sockaddr_in>(name)->sin_port);
  }
};

TEST_F(SocketTest, NothingWithoutAGrantAndEachRefusalNoted) {
  Boot();
  const GuestFd fd = Socket(SOCK_STREAM);
  const uint32_t size = sizeof(sockaddr_in);
  EXPECT_EQ(Value(bind(*call_, fd, Loopback(80), size)), -EACCES);
  EXPECT_EQ(Value(listen(*call_, fd, 1)), -EACCES);
  EXPECT_EQ(Value(connect(*call_, fd, Loopback(80), size)), -EACCES);
  const GuestFd udp = Socket(SOCK_DGRAM);
  EXPECT_EQ(Value(sendto(*call_, udp, Put("x"), 1, 0, Loopback(80), size)),
            -EACCES);
  EXPECT_EQ(
      Value(sendto(*call_, udp, Put("x"), 1, 0, Loopback(80, AF_UNSPEC), size)),
      -EACCES);
  EXPECT_EQ(Value(socket(*call_, AF_INET, SOCK_RAW, IPPROTO_ICMP)), -EPERM);
  EXPECT_EQ(denials_.size(), 6u);
}

TEST_F(SocketTest, AnAddressInAMessageIsCheckedToo) {
  Boot();
  const GuestFd udp = Socket(SOCK_DGRAM);
  msghdr message{};
  message.msg_name = reinterpret_cast<void*>(Loopback(80).address);
  message.msg_namelen = sizeof(sockaddr_in);
  EXPECT_EQ(Value(sendmsg(*call_, udp, PutValue(message), 0)), -EACCES);
  mmsghdr entry{};
  entry.msg_hdr = message;
  EXPECT_EQ(Value(sendmmsg(*call_, udp, PutValue(entry), 1, 0)), -EACCES);
}

TEST_F(SocketTest, AConnectionEndToEnd) {
  BootWithLoopback();
  const GuestFd server = Socket(SOCK_STREAM), client = Socket(SOCK_STREAM);
  const uint16_t port = BindAnywhere(server);
  ASSERT_EQ(Value(listen(*call_, server, 1)), 0);
  ASSERT_EQ(Value(connect(*call_, client, Loopback(port), 16)), 0);
  const GuestPtr peer = Room(sizeof(sockaddr_in));
  const GuestPtr length = PutValue<int32_t>(sizeof(sockaddr_in));
  const GuestFd accepted{static_cast<int>(
      Value(accept4(*call_, server, peer, length, SOCK_CLOEXEC)))};
  ASSERT_GE(accepted.number, 0);
  EXPECT_EQ(memory_.Load<sockaddr_in>(peer)->sin_family, AF_INET);
  EXPECT_EQ(Value(sendto(*call_, client, Put("hello"), 5, 0, {}, 0)), 5);
  const GuestPtr buffer = Room(16);
  EXPECT_EQ(Value(recvfrom(*call_, accepted, buffer, 16, 0, {}, {})), 5);
  EXPECT_EQ(Text(buffer, 5), "hello");
  EXPECT_EQ(Value(shutdown(*call_, client, SHUT_WR)), 0);
  EXPECT_EQ(Value(recvfrom(*call_, accepted, buffer, 16, 0, {}, {})), 0);
  EXPECT_EQ(Value(accept4(*call_, server, {}, {}, 0x1)), -EINVAL);
}

TEST_F(SocketTest, ABadAddressAfterAcceptClosesTheConnection) {
  BootWithLoopback();
  const GuestFd server = Socket(SOCK_STREAM), client = Socket(SOCK_STREAM);
  const uint16_t port = BindAnywhere(server);
  ASSERT_EQ(Value(listen(*call_, server, 1)), 0);
  ASSERT_EQ(Value(connect(*call_, client, Loopback(port), 16)), 0);
  EXPECT_EQ(Value(accept(*call_, server, {8}, {8})), -EFAULT);
  EXPECT_EQ(Value(recvfrom(*call_, client, Room(1), 1, 0, {}, {})), 0);
}

TEST_F(SocketTest, AReceivedMessageReportsItsSender) {
  BootWithLoopback();
  const GuestFd a = Socket(SOCK_DGRAM), b = Socket(SOCK_DGRAM);
  const uint16_t a_port = BindAnywhere(a), b_port = BindAnywhere(b);
  ASSERT_EQ(Value(sendto(*call_, a, Put("data"), 4, 0, Loopback(b_port), 16)),
            4);
  const GuestPtr buffer = Room(2), name = Room(sizeof(sockaddr_in));
  const iovec part{reinterpret_cast<void*>(buffer.address), 2};
  msghdr message{};
  message.msg_name = reinterpret_cast<void*>(name.address);
  message.msg_namelen = sizeof(sockaddr_in);
  message.msg_iov = reinterpret_cast<iovec*>(PutValue(part).address);
  message.msg_iovlen = 1;
  const GuestPtr at = PutValue(message);
  EXPECT_EQ(Value(recvmsg(*call_, b, at, 0)), 2);
  EXPECT_EQ(ntohs(memory_.Load<sockaddr_in>(name)->sin_port), a_port);
  const auto result = memory_.Load<msghdr>(at);
  EXPECT_EQ((*result).msg_namelen, sizeof(sockaddr_in));
  EXPECT_NE((*result).msg_flags & MSG_TRUNC, 0);
}

TEST_F(SocketTest, OptionsAreAListWithSizes) {
  Boot();
  const GuestFd fd = Socket(SOCK_STREAM);
  const GuestPtr on = PutValue<int32_t>(1);
  EXPECT_EQ(Value(setsockopt(*call_, fd, IPPROTO_TCP, TCP_NODELAY, on, 4)), 0);
  EXPECT_EQ(Value(setsockopt(*call_, fd, IPPROTO_TCP, TCP_NODELAY, on, 2)),
            -EINVAL);
  EXPECT_EQ(Value(setsockopt(*call_, fd, SOL_SOCKET, SO_MARK, on, 4)),
            -ENOPROTOOPT);
  EXPECT_EQ(Value(setsockopt(*call_, fd, SOL_SOCKET, SO_ERROR, on, 4)),
            -ENOPROTOOPT);
  const GuestPtr value = Room(8), length = PutValue<int32_t>(8);
  EXPECT_EQ(
      Value(getsockopt(*call_, fd, IPPROTO_TCP, TCP_NODELAY, value, length)),
      0);
  EXPECT_EQ(*memory_.Load<int32_t>(value), 1);
  EXPECT_EQ(*memory_.Load<int32_t>(length), 4);
}

TEST_F(SocketTest, OnlyTheGuestsDescriptors) {
  Boot();
  const int own = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(Value(listen(*call_, {own}, 1)), -EBADF);
  EXPECT_EQ(Value(shutdown(*call_, {own}, SHUT_RD)), -EBADF);
  ::close(own);
}

TEST_F(SocketTest, TimeoutsOfRecvmmsgAreChecked) {
  Boot();
  const GuestPtr pair = Room(8);
  ASSERT_EQ(Value(socketpair(*call_, AF_UNIX, SOCK_DGRAM, 0, pair)), 0);
  const GuestFd fd{Get<int>(pair)};
  const auto receive = [&](const timespec& limit) {
    return Value(
        recvmmsg(*call_, fd, Room(64), 1, MSG_DONTWAIT, PutValue(limit)));
  };
  EXPECT_EQ(receive({0, 1'000'000'000}), -EINVAL);
  EXPECT_EQ(receive({-1, 0}), -EINVAL);
  EXPECT_EQ(receive({INT64_MAX, 999'999'999}), -EAGAIN);
}

}  // namespace
}  // namespace slipway::sys
