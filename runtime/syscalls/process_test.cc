// The handlers of memory, threads, signals and processes, called directly.

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/host/robust_futexes.h"
#include "runtime/syscalls/call_testing.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {
namespace {

class ProcessTest : public CallTest {
 protected:
  ProcessTest() { Boot(); }
  static constexpr uint64_t kMaskSize = 8;
};

TEST_F(ProcessTest, ForkIsTheHostsAndJoinsTheTree) {
  const int64_t child = Value(fork(*call_));
  if (child == 0) _exit(thread_.tid == ::gettid() ? 7 : 8);
  ASSERT_GT(child, 0);
  EXPECT_TRUE(pids_.Contains(static_cast<int>(child)));
  const GuestPtr status = Room(4);
  EXPECT_EQ(Value(wait4(*call_, -1, status, 0, {})), child);
  EXPECT_EQ(WEXITSTATUS(Get<int>(status)), 7);
  EXPECT_FALSE(pids_.Contains(static_cast<int>(child)));
  EXPECT_EQ(Value(wait4(*call_, -1, status, 0, {})), -ECHILD);
}

TEST_F(ProcessTest, StrangersCannotBeSignalled) {
  EXPECT_EQ(Value(kill(*call_, ::getppid(), 0)), -EPERM);
  EXPECT_EQ(Value(kill(*call_, 0x3ffffff, 0)), -ESRCH);
  EXPECT_EQ(Value(kill(*call_, ::getpid(), 0)), 0);
  EXPECT_EQ(Value(tgkill(*call_, ::getppid(), ::getppid(), 0)), -EPERM);
  EXPECT_EQ(denials_.size(), 2u);
}

TEST_F(ProcessTest, CloneIsForkOrNothing) {
  EXPECT_EQ(Value(clone(*call_, CLONE_VM | SIGCHLD, {}, {}, {}, 0)), -EINVAL);
  EXPECT_EQ(Value(clone(*call_, SIGCHLD, {4096}, {}, {}, 0)), -EINVAL);
}

TEST_F(ProcessTest, ExecOfWhatIsNotGrantedIsNoted) {
  EXPECT_EQ(Value(execve(*call_, Put("/bin/sh"), {}, {})), -ENOENT);
  ASSERT_EQ(denials_.size(), 1u);
  EXPECT_EQ(denials_[0].first, "/bin");
}

TEST_F(ProcessTest, DescriptorLimitIsTheTables) {
  const GuestPtr old = Room(sizeof(rlimit));
  ASSERT_EQ(Value(prlimit64(*call_, 0, RLIMIT_NOFILE, {}, old)), 0);
  const auto limit = Get<rlimit>(old);
  EXPECT_EQ(limit.rlim_max, static_cast<rlim_t>(files_.max_limit()));
  const GuestPtr low = PutValue(rlimit{16, limit.rlim_max});
  EXPECT_EQ(Value(setrlimit(*call_, RLIMIT_NOFILE, low)), 0);
  EXPECT_EQ(files_.limit(), 16);
  const GuestPtr high =
      PutValue(rlimit{limit.rlim_max + 1, limit.rlim_max + 1});
  EXPECT_EQ(Value(setrlimit(*call_, RLIMIT_NOFILE, high)), -EPERM);
}

TEST_F(ProcessTest, IdsAreTheKernels) {
  EXPECT_EQ(Value(setuid(*call_, ::getuid())), 0);
  EXPECT_EQ(Value(setresgid(*call_, ~0u, ::getgid(), ~0u)), 0);
  EXPECT_EQ(Value(setgroups(*call_, uint64_t{1} << 40, {8})), -EINVAL);
  EXPECT_EQ(Value(setgroups(*call_, 1, {~uint64_t{0}})), -EFAULT);
}

TEST_F(ProcessTest, SignalMasksCombine) {
  const GuestPtr set = PutValue(host::SignalBit(SIGUSR1));
  const GuestPtr old = Room(8);
  EXPECT_EQ(Value(rt_sigprocmask(*call_, SIG_BLOCK, set, {}, kMaskSize)), 0);
  EXPECT_EQ(Value(rt_sigprocmask(*call_, SIG_UNBLOCK, set, old, kMaskSize)), 0);
  EXPECT_EQ(Get<uint64_t>(old), host::SignalBit(SIGUSR1));
  EXPECT_EQ(thread_.signals.mask, 0u);
  EXPECT_EQ(Value(rt_sigprocmask(*call_, 9, set, {}, kMaskSize)), -EINVAL);
  EXPECT_EQ(Value(rt_sigprocmask(*call_, SIG_BLOCK, set, {}, 4)), -EINVAL);
  EXPECT_EQ(Value(rt_sigprocmask(*call_, SIG_BLOCK, {8}, {}, kMaskSize)),
            -EFAULT);
}

TEST_F(ProcessTest, BlockedSignalsCanBeAwaited) {
  const GuestPtr set = PutValue(host::SignalBit(SIGUSR2));
  const GuestPtr info = Room(sizeof(siginfo_t));
  ASSERT_EQ(Value(rt_sigprocmask(*call_, SIG_BLOCK, set, {}, kMaskSize)), 0);
  ASSERT_EQ(Value(kill(*call_, ::getpid(), SIGUSR2)), 0);
  const GuestPtr pending = Room(8);
  EXPECT_EQ(Value(rt_sigpending(*call_, pending, kMaskSize)), 0);
  EXPECT_EQ(Get<uint64_t>(pending), host::SignalBit(SIGUSR2));
  EXPECT_EQ(Value(rt_sigtimedwait(*call_, set, info, {}, kMaskSize)), SIGUSR2);
  EXPECT_EQ(Get<siginfo_t>(info).si_pid, ::getpid());
  const GuestPtr now = PutValue(timespec{0, 0});
  EXPECT_EQ(Value(rt_sigtimedwait(*call_, set, info, now, kMaskSize)), -EAGAIN);
}

TEST_F(ProcessTest, FutexWordsAreCheckedAndCompared) {
  const GuestPtr word = PutValue(uint32_t{5});
  EXPECT_EQ(Value(futex(*call_, word, FUTEX_WAIT, 4, 0, {}, 0)), -EAGAIN);
  EXPECT_EQ(Value(futex(*call_, {~uint64_t{0}}, FUTEX_WAKE, 1, 0, {}, 0)),
            -EFAULT);
  const GuestPtr soon = PutValue(timespec{0, 1000});
  EXPECT_EQ(Value(futex(*call_, word, FUTEX_WAIT, 5, soon.address, {}, 0)),
            -ETIMEDOUT);
  EXPECT_FALSE(call_->restartable);
}

TEST_F(ProcessTest, MapsFilesOfTheGuestOnly) {
  const int fd = ::memfd_create("other", MFD_CLOEXEC);
  EXPECT_EQ(Value(mmap(*call_, {}, 4096, PROT_READ, MAP_PRIVATE, {fd}, 0)),
            -EBADF);
  ::close(fd);
}

TEST_F(ProcessTest, LimitsWhatPrctlReaches) {
  EXPECT_EQ(Value(prctl(*call_, 15 /* PR_SET_NAME */, Put("tester").address, 0,
                        0, 0)),
            0);
  const GuestPtr name = Room(16);
  EXPECT_EQ(Value(prctl(*call_, 16, name.address, 0, 0, 0)), 0);
  EXPECT_EQ(Text(name, 6), "tester");
  EXPECT_EQ(Value(prctl(*call_, 22 /* PR_SET_SECCOMP */, 1, 0, 0, 0)), -EINVAL);
}

TEST_F(ProcessTest, TheSmallestNumberIsNoGroup) {
  EXPECT_EQ(Value(kill(*call_, INT32_MIN, 0)), -ESRCH);
}

// The engine takes a signal of this kind for a fault of the host's.
TEST_F(ProcessTest, FaultsCannotBeMadeUp) {
  siginfo_t info = {};
  info.si_code = SEGV_MAPERR;
  const GuestPtr at = PutValue(info);
  const int self = ::getpid();
  EXPECT_EQ(Value(rt_sigqueueinfo(*call_, self, SIGSEGV, at)), -EPERM);
  EXPECT_EQ(Value(rt_tgsigqueueinfo(*call_, self, self, SIGBUS, at)), -EPERM);
  EXPECT_EQ(Value(rt_sigqueueinfo(*call_, self, 0, at)), 0);
}

TEST_F(ProcessTest, TheRuntimesChildrenCannotBeWaitedFor) {
  EXPECT_EQ(Value(wait4(*call_, -1, {}, __WCLONE | WNOHANG, {})), -ECHILD);
  constexpr int kPidFd = 3;  // of a descriptor that is none
  EXPECT_EQ(Value(waitid(*call_, kPidFd, 0, {}, WEXITED | WNOHANG, {})),
            -EBADF);
}

// A group may have members that the guest must not signal.
TEST_F(ProcessTest, DescriptorsSignalTheProcessOnly) {
  const GuestFd fd{static_cast<int>(Value(eventfd2(*call_, 0, 0)))};
  const auto owner = [&](int pid) {
    return Value(fcntl(*call_, fd, F_SETOWN, static_cast<uint64_t>(pid)));
  };
  EXPECT_EQ(owner(::getpid()), 0);
  EXPECT_EQ(owner(-::getpgrp()), -EPERM);
  EXPECT_EQ(owner(INT32_MIN), -EPERM);
  const GuestPtr group = PutValue(f_owner_ex{F_OWNER_PGRP, ::getpgrp()});
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETOWN_EX, group.address)), -EPERM);
  const GuestPtr smallest = PutValue(f_owner_ex{F_OWNER_PGRP, INT32_MIN});
  EXPECT_EQ(Value(fcntl(*call_, fd, F_SETOWN_EX, smallest.address)), -EPERM);
}

TEST_F(ProcessTest, ReleasedFutexesAreTakenBack) {
  const auto tid = static_cast<uint32_t>(::gettid());
  thread_.tid = ::gettid();
  struct {
    uint64_t first, offset, pending, entry;
    uint32_t word, other;
  } list{};
  const GuestPtr at = Room(sizeof(list));
  list = {at.address + 24, 8, 0, at.address, tid | FUTEX_WAITERS, 0};
  ASSERT_TRUE(memory_.Store(at, list).ok());
  thread_.robust_list = at;
  const GuestPtr word = at + 32;
  const host::ReleasedFutexes released(thread_);
  EXPECT_EQ(Get<uint32_t>(word), FUTEX_OWNER_DIED | FUTEX_WAITERS);
  released.TakeBack();
  EXPECT_EQ(Get<uint32_t>(word), tid | FUTEX_WAITERS);
  const host::ReleasedFutexes again(thread_);
  ASSERT_TRUE(memory_.Store(word, uint32_t{7}).ok());  // somebody's by now
  again.TakeBack();
  EXPECT_EQ(Get<uint32_t>(word), 7u);
}

}  // namespace
}  // namespace slipway::sys
