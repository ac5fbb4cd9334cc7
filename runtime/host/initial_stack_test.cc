#include "runtime/host/initial_stack.h"

#include <elf.h>
#include <sys/mman.h>

#include <cstring>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 64 << 10;

class InitialStackTest : public testing::Test {
 protected:
  InitialStackTest()
      : base_(static_cast<uint8_t*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
        memory_(base_, kSize) {}
  ~InitialStackTest() override { munmap(base_, kSize); }

  const uint64_t* Words(GuestPtr at) {
    return reinterpret_cast<const uint64_t*>(base_ + at.address);
  }
  const char* Text(uint64_t at) {
    return reinterpret_cast<const char*>(base_ + at);
  }

  uint8_t* base_;
  GuestMemory memory_;
  StartInfo start_{.executable = "/bin/program",
                   .arguments = {"program", "-v", ""},
                   .environment = {"A=1", "B=22"}};
};

TEST_F(InitialStackTest, HasTheLayoutOfLinux) {
  SysResult<GuestPtr> sp =
      WriteInitialStack(memory_, {kSize}, kSize / 2, start_);
  ASSERT_TRUE(sp.ok());
  EXPECT_EQ(sp->address % 16, 0);
  const uint64_t* words = Words(*sp);
  EXPECT_EQ(*words++, 3);
  for (const std::string& argument : start_.arguments) {
    EXPECT_EQ(Text(*words++), argument);
  }
  EXPECT_EQ(*words++, 0);
  EXPECT_STREQ(Text(*words++), "A=1");
  EXPECT_STREQ(Text(*words++), "B=22");
  EXPECT_EQ(*words++, 0);
  uint64_t page = 0, name = 0, random = 0;
  for (; words[0] != AT_NULL; words += 2) {
    if (words[0] == AT_PAGESZ) page = words[1];
    if (words[0] == AT_EXECFN) name = words[1];
    if (words[0] == AT_RANDOM) random = words[1];
  }
  EXPECT_EQ(page, 4096);
  EXPECT_STREQ(Text(name), "/bin/program");
  EXPECT_GT(random, sp->address);
}

// The title of a process is written over argv and the environment behind it.
TEST_F(InitialStackTest, StringsFollowEachOther) {
  SysResult<GuestPtr> sp =
      WriteInitialStack(memory_, {kSize}, kSize / 2, start_);
  ASSERT_TRUE(sp.ok());
  const uint64_t* words = Words(*sp);
  uint64_t next = words[1];
  for (const int i : {1, 2, 3, 5, 6}) {
    EXPECT_EQ(words[i], next) << i;
    next = words[i] + std::strlen(Text(words[i])) + 1;
  }
}

TEST_F(InitialStackTest, RefusesWhatDoesNotFit) {
  start_.arguments.push_back(std::string(1000, 'x'));
  EXPECT_EQ(WriteInitialStack(memory_, {kSize}, 1024, start_).error(),
            Errno{E2BIG});
}

}  // namespace
}  // namespace slipway::host
