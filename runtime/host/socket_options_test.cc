#include "runtime/host/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

TEST(SocketOptions, WhatServersSetIsThere) {
  for (const int option : {SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE, SO_SNDBUF,
                           SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO}) {
    const SocketOption* found = FindSocketOption(SOL_SOCKET, option);
    ASSERT_NE(found, nullptr) << option;
    EXPECT_TRUE(found->settable);
  }
  for (const int option : {TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL,
                           TCP_KEEPCNT, TCP_USER_TIMEOUT}) {
    EXPECT_NE(FindSocketOption(IPPROTO_TCP, option), nullptr) << option;
  }
  EXPECT_NE(FindSocketOption(IPPROTO_IPV6, IPV6_V6ONLY), nullptr);
}

TEST(SocketOptions, FactsAreReadOnly) {
  EXPECT_FALSE(FindSocketOption(SOL_SOCKET, SO_ERROR)->settable);
  EXPECT_FALSE(FindSocketOption(SOL_SOCKET, SO_PEERCRED)->settable);
  EXPECT_FALSE(FindSocketOption(IPPROTO_TCP, TCP_INFO)->settable);
}

TEST(SocketOptions, WhatReachesBeyondTheSocketIsAbsent) {
  EXPECT_EQ(FindSocketOption(SOL_SOCKET, SO_ATTACH_FILTER), nullptr);
  EXPECT_EQ(FindSocketOption(SOL_SOCKET, SO_ATTACH_BPF), nullptr);
  EXPECT_EQ(FindSocketOption(SOL_SOCKET, SO_BINDTODEVICE), nullptr);
  EXPECT_EQ(FindSocketOption(SOL_SOCKET, SO_MARK), nullptr);
  EXPECT_EQ(FindSocketOption(IPPROTO_IP, IP_OPTIONS), nullptr);
  EXPECT_EQ(FindSocketOption(IPPROTO_IP, IP_TRANSPARENT), nullptr);
  EXPECT_EQ(FindSocketOption(IPPROTO_TCP, TCP_ULP), nullptr);
}

}  // namespace
}  // namespace slipway::host
