// Reading, writing, descriptors: file*.cc and descriptor*.cc.

#include <asm/ioctls.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "gtest/gtest.h"
#include "runtime/syscalls/call_testing.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

class FileCalls : public CallTest {
 protected:
  void SetUp() override {
    Grant("data", "/data");
    MakeFile("data/f", "0123456789");
    Boot();
  }
  GuestFd OpenFile(const std::string& path, uint32_t flags) {
    const int64_t fd = Value(open(*call_, Put(path), flags, 0644));
    EXPECT_GE(fd, 0) << path;
    return GuestFd{static_cast<int>(fd)};
  }
};

TEST_F(FileCalls, ReadAndWriteMoveDataAndPosition) {
  const GuestFd fd = OpenFile("/data/f", O_RDWR);
  const GuestPtr buffer = Room(16);
  EXPECT_EQ(Value(read(*call_, fd, buffer, 4)), 4);
  EXPECT_EQ(Text(buffer, 4), "0123");
  EXPECT_EQ(Value(write(*call_, fd, Put("ab"), 2)), 2);
  EXPECT_EQ(Value(lseek(*call_, fd, 0, SEEK_SET)), 0);
  EXPECT_EQ(Value(pread64(*call_, fd, buffer, 10, 0)), 10);
  EXPECT_EQ(Text(buffer, 10), "0123ab6789");
  EXPECT_EQ(Value(pwrite64(*call_, fd, Put("Z"), 1, 9)), 1);
  EXPECT_EQ(Read("/data/f"), "0123ab678Z");
  EXPECT_EQ(Value(ftruncate(*call_, fd, 3)), 0);
  EXPECT_EQ(Read("/data/f"), "012");
}

TEST_F(FileCalls, BadBuffersAndDescriptors) {
  const GuestFd fd = OpenFile("/data/f", O_RDWR);
  EXPECT_EQ(Value(read(*call_, fd, {0}, 4)), -EFAULT);
  EXPECT_EQ(Value(read(*call_, fd, {kSize - 8}, 4)), -EFAULT);
  EXPECT_EQ(Value(read(*call_, fd, {~uint64_t{0}}, 4)), -EFAULT);
  EXPECT_EQ(Value(read(*call_, {77}, Room(4), 4)), -EBADF);
  EXPECT_EQ(Value(write(*call_, {-1}, Room(4), 4)), -EBADF);
  const GuestFd root = OpenFile("/", O_RDONLY);
  EXPECT_EQ(Value(read(*call_, root, Room(4), 4)), -EISDIR);
}

TEST_F(FileCalls, VectorsScatterAndGather) {
  const GuestFd fd = OpenFile("/data/f", O_RDWR);
  const GuestPtr first = Room(4), second = Room(8);
  struct Vectors {
    uint64_t base[2][2];
  };
  const GuestPtr vectors =
      PutValue(Vectors{{{first.address, 4}, {second.address, 8}}});
  EXPECT_EQ(Value(readv(*call_, fd, vectors, 2)), 10);
  EXPECT_EQ(Text(first, 4) + Text(second, 6), "0123456789");
  EXPECT_EQ(Value(pwritev(*call_, fd, vectors, 1, 6, 0)), 4);
  EXPECT_EQ(Read("/data/f"), "0123450123");
  EXPECT_EQ(Value(preadv(*call_, fd, vectors, 2000, 0, 0)), -EINVAL);
}

TEST_F(FileCalls, PipesAndDuplicates) {
  const GuestPtr fds = Room(8);
  ASSERT_EQ(Value(pipe2(*call_, fds, O_CLOEXEC | O_NONBLOCK)), 0);
  const GuestFd reader{Get<int>(fds)}, writer{Get<int>(fds + 4)};
  EXPECT_EQ(Value(read(*call_, reader, Room(1), 1)), -EAGAIN);
  const GuestFd target{reader.number + 30};
  EXPECT_EQ(Value(dup2(*call_, writer, target)), target.number);
  EXPECT_EQ(Value(fcntl(*call_, target, F_GETFD, 0)), 0);
  EXPECT_EQ(Value(write(*call_, target, Put("xyz"), 3)), 3);
  const GuestPtr count = Room(4);
  EXPECT_EQ(Value(ioctl(*call_, reader, FIONREAD, count.address)), 0);
  EXPECT_EQ(Get<int>(count), 3);
  EXPECT_EQ(Value(dup2(*call_, target, target)), target.number);
  EXPECT_EQ(Value(dup3(*call_, target, target, 0)), -EINVAL);
  EXPECT_EQ(Value(close(*call_, target)), 0);
  EXPECT_EQ(Value(close(*call_, target)), -EBADF);
  EXPECT_EQ(Value(pipe(*call_, {0})), -EFAULT);
}

TEST_F(FileCalls, FcntlAndIoctlTables) {
  const GuestFd fd = OpenFile("/data/f", O_RDWR);
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETFL, O_APPEND)), 0);
  EXPECT_TRUE(Value(fcntl(*call_, fd, F_GETFL, 0)) & O_APPEND);
  const int64_t copy = Value(fcntl(*call_, fd, F_DUPFD_CLOEXEC, 50));
  EXPECT_GE(copy, 50);
  EXPECT_EQ(Value(fcntl(*call_, {static_cast<int>(copy)}, F_GETFD, 0)),
            FD_CLOEXEC);
  struct flock lock{};
  lock.l_type = F_WRLCK;
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETLK, PutValue(lock).address)), 0);
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETLEASE, F_WRLCK)), -EINVAL);
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETOWN, 1)), -EPERM);
  EXPECT_EQ(Value(ioctl(*call_, fd, TIOCSTI, Put("x").address)), -ENOTTY);
  EXPECT_EQ(Value(ioctl(*call_, fd, TCGETS, Room(60).address)), -ENOTTY);
  EXPECT_EQ(Value(ioctl(*call_, {88}, 0x12345, 0)), -EBADF);
}

TEST_F(FileCalls, CopiesInsideTheKernel) {
  const GuestFd from = OpenFile("/data/f", O_RDONLY);
  const GuestFd to = OpenFile("/data/g", O_RDWR | O_CREAT);
  const GuestPtr offset = PutValue(int64_t{4});
  EXPECT_EQ(Value(sendfile(*call_, to, from, offset, 100)), 6);
  EXPECT_EQ(Get<int64_t>(offset), 10);
  EXPECT_EQ(Read("/data/g"), "456789");
  EXPECT_EQ(Value(memfd_create(*call_, {0}, 0)), -EFAULT);
  EXPECT_GE(Value(memfd_create(*call_, Put("name"), 1)), 0);
}

}  // namespace
}  // namespace slipway::sys
