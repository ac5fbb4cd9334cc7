#include "runtime/engine/guarded_access.h"

#include <sys/mman.h>

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"

namespace slipway::engine {
namespace {

// Two pages, the second inaccessible.
class GuardedAccessTest : public testing::Test {
 protected:
  GuardedAccessTest() {
    EXPECT_TRUE(InstallFaultHandlers().ok());
    pages_ = static_cast<uint8_t*>(mmap(nullptr, 8192, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(pages_ + 4096, 4096, PROT_NONE);
  }
  ~GuardedAccessTest() override { munmap(pages_, 8192); }

  uint8_t* pages_;
};

TEST_F(GuardedAccessTest, CopiesUpToTheFault) {
  uint8_t buffer[64] = {1, 2, 3};
  EXPECT_TRUE(GuardedCopy(pages_, buffer, sizeof(buffer)));
  EXPECT_EQ(pages_[2], 3);
  EXPECT_FALSE(GuardedCopy(pages_ + 4096 - 2, buffer, sizeof(buffer)));
  EXPECT_EQ(pages_[4095], 2);
  EXPECT_FALSE(GuardedCopy(buffer, pages_ + 4096, 1));
  EXPECT_TRUE(GuardedCopy(buffer, pages_ + 4096, 0));
}

// Every way that the size chooses: no byte more or less, faults in each.
TEST_F(GuardedAccessTest, CopiesAnySize) {
  for (size_t size = 0; size <= 100; ++size) {
    uint8_t from[100], to[102] = {};
    for (size_t i = 0; i < size; ++i) from[i] = static_cast<uint8_t>(i + 1);
    EXPECT_TRUE(GuardedCopy(to + 1, from, size));
    EXPECT_EQ(to[0], 0);
    EXPECT_TRUE(std::equal(from, from + size, to + 1)) << size;
    EXPECT_EQ(to[size + 1], 0);
    EXPECT_TRUE(GuardedCopy(pages_ + 4096 - size, from, size));
    EXPECT_TRUE(GuardedCopy(to, pages_ + 4096 - size, size));
    if (size == 0) continue;
    EXPECT_FALSE(GuardedCopy(pages_ + 4097 - size, from, size)) << size;
    EXPECT_FALSE(GuardedCopy(to, pages_ + 4097 - size, size)) << size;
  }
}

// At every distance from a block and from the page's end.
TEST_F(GuardedAccessTest, CopiesStrings) {
  for (size_t length = 0; length < 80; ++length) {
    for (size_t behind = 0; behind < 20; ++behind) {
      char* const from =
          reinterpret_cast<char*>(pages_ + 4096 - behind - length - 1);
      std::fill(from, from + length, 'x');
      from[length] = 0;
      char to[81];
      size_t found = 0;
      EXPECT_TRUE(GuardedString(to, from, 80, found));
      EXPECT_EQ(found, length);
      EXPECT_STREQ(to, std::string(length, 'x').c_str());
      to[length] = '.';
      EXPECT_TRUE(GuardedString(to, from, length, found));
      EXPECT_EQ(found, length);
      EXPECT_EQ(to[length], '.');
      std::fill(from + length, from + length + behind + 1, 'x');
      char large[128];
      EXPECT_FALSE(GuardedString(large, from, sizeof(large), found));
    }
  }
}

TEST_F(GuardedAccessTest, Loads) {
  pages_[8] = 9;
  uint32_t small = 0;
  uint64_t large = 0;
  EXPECT_TRUE(GuardedLoad32(pages_ + 8, small));
  EXPECT_TRUE(GuardedLoad64(pages_ + 8, large));
  EXPECT_EQ(small, 9u);
  EXPECT_EQ(large, 9u);
  EXPECT_FALSE(GuardedLoad32(pages_ + 4096, small));
  EXPECT_FALSE(GuardedLoad64(pages_ + 4096, large));
}

}  // namespace
}  // namespace slipway::engine
