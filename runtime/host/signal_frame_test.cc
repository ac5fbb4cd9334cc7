#include "runtime/host/signal_frame.h"

#include <sys/mman.h>

#include <cstring>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 1 << 20;

struct WithStacks : ThreadSignals {
  WithStacks() {
    own = {.sp = 0x10000, .flags = 0, .padding = 0, .size = 0x40000};
    alternate = {.sp = 0x80000, .flags = 0, .padding = 0, .size = 0x4000};
  }
};

TEST(SignalFrame, UsesTheAlternateStackOnRequestOnly) {
  const WithStacks signals;
  const GuestSigaction plain{.handler = 100};
  const GuestSigaction on_stack{.handler = 100, .flags = SA_ONSTACK};
  EXPECT_EQ(ChooseSignalStack(signals, plain, 0xf0000), 0x50000);
  EXPECT_EQ(ChooseSignalStack(signals, on_stack, 0xf0000), 0x84000);
}

TEST(SignalFrame, NestedHandlersGoBelow) {
  const WithStacks signals;
  const GuestSigaction plain{.handler = 100};
  const GuestSigaction on_stack{.handler = 100, .flags = SA_ONSTACK};
  EXPECT_LT(ChooseSignalStack(signals, plain, 0x4f000), 0x4f000);
  EXPECT_EQ(ChooseSignalStack(signals, on_stack, 0x83000), 0x50000);
}

TEST(SignalFrame, HoldsInfoAndMask) {
  auto* base =
      static_cast<uint8_t*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const GuestMemory memory(base, kSize);
  WithStacks signals;
  signals.mask = SignalBit(SIGUSR2);
  siginfo_t info = {};
  info.si_signo = SIGSEGV;
  info.si_code = SEGV_MAPERR;
  info.si_addr = reinterpret_cast<void*>(0x1234);
  SysResult<SignalFrame> frame =
      WriteSignalFrame(memory, 0x50000, info, signals,
                       {.stack_pointer = 0xf0000, .position = 0x567});
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->stack_pointer % 16, 0);
  EXPECT_LT(frame->stack_pointer, frame->context.address);
  EXPECT_LT(frame->context.address, frame->info.address);
  EXPECT_EQ(memory.Load<siginfo_t>(frame->info)->si_addr, info.si_addr);
  EXPECT_EQ(*ReadFrameMask(memory, *frame), signals.mask);
  // uc_mcontext.gregs, 40 bytes in: REG_RSP, REG_RIP and REG_CR2.
  EXPECT_EQ(*memory.Load<uint64_t>(frame->context + (40 + 15 * 8)), 0xf0000u);
  EXPECT_EQ(*memory.Load<uint64_t>(frame->context + (40 + 16 * 8)), 0x567u);
  EXPECT_EQ(*memory.Load<uint64_t>(frame->context + (40 + 22 * 8)), 0x1234u);
  munmap(base, kSize);
}

TEST(SignalFrame, MissingStackIsEfault) {
  const GuestMemory nothing;
  EXPECT_EQ(
      WriteSignalFrame(nothing, 0x50000, siginfo_t{}, WithStacks(), {}).error(),
      Errno{EFAULT});
}

}  // namespace
}  // namespace slipway::host
