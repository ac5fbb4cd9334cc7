#include "runtime/host/iovec.h"

#include <cstring>

#include "gtest/gtest.h"
#include "runtime/host/testing/guest_memory_fixture.h"

namespace slipway::host {
namespace {

class IoVectorTest : public GuestMemoryFixture {
 protected:
  void Put(uint64_t at, uint64_t start, uint64_t length) {
    const uint64_t entry[] = {start, length};
    std::memcpy(base_ + at, entry, sizeof(entry));
  }
};

TEST_F(IoVectorTest, TranslatesEveryEntry) {
  Put(64, 4096, 10);
  Put(80, 8192, 0);
  auto vector = IoVector::Load(memory_, {64}, 2);
  ASSERT_TRUE(vector.ok());
  ASSERT_EQ(vector->size(), 2u);
  EXPECT_EQ(vector->data()[0].iov_base, base_ + 4096);
  EXPECT_EQ(vector->data()[0].iov_len, 10u);
  EXPECT_EQ(vector->data()[1].iov_base, base_ + 8192);
}

TEST_F(IoVectorTest, RefusesWhatLinuxRefuses) {
  EXPECT_EQ(IoVector::Load(memory_, {64}, 1025).error().code, EINVAL);
  Put(64, 4096, 1ull << 63);
  EXPECT_EQ(IoVector::Load(memory_, {64}, 1).error().code, EINVAL);
  Put(64, kMemorySize - 4, 8);
  EXPECT_EQ(IoVector::Load(memory_, {64}, 1).error().code, EFAULT);
  EXPECT_EQ(IoVector::Load(memory_, {kMemorySize - 8}, 1).error().code, EFAULT);
  EXPECT_TRUE(IoVector::Load(memory_, {0}, 0).ok());
}

}  // namespace
}  // namespace slipway::host
