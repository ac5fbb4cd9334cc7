#include "runtime/host/guest_memory.h"

#include <sys/mman.h>

#include <cstring>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/host/guarded_exchange.h"

namespace slipway::host {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kSize = 8 * kPage;

// Pages 1 and 2 are readable and writable, page 3 is read-only.
class GuestMemoryTest : public testing::Test {
 protected:
  GuestMemoryTest()
      : base_(static_cast<uint8_t*>(mmap(nullptr, kSize, PROT_NONE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
        memory_(base_, kSize) {
    EXPECT_TRUE(engine::InstallFaultHandlers().ok());
    EXPECT_TRUE(InstallGuardedExchange());
    mprotect(base_ + kPage, 2 * kPage, PROT_READ | PROT_WRITE);
    mprotect(base_ + 3 * kPage, kPage, PROT_READ);
  }
  ~GuestMemoryTest() override { munmap(base_, kSize); }

  uint8_t* base_;
  GuestMemory memory_;
};

TEST_F(GuestMemoryTest, CopiesBothWays) {
  EXPECT_TRUE(memory_.CopyOut({kPage}, "hello", 6).ok());
  char text[6];
  EXPECT_TRUE(memory_.CopyIn(text, {kPage}, 6).ok());
  EXPECT_STREQ(text, "hello");
}

TEST_F(GuestMemoryTest, RangesAreCheckedWithoutOverflow) {
  char byte = 0;
  EXPECT_EQ(memory_.CopyIn(&byte, {kSize}, 1).error(), Errno{EFAULT});
  EXPECT_EQ(memory_.CopyIn(&byte, {~uint64_t{0}}, 1).error(), Errno{EFAULT});
  EXPECT_EQ(memory_.CopyOut({kPage}, &byte, ~size_t{0}).error(), Errno{EFAULT});
  EXPECT_TRUE(memory_.CopyIn(&byte, {kSize}, 0).ok());
  EXPECT_EQ(memory_.ForKernel({1}, ~uint64_t{0}).error(), Errno{EFAULT});
  EXPECT_TRUE(memory_.ForKernel({0}, 0).ok());
}

TEST_F(GuestMemoryTest, UnmappedPagesAreEfault) {
  char text[16] = {};
  EXPECT_EQ(memory_.CopyIn(text, {8}, 8).error(), Errno{EFAULT});
  EXPECT_EQ(memory_.CopyOut({3 * kPage}, text, 8).error(), Errno{EFAULT});
  EXPECT_EQ(memory_.CopyIn(text, {4 * kPage - 8}, 16).error(), Errno{EFAULT});
}

TEST_F(GuestMemoryTest, StringsEndAtThePageOfTheirNul) {
  strcpy(reinterpret_cast<char*>(base_ + 3 * kPage - 6), "fits!");
  EXPECT_EQ(*memory_.LoadString({3 * kPage - 6}), "fits!");
  memset(base_ + kPage, 'x', 2 * kPage);
  EXPECT_EQ(memory_.LoadString({kPage}, 100).error(), Errno{ENAMETOOLONG});
  EXPECT_EQ(memory_.LoadString({kPage + 1}, 3 * kPage)->size(),
            2 * kPage - 1);  // ends in page 3's zeros
  EXPECT_EQ(memory_.LoadString({0}).error(), Errno{EFAULT});
  char text[100];
  EXPECT_EQ(*memory_.LoadString({3 * kPage - 4}, text, 5), 4u);
  EXPECT_STREQ(text, "xxxx");
  EXPECT_EQ(memory_.LoadString({3 * kPage - 4}, text, 4).error(),
            Errno{ENAMETOOLONG});
  EXPECT_EQ(memory_.LoadString({0}, text, sizeof(text)).error(), Errno{EFAULT});
}

TEST_F(GuestMemoryTest, ExchangesAtomicallyOrNotAtAll) {
  uint32_t value = 5;
  memcpy(base_ + kPage, &value, sizeof(value));
  EXPECT_EQ(GuardedCompareExchange(base_ + kPage, 4, 9), 5u);
  EXPECT_EQ(GuardedCompareExchange(base_ + kPage, 5, 9), 5u);
  EXPECT_EQ(*memory_.Load<uint32_t>({kPage}), 9u);
  EXPECT_EQ(GuardedCompareExchange(base_ + 3 * kPage, 0, 1), std::nullopt);
  EXPECT_EQ(GuardedCompareExchange(base_, 0, 1), std::nullopt);
}

}  // namespace
}  // namespace slipway::host
