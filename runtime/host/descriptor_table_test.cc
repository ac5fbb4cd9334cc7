#include "runtime/host/descriptor_table.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

int NewEvent() { return ::eventfd(0, EFD_CLOEXEC); }

GuestFd AdoptEvent(DescriptorTable& table) {
  SysResult<int64_t> fd = table.Adopt(NewEvent(), {FdKind::kEvent});
  EXPECT_TRUE(fd.ok());
  return GuestFd{static_cast<int>(*fd)};
}

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(DescriptorTable, OwnsOnlyWhatItAdopted) {
  DescriptorTable table;
  const int runtimes = NewEvent();
  EXPECT_EQ(table.Find(GuestFd{runtimes}).error().code, EBADF);
  EXPECT_EQ(table.Close(GuestFd{runtimes}).error().code, EBADF);
  EXPECT_TRUE(IsOpen(runtimes));
  EXPECT_EQ(table.Find(GuestFd{-1}).error().code, EBADF);
  EXPECT_EQ(table.Find(GuestFd{DescriptorTable::kCapacity}).error().code,
            EBADF);
  ::close(runtimes);
}

TEST(DescriptorTable, RemembersKindAndMount) {
  DescriptorTable table;
  const Descriptor wanted{FdKind::kFile, true, 7};
  const GuestFd fd{static_cast<int>(*table.Adopt(NewEvent(), wanted))};
  EXPECT_EQ(*table.Find(fd), wanted);
  const GuestFd copy{static_cast<int>(*table.Duplicate(fd, 0, false))};
  EXPECT_EQ(*table.Find(copy), wanted);
  EXPECT_EQ(table.Socket(fd).error().code, ENOTSOCK);
  EXPECT_TRUE(table.Close(fd).ok());
  EXPECT_TRUE(table.Close(copy).ok());
  EXPECT_EQ(table.Host(fd).error().code, EBADF);
}

TEST(DescriptorTable, EnforcesTheGuestsLimit) {
  DescriptorTable table;
  const GuestFd fd = AdoptEvent(table);
  table.SetLimit(fd.number + 1);
  const int next = NewEvent();
  EXPECT_EQ(table.Adopt(next, {FdKind::kEvent}).error().code, EMFILE);
  EXPECT_FALSE(IsOpen(next));
  EXPECT_EQ(table.Duplicate(fd, 0, false).error().code, EMFILE);
  EXPECT_EQ(table.Duplicate(fd, fd.number + 1, false).error().code, EINVAL);
  EXPECT_EQ(table.DuplicateTo(fd, GuestFd{fd.number + 1}, false).error().code,
            EBADF);
  EXPECT_TRUE(table.Close(fd).ok());
}

TEST(DescriptorTable, DuplicatesToFreeAndOwnedNumbers) {
  DescriptorTable table;
  const GuestFd fd = AdoptEvent(table);
  const GuestFd target{fd.number + 20};
  EXPECT_EQ(*table.DuplicateTo(fd, target, true), target.number);
  EXPECT_EQ(::fcntl(target.number, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(*table.DuplicateTo(fd, target, false), target.number);
  EXPECT_EQ(::fcntl(target.number, F_GETFD), 0);
  EXPECT_TRUE(table.Close(target).ok());
  EXPECT_TRUE(table.Close(fd).ok());
}

TEST(DescriptorTable, NeverReplacesTheRuntimesDescriptors) {
  DescriptorTable table;
  const GuestFd fd = AdoptEvent(table);
  const int runtimes = NewEvent();
  EXPECT_EQ(table.DuplicateTo(fd, GuestFd{runtimes}, false).error().code,
            EBUSY);
  EXPECT_TRUE(IsOpen(runtimes));
  ::close(runtimes);
  EXPECT_TRUE(table.Close(fd).ok());
}

TEST(DescriptorTable, CloseRangeSkipsTheRuntimes) {
  DescriptorTable table;
  const GuestFd first = AdoptEvent(table);
  const int runtimes = NewEvent();
  const GuestFd second = AdoptEvent(table);
  EXPECT_EQ(table.CloseRange(2, 1, 0).error().code, EINVAL);
  EXPECT_EQ(table.CloseRange(0, ~0u, 1).error().code, EINVAL);
  EXPECT_TRUE(table.CloseRange(0, ~0u, 0).ok());
  EXPECT_FALSE(IsOpen(first.number));
  EXPECT_FALSE(IsOpen(second.number));
  EXPECT_TRUE(IsOpen(runtimes));
  ::close(runtimes);
}

TEST(DescriptorTable, MovesTheRuntimesOutOfReach) {
  DescriptorTable table;
  const int high = table.MoveHigh(NewEvent());
  EXPECT_GE(high, table.max_limit());
  EXPECT_EQ(::fcntl(high, F_GETFD), FD_CLOEXEC);
  ::close(high);
}

TEST(DescriptorTable, ListsOwnedNumbersInOrder) {
  DescriptorTable table;
  const GuestFd a = AdoptEvent(table);
  const GuestFd b = AdoptEvent(table);
  std::vector<int> seen;
  table.ForEach([&](int fd, Descriptor descriptor) {
    EXPECT_EQ(descriptor.kind, FdKind::kEvent);
    seen.push_back(fd);
  });
  EXPECT_EQ(seen, (std::vector<int>{a.number, b.number}));
  EXPECT_TRUE(table.CloseRange(0, ~0u, 0).ok());
}

// Threads open, duplicate over one another's numbers and close; descriptors of
// the runtime that come and go meanwhile stay what they are.
TEST(DescriptorTable, SurvivesConcurrentUse) {
  DescriptorTable table;
  const auto churn = [&table] {
    for (int i = 0; i < 2000; ++i) {
      SysResult<int64_t> fd = table.Adopt(NewEvent(), {FdKind::kEvent});
      ASSERT_TRUE(fd.ok());
      const GuestFd guest{static_cast<int>(*fd)};
      const GuestFd target{40 + i % 8};
      (void)table.DuplicateTo(guest, target, true).ok();
      (void)table.Close(guest).ok();
      if (i % 3 == 0) (void)table.Close(target).ok();
    }
  };
  const auto borrow = [] {
    for (int i = 0; i < 4000; ++i) {
      int ends[2];
      ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
      // An event counter would refuse this write of one byte.
      ASSERT_EQ(::write(ends[1], "x", 1), 1);
      ASSERT_EQ(::close(ends[0]), 0);
      ASSERT_EQ(::close(ends[1]), 0);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(churn);
  threads.emplace_back(borrow);
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(table.CloseRange(0, ~0u, 0).ok());
  table.ForEach([](int fd, Descriptor) { ADD_FAILURE() << fd; });
}

}  // namespace
}  // namespace slipway::host
