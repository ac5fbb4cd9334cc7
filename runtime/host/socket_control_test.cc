#include "runtime/host/socket_control.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/host/testing/guest_memory_fixture.h"

namespace slipway::host {
namespace {

std::vector<uint8_t> Message(int level, int type,
                             const std::vector<int>& payload) {
  const size_t size = payload.size() * sizeof(int);
  std::vector<uint8_t> bytes(CMSG_SPACE(size));
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(size);
  header.cmsg_level = level;
  header.cmsg_type = type;
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + CMSG_LEN(0), payload.data(), size);
  return bytes;
}

class SocketControlTest : public GuestMemoryFixture {
 protected:
  // 0 or the errno of sending these control bytes.
  int Load(const std::vector<uint8_t>& bytes) {
    std::memcpy(base_ + 64, bytes.data(), bytes.size());
    const auto control = LoadControl(memory_, files_, {64}, bytes.size());
    return control.ok() ? 0 : control.error().code;
  }

  // Sends `fds` to ourselves and adopts what arrives. Returns the descriptors
  // in the control data; flags_ are the message's.
  std::vector<int> Transfer(const std::vector<int>& fds) {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    char byte = 'x';
    iovec data{&byte, 1};
    std::vector<uint8_t> control = Message(SOL_SOCKET, SCM_RIGHTS, fds);
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    EXPECT_EQ(sendmsg(pair[0], &message, 0), 1);
    std::vector<uint8_t> received(256);
    message.msg_control = received.data();
    message.msg_controllen = received.size();
    EXPECT_EQ(recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC), 1);
    AdoptReceived(files_, message);
    flags_ = message.msg_flags;
    close(pair[0]);
    close(pair[1]);
    std::vector<int> result;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
      result.resize((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      std::memcpy(result.data(), CMSG_DATA(header),
                  result.size() * sizeof(int));
    }
    return result;
  }

  DescriptorTable files_;
  int flags_ = 0;
};

TEST_F(SocketControlTest, OnlyOwnedDescriptorsCanBeSent) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  ASSERT_TRUE(files_.Adopt(fds[0], {FdKind::kPipe}).ok());
  EXPECT_EQ(Load(Message(SOL_SOCKET, SCM_RIGHTS, {fds[0]})), 0);
  EXPECT_EQ(Load(Message(SOL_SOCKET, SCM_RIGHTS, {fds[0], fds[1]})), EBADF);
  EXPECT_EQ(Load(Message(SOL_SOCKET, SCM_RIGHTS, {-1})), EBADF);
  close(fds[0]);
  close(fds[1]);
}

TEST_F(SocketControlTest, EveryMessageIsChecked) {
  std::vector<uint8_t> two = Message(IPPROTO_IP, IP_TTL, {64});
  const std::vector<uint8_t> second = Message(SOL_SOCKET, SCM_RIGHTS, {-1});
  two.insert(two.end(), second.begin(), second.end());
  EXPECT_EQ(Load(two), EBADF);
}

TEST_F(SocketControlTest, MalformedAndForbiddenMessages) {
  std::vector<uint8_t> bytes = Message(SOL_SOCKET, SCM_RIGHTS, {0});
  bytes[0] = 200;  // cmsg_len beyond the buffer
  EXPECT_EQ(Load(bytes), EINVAL);
  bytes[0] = 3;  // shorter than a header
  EXPECT_EQ(Load(bytes), EINVAL);
  EXPECT_EQ(Load(Message(IPPROTO_IP, IP_RETOPTS, {0})), EINVAL);
  EXPECT_EQ(Load({}), 0);
  EXPECT_EQ(LoadControl(memory_, files_, {64}, kMaxControl + 1).error().code,
            ENOBUFS);
}

TEST_F(SocketControlTest, ReceivedDescriptorsBelongToTheGuest) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
  const std::vector<int> got = Transfer({fds[0], fds[1]});
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(flags_ & MSG_CTRUNC, 0);
  for (const int fd : got) {
    EXPECT_TRUE(files_.Find({fd}).ok());
    EXPECT_TRUE(files_.Close({fd}).ok());
  }
  close(fds[0]);
  close(fds[1]);
}

TEST_F(SocketControlTest, ADirectoryAndAllAfterItAreCutOff) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
  const int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::vector<int> got = Transfer({fds[0], directory, fds[1]});
  ASSERT_EQ(got.size(), 1u);
  EXPECT_NE(flags_ & MSG_CTRUNC, 0);
  EXPECT_TRUE(files_.Close({got[0]}).ok());
  EXPECT_TRUE(Transfer({directory}).empty());
  for (const int fd : {fds[0], fds[1], directory}) close(fd);
}

// The kernel takes a last message that is not padded; so was a descriptor of
// the runtime's sent.
TEST_F(SocketControlTest, ALastMessageWithoutPaddingIsChecked) {
  std::vector<uint8_t> two = Message(IPPROTO_IP, IP_TTL, {64});
  const std::vector<uint8_t> second = Message(SOL_SOCKET, SCM_RIGHTS, {-1});
  two.insert(two.end(), second.begin(), second.end());
  two.resize(two.size() - sizeof(int));
  EXPECT_EQ(Load(two), EBADF);
}

TEST_F(SocketControlTest, ALastMessageWithoutPaddingIsAdopted) {
  std::vector<uint8_t> two = Message(SOL_SOCKET, SCM_CREDENTIALS, {1, 2, 3});
  const int event = eventfd(0, EFD_CLOEXEC);
  const std::vector<uint8_t> second = Message(SOL_SOCKET, SCM_RIGHTS, {event});
  two.insert(two.end(), second.begin(), second.end());
  msghdr message{};
  message.msg_control = two.data();
  message.msg_controllen = two.size() - sizeof(int);
  AdoptReceived(files_, message);
  EXPECT_TRUE(files_.Find({event}).ok());
  EXPECT_TRUE(files_.Close({event}).ok());
}

}  // namespace
}  // namespace slipway::host
