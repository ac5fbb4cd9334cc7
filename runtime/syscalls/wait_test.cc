// Handlers of poll.cc, time.cc, timerfd.cc and system.cc.

#include <poll.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "runtime/syscalls/call_testing.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

using WaitTest = CallTest;

TEST_F(WaitTest, PollAnswersForOwnedDescriptorsOnly) {
  Boot();
  const auto event = static_cast<int>(Value(eventfd2(*call_, 1, 0)));
  int own[2];
  ASSERT_EQ(::pipe(own), 0);
  const pollfd entries[2] = {{event, POLLIN, 0}, {own[1], POLLOUT, 0}};
  const GuestPtr at = PutValue(entries);
  EXPECT_EQ(Value(poll(*call_, at, 2, 0)), 2);
  EXPECT_EQ(memory_.Load<pollfd>(at)->revents, POLLIN);
  EXPECT_EQ(memory_.Load<pollfd>(at + sizeof(pollfd))->revents, POLLNVAL);
  ::close(own[0]);
  ::close(own[1]);
}

TEST_F(WaitTest, PpollStoresWhatRemains) {
  Boot();
  const GuestPtr limit = PutValue(timespec{0, 2'000'000});
  EXPECT_EQ(Value(ppoll(*call_, {}, 0, limit, {}, 0)), 0);
  EXPECT_EQ(memory_.Load<timespec>(limit)->tv_nsec, 0);
  EXPECT_EQ(Value(ppoll(*call_, {}, 0, limit, PutValue(uint64_t{0}), 4)),
            -EINVAL);
}

TEST_F(WaitTest, SelectTakesMoreThanASecondOfMicroseconds) {
  Boot();
  const auto event = static_cast<int>(Value(eventfd2(*call_, 1, 0)));
  const GuestPtr set = PutValue(uint64_t{1} << event);
  const GuestPtr limit = PutValue(timeval{0, 1'500'000});
  EXPECT_EQ(Value(select(*call_, event + 1, set, {}, {}, limit)), 1);
  EXPECT_EQ(memory_.Load<timeval>(limit)->tv_sec, 1);
  EXPECT_EQ(Value(select(*call_, 1, set, {}, {}, PutValue(timeval{-1, 0}))),
            -EINVAL);
}

TEST_F(WaitTest, EpollWatchesOwnedDescriptorsOnly) {
  Boot();
  const GuestFd epoll{static_cast<int>(Value(epoll_create1(*call_, 0)))};
  const GuestFd event{static_cast<int>(Value(eventfd2(*call_, 1, 0)))};
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u64 = 0x1122334455667788;
  const GuestPtr in = PutValue(wanted), out = Room(2 * sizeof(epoll_event));
  EXPECT_EQ(Value(epoll_ctl(*call_, epoll, EPOLL_CTL_ADD, event, in)), 0);
  EXPECT_EQ(Value(epoll_wait(*call_, epoll, out, 2, 0)), 1);
  EXPECT_EQ((*memory_.Load<epoll_event>(out)).data.u64, wanted.data.u64);
  const int own = ::dup(0);
  EXPECT_EQ(Value(epoll_ctl(*call_, epoll, EPOLL_CTL_ADD, {own}, in)), -EBADF);
  EXPECT_EQ(Value(epoll_wait(*call_, {own}, out, 2, 0)), -EBADF);
  EXPECT_EQ(Value(epoll_wait(*call_, epoll, out, INT32_MAX, 0)), -EFAULT);
  ::close(own);
}

TEST_F(WaitTest, ClocksOfOtherProcessesAreRefused) {
  Boot();
  const GuestPtr at = Room(sizeof(timespec));
  const auto cpu_clock = [](pid_t pid) { return ~pid * 8 + 2; };
  EXPECT_EQ(Value(clock_gettime(*call_, CLOCK_MONOTONIC, at)), 0);
  EXPECT_EQ(Value(clock_gettime(*call_, cpu_clock(::getpid()), at)), 0);
  EXPECT_EQ(Value(clock_gettime(*call_, cpu_clock(1), at)), -EINVAL);
  EXPECT_EQ(Value(clock_gettime(*call_, ~0 * 8 + 3, at)), -EINVAL)
      << "a clock device";
  EXPECT_EQ(Value(clock_gettime(*call_, CLOCK_MONOTONIC, {8})), -EFAULT);
}

TEST_F(WaitTest, TimersByDescriptor) {
  Boot();
  const GuestFd fd{
      static_cast<int>(Value(timerfd_create(*call_, CLOCK_MONOTONIC, 0)))};
  const itimerspec hour{{0, 0}, {3600, 0}};
  const GuestPtr left = Room(sizeof(itimerspec));
  EXPECT_EQ(Value(timerfd_settime(*call_, fd, 0, PutValue(hour), {})), 0);
  EXPECT_EQ(Value(timerfd_gettime(*call_, fd, left)), 0);
  EXPECT_GT(memory_.Load<itimerspec>(left)->it_value.tv_sec, 3590);
}

TEST_F(WaitTest, TheMachineIsWasm64) {
  Boot();
  const GuestPtr at = Room(sizeof(utsname));
  EXPECT_EQ(Value(uname(*call_, at)), 0);
  const auto name = memory_.Load<utsname>(at);
  EXPECT_STREQ((*name).sysname, "Linux");
  EXPECT_STREQ((*name).machine, "wasm64");
  EXPECT_EQ(Value(uname(*call_, {8})), -EFAULT);
}

TEST_F(WaitTest, SelectTakesAnyLength) {
  Boot();
  const auto event = static_cast<int>(Value(eventfd2(*call_, 1, 0)));
  const GuestPtr set = PutValue(uint64_t{1} << event);
  const GuestPtr limit = PutValue(timeval{INT64_MAX, INT64_MAX});
  EXPECT_EQ(Value(select(*call_, event + 1, set, {}, {}, limit)), 1);
}

}  // namespace
}  // namespace slipway::sys
