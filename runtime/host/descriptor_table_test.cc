#include "runtime/host/descriptor_table.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <semaphore>
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
  table.SetLimits(fd.number + 1, table.hard_limit());
  const int next = NewEvent();
  EXPECT_EQ(table.Adopt(next, {FdKind::kEvent}).error().code, EMFILE);
  EXPECT_FALSE(IsOpen(next));
  EXPECT_EQ(table.Duplicate(fd, 0, false).error().code, EMFILE);
  EXPECT_EQ(table.Duplicate(fd, fd.number + 1, false).error().code, EINVAL);
  EXPECT_EQ(table.DuplicateTo(fd, GuestFd{fd.number + 1}, false).error().code,
            EBADF);
  EXPECT_TRUE(table.Close(fd).ok());
}

// However it is found out that a number is free.
TEST(DescriptorTable, DuplicatesUpToTheLimitAndToTheLowestNumber) {
  DescriptorTable files;
  const int first = ::open("/dev/null", O_RDONLY);
  ASSERT_TRUE(files.Adopt(first, {FdKind::kFile}).ok());
  const int limit = first + 100;
  files.SetLimits(limit, files.hard_limit());
  int last = first;
  while (true) {
    auto copy = files.Duplicate({first}, 0, false);
    if (!copy.ok()) {
      EXPECT_EQ(copy.error(), Errno{EMFILE});
      break;
    }
    EXPECT_GT(*copy, last);
    last = static_cast<int>(*copy);
  }
  EXPECT_EQ(last, limit - 1);
  ASSERT_TRUE(files.Close({last - 50}).ok());
  EXPECT_EQ(*files.Duplicate({first}, 0, false), last - 50);
  ASSERT_TRUE(files.Close({last - 50}).ok());
  EXPECT_EQ(files.Duplicate({first}, last - 49, false).error(), Errno{EMFILE});
  files.SetLimits(limit + 100, files.hard_limit());
  EXPECT_EQ(*files.Duplicate({first}, last - 49, false), limit);
  EXPECT_EQ(*files.Duplicate({first}, limit + 99, false), limit + 99);
  EXPECT_EQ(*files.Duplicate({first}, 0, false), last - 50);
  (void)files.CloseRange(first, ~0u, 0);
}

// It has no mount whose rules would hold for paths from there.
TEST(DescriptorTable, ADirectoryOfNoMountIsNone) {
  DescriptorTable files;
  const int fd = ::open("/", O_RDONLY);
  ASSERT_TRUE(files.Adopt(fd, {FdKind::kFile, true}).ok());
  EXPECT_EQ(files.PinDirectory({fd}).error(), Errno{ENOTDIR});
  EXPECT_TRUE(files.Close({fd}).ok());
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

// A thread that has claimed a number and not ended its call.
class Claimant {
 public:
  Claimant(DescriptorTable& table, GuestFd fd)
      : thread_([this, &table, fd] {
          EXPECT_TRUE(table.Host(fd).ok());
          claimed_.release();
          finish_.acquire();
          table.EndCall();
        }) {
    claimed_.acquire();
  }
  ~Claimant() {
    if (thread_.joinable()) Finish();
  }
  void Finish() {
    finish_.release();
    thread_.join();
  }

 private:
  std::binary_semaphore claimed_{0}, finish_{0};
  std::thread thread_;
};

TEST(DescriptorTable, AClosedNumberInUseDoesNotBecomeTheRuntimes) {
  DescriptorTable table;
  table.EndCall();  // of this thread, in other tests
  table.SetShared();
  const GuestFd fd = AdoptEvent(table);
  Claimant claimant(table, fd);
  EXPECT_TRUE(table.Close(fd).ok());
  EXPECT_EQ(table.Find(fd).error().code, EBADF);
  EXPECT_EQ(table.Close(fd).error().code, EBADF);
  uint64_t count;
  EXPECT_EQ(::read(fd.number, &count, sizeof(count)), -1);
  EXPECT_EQ(errno, EBADF);
  const int other = NewEvent();
  EXPECT_NE(other, fd.number);
  claimant.Finish();
  const int next = NewEvent();
  EXPECT_EQ(next, fd.number);
  ::close(other);
  ::close(next);
}

TEST(DescriptorTable, AClosedNumberInUseCanBeDuplicatedTo) {
  DescriptorTable table;
  table.EndCall();  // of this thread, in other tests
  table.SetShared();
  const GuestFd fd = AdoptEvent(table);
  const GuestFd source = AdoptEvent(table);
  Claimant claimant(table, fd);
  EXPECT_TRUE(table.Close(fd).ok());
  EXPECT_EQ(*table.DuplicateTo(source, fd, false), fd.number);
  EXPECT_EQ(table.Find(fd)->kind, FdKind::kEvent);
  claimant.Finish();
  EXPECT_TRUE(IsOpen(fd.number));
  EXPECT_TRUE(table.CloseRange(0, ~0u, 0).ok());
}

TEST(DescriptorTable, TooManyClaimsClaimEverything) {
  DescriptorTable table;
  table.EndCall();  // of this thread, in other tests
  table.SetShared();
  std::vector<GuestFd> fds;
  for (int i = 0; i < 10; ++i) fds.push_back(AdoptEvent(table));
  std::thread claims_all([&] {
    for (GuestFd fd : fds) EXPECT_TRUE(table.Host(fd).ok());
    std::thread([&] { EXPECT_TRUE(table.Close(fds.back()).ok()); }).join();
    EXPECT_TRUE(IsOpen(fds.back().number));
    table.EndCall();
  });
  claims_all.join();
  EXPECT_TRUE(table.CloseRange(0, ~0u, 0).ok());
}

// What a forked child of several threads inherits is the guest's.
TEST(DescriptorTable, AChildHasNothingOfOtherThreads) {
  DescriptorTable table;
  table.EndCall();  // of this thread, in other tests
  table.SetShared();
  const int borrowed = NewEvent();
  const GuestFd kept = AdoptEvent(table);
  const int another = NewEvent();
  const pid_t child = ::fork();
  if (child == 0) {
    std::scoped_lock lock(table.mutex(), DescriptorClaims::mutex());
    table.AfterForkInChild();
    const bool good =
        !IsOpen(borrowed) && IsOpen(kept.number) && !IsOpen(another);
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(borrowed);
  ::close(another);
  EXPECT_TRUE(table.Close(kept).ok());
}

// One thread reads from a number that another closes and opens, while the
// runtime has a file of its own open now and then.
TEST(DescriptorTable, ARacingReaderDoesNotMeetTheRuntimes) {
  DescriptorTable table;
  table.EndCall();  // of this thread, in other tests
  table.SetShared();
  std::atomic<bool> done = false;
  std::atomic<int> number = -1;
  const auto pipe_with = [](char content) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    EXPECT_EQ(::write(ends[1], &content, 1), 1);
    ::close(ends[1]);
    return ends[0];
  };
  const auto read_stale = [&] {
    while (!done) {
      const auto fd = table.Host(GuestFd{number.load()});
      ::sched_yield();
      char byte = 'g';
      if (fd.ok() && ::read(*fd, &byte, 1) == 1) EXPECT_EQ(byte, 'g');
      table.EndCall();
    }
  };
  const auto own = [&] {
    while (!done) {
      const int fd = pipe_with('r');
      ::sched_yield();
      ::close(fd);
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(read_stale);
  threads.emplace_back(read_stale);
  threads.emplace_back(own);
  for (int i = 0; i < 3000; ++i) {
    const auto fd = table.Adopt(pipe_with('g'), {FdKind::kPipe});
    ASSERT_TRUE(fd.ok());
    number = static_cast<int>(*fd);
    ::sched_yield();
    EXPECT_TRUE(table.Close(GuestFd{number.load()}).ok());
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace slipway::host
