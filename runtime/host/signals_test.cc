#include "runtime/host/signals.h"

#include <cstring>

#include "gtest/gtest.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/thread.h"

namespace slipway::host {
namespace {

TEST(Signals, RemembersActions) {
  Signals signals;
  const GuestSigaction action{.handler = 500,
                              .flags = SA_SIGINFO,
                              .restorer = 0,
                              .mask = SignalBit(SIGINT) | SignalBit(SIGKILL)};
  SysResult<GuestSigaction> old = signals.Set(SIGUSR1, action);
  ASSERT_TRUE(old.ok());
  EXPECT_TRUE(old->is_default());
  EXPECT_EQ(signals.Get(SIGUSR1).handler, 500);
  EXPECT_EQ(signals.Get(SIGUSR1).mask, SignalBit(SIGINT));
  EXPECT_GT(KernelDisposition(SIGUSR1), 1);
  EXPECT_EQ(signals.Set(SIGUSR1, {})->handler, 500);
  EXPECT_EQ(KernelDisposition(SIGUSR1), 0);
}

TEST(Signals, RefusesWhatLinuxRefuses) {
  Signals signals;
  for (int signal : {0, -1, SIGKILL, SIGSTOP, kSignalCount + 1}) {
    EXPECT_EQ(signals.Set(signal, {}).error(), Errno{EINVAL}) << signal;
  }
}

TEST(Signals, ReachesTheSignalsTheLibraryHides) {
  Signals signals;
  EXPECT_TRUE(signals.Set(33, {.handler = 500}).ok());
  EXPECT_GT(KernelDisposition(33), 1);
  EXPECT_TRUE(signals.Set(33, {}).ok());
}

TEST(Signals, FaultSignalsStayTheEngines) {
  Signals signals;
  const uint64_t before = KernelDisposition(SIGSEGV);
  EXPECT_TRUE(signals.Set(SIGSEGV, {.handler = 1}).ok());
  EXPECT_TRUE(signals.Get(SIGSEGV).is_ignored());
  EXPECT_EQ(KernelDisposition(SIGSEGV), before);
}

TEST(Signals, MaskLeavesFaultSignalsToTheKernel) {
  Thread thread;
  SetGuestMask(thread,
               SignalBit(SIGUSR1) | SignalBit(SIGSEGV) | SignalBit(SIGKILL));
  EXPECT_EQ(thread.signals.mask, SignalBit(SIGUSR1) | SignalBit(SIGSEGV));
  EXPECT_EQ(SetKernelMask(0), SignalBit(SIGUSR1));
}

TEST(Interruptible, CallsOrAnswersEintr) {
  char byte;
  EXPECT_EQ(InterruptibleSyscall(0 /* SYS_read */, -1, &byte, 1), -EBADF);
  signal_pending.store(1);
  EXPECT_EQ(InterruptibleSyscall(0, -1, &byte, 1), -EINTR);
  signal_pending.store(0);
}

[[gnu::noinline]] int64_t ReadNothing() {
  return InterruptibleSyscall(0 /* SYS_read */, -1, nullptr, 0);
}

TEST(Interruptible, WindowIsTheTestAndTheSystemCall) {
  constexpr uint8_t kSyscall[] = {0x0f, 0x05};
  const auto* code = reinterpret_cast<const uint8_t*>(&ReadNothing);
  while (std::memcmp(code, kSyscall, sizeof(kSyscall)) != 0) ++code;
  const auto call = reinterpret_cast<uint64_t>(code);
  const uint64_t exit = InterruptedExit(call);
  EXPECT_GT(exit, call);
  EXPECT_EQ(InterruptedExit(call - 2), exit);  // the jump
  EXPECT_EQ(InterruptedExit(call - 6), exit);  // the test
  EXPECT_EQ(InterruptedExit(call + sizeof(kSyscall)), 0u);
  EXPECT_EQ(InterruptedExit(exit), 0u);
}

}  // namespace
}  // namespace slipway::host
