#include "runtime/engine/guarded_call.h"

#include <sys/mman.h>

#include <cstring>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"

namespace slipway::engine {
namespace {

constexpr size_t kPage = 4096;

// Two pages, the second inaccessible.
class GuardedCallTest : public testing::Test {
 protected:
  GuardedCallTest() {
    EXPECT_TRUE(InstallFaultHandlers().ok());
    pages_ =
        static_cast<uint8_t*>(mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(pages_ + kPage, kPage, PROT_NONE);
  }
  ~GuardedCallTest() override { munmap(pages_, 2 * kPage); }

  bool Run(void (*work)(void*), void* argument) {
    return GuardedCall(pages_, 2 * kPage, work, argument);
  }

  uint8_t* pages_;
};

void Increment(void* at) {
  auto* byte = static_cast<volatile uint8_t*>(at);
  *byte = *byte + 1;
}

TEST_F(GuardedCallTest, RunsTheWork) {
  EXPECT_TRUE(Run(&Increment, pages_));
  EXPECT_TRUE(Run(&Increment, pages_ + kPage - 1));
  EXPECT_EQ(pages_[0], 1);
  EXPECT_EQ(pages_[kPage - 1], 1);
}

TEST_F(GuardedCallTest, EndsAtAFault) {
  EXPECT_FALSE(Run(&Increment, pages_ + kPage));
  EXPECT_FALSE(Run(&Increment, pages_ + 2 * kPage - 1));
  EXPECT_TRUE(Run(&Increment, pages_));
  EXPECT_EQ(pages_[0], 1);
}

// Registers that functions preserve hold other values while it runs, the stack
// is elsewhere and strings are copied downwards.
void Disturb(void* at) {
  asm volatile(
      "xorl %%ebx, %%ebx\n xorl %%r12d, %%r12d\n xorl %%r13d, %%r13d\n"
      "xorl %%r14d, %%r14d\n xorl %%r15d, %%r15d\n xorl %%ebp, %%ebp\n"
      "subq $512, %%rsp\n std\n movb $0, (%%rdi)"
      :
      : "D"(at)
      : "rbx", "r12", "r13", "r14", "r15", "memory");
  __builtin_unreachable();
}

TEST_F(GuardedCallTest, RestoresRegisters) {
  uint64_t values[6];
  for (int i = 0; i < 6; ++i) values[i] = static_cast<uint64_t>(i) + 7;
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(Run(&Disturb, pages_ + kPage));
  }
  uint8_t from[16] = {1, 2, 3}, to[16];
  std::memcpy(to, from, sizeof(to));
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(values[i], static_cast<uint64_t>(i) + 7);
  EXPECT_EQ(std::memcmp(from, to, sizeof(to)), 0);
}

TEST_F(GuardedCallTest, LeavesOtherAddressesAlone) {
  const auto beyond = [](void* at) { Increment(at); };
  EXPECT_EXIT(GuardedCall(pages_, kPage, beyond, pages_ + kPage),
              testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(GuardedCallTest, CoversNothingAfterItsEnd) {
  EXPECT_TRUE(Run(&Increment, pages_));
  EXPECT_EXIT(Increment(pages_ + kPage), testing::KilledBySignal(SIGSEGV), "");
  EXPECT_FALSE(Run(&Increment, pages_ + kPage));
  EXPECT_EXIT(Increment(pages_ + kPage), testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace slipway::engine
