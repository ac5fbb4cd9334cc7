#include "runtime/host/poll_set.h"

#include <poll.h>
#include <sys/select.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "runtime/host/testing/guest_memory_fixture.h"

namespace slipway::host {
namespace {

// A pipe of the guest's (fds_) and one of the runtime's (own_).
class PollSetTest : public GuestMemoryFixture {
 protected:
  PollSetTest() {
    EXPECT_EQ(pipe(fds_), 0);
    EXPECT_EQ(pipe(own_), 0);
    EXPECT_TRUE(files_.Adopt(fds_[0], {FdKind::kPipe}).ok());
    EXPECT_TRUE(files_.Adopt(fds_[1], {FdKind::kPipe}).ok());
  }
  ~PollSetTest() override {
    for (const int fd : {fds_[0], fds_[1], own_[0], own_[1]}) close(fd);
  }

  DescriptorTable files_;
  int fds_[2];
  int own_[2];
};

TEST_F(PollSetTest, AnUnownedDescriptorIsInvalid) {
  Put(64, pollfd{fds_[1], POLLOUT, 0});
  Put(72, pollfd{own_[1], POLLOUT, 0});
  Put(80, pollfd{-1, POLLIN, 0x55});
  PollSet set;
  ASSERT_TRUE(set.Load(memory_, files_, {64}, 3).ok());
  EXPECT_EQ(poll(set.data(), set.size(), 0), 2);
  ASSERT_TRUE(set.StoreEvents(memory_, {64}).ok());
  EXPECT_EQ(Get<pollfd>(64).revents, POLLOUT);
  EXPECT_EQ(Get<pollfd>(72).revents, POLLNVAL);
  EXPECT_EQ(Get<pollfd>(72).fd, own_[1]) << "only revents may change";
  EXPECT_EQ(Get<pollfd>(80).revents, 0);
}

TEST_F(PollSetTest, TooManyEntriesAndBadMemory) {
  const uint64_t limit = files_.limit();
  PollSet set;
  EXPECT_EQ(set.Load(memory_, files_, {64}, limit + 1).error().code, EINVAL);
  EXPECT_EQ(set.Load(memory_, files_, {kMemorySize - 4}, 1).error().code,
            EFAULT);
  EXPECT_TRUE(set.Load(memory_, files_, {0}, 0).ok());
}

TEST_F(PollSetTest, SelectWantsOwnedDescriptors) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(own_[0], &set);
  Put(64, set);
  const FdSets::Pointers read_only{GuestPtr{64}, GuestPtr{}, GuestPtr{}};
  EXPECT_EQ(FdSets::Load(memory_, files_, own_[0] + 1, read_only).error().code,
            EBADF);
  EXPECT_TRUE(FdSets::Load(memory_, files_, own_[0], read_only).ok())
      << "bits from count on mean nothing";
  EXPECT_EQ(FdSets::Load(memory_, files_, -1, read_only).error().code, EINVAL);
}

TEST_F(PollSetTest, SelectRoundTrip) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fds_[0], &set);
  FD_SET(fds_[1], &set);
  Put(64, set);
  Put(1064, set);
  auto sets = FdSets::Load(memory_, files_, fds_[1] + 1,
                           {GuestPtr{64}, GuestPtr{1064}, GuestPtr{}});
  ASSERT_TRUE(sets.ok());
  EXPECT_EQ(sets->data(2), nullptr);
  timeval now{};
  EXPECT_EQ(select(sets->count(), reinterpret_cast<fd_set*>(sets->data(0)),
                   reinterpret_cast<fd_set*>(sets->data(1)), nullptr, &now),
            1);
  ASSERT_TRUE(sets->Store(memory_).ok());
  const auto read = Get<fd_set>(64);
  const auto write = Get<fd_set>(1064);
  EXPECT_FALSE(FD_ISSET(fds_[0], &read));
  EXPECT_FALSE(FD_ISSET(fds_[0], &write));
  EXPECT_TRUE(FD_ISSET(fds_[1], &write));
}

TEST_F(PollSetTest, ACountBeyondTheLimitIsCut) {
  auto sets = FdSets::Load(memory_, files_, INT32_MAX,
                           {GuestPtr{}, GuestPtr{}, GuestPtr{}});
  ASSERT_TRUE(sets.ok());
  EXPECT_EQ(sets->count(), files_.limit());
}

}  // namespace
}  // namespace slipway::host
