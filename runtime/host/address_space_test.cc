#include "runtime/host/address_space.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 64 << 20;
constexpr uint64_t kPage = AddressSpace::kPage;
constexpr uint32_t kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;
constexpr uint32_t kReadWrite = PROT_READ | PROT_WRITE;

class AddressSpaceTest : public testing::Test {
 protected:
  AddressSpaceTest()
      : base_(static_cast<uint8_t*>(
            mmap(nullptr, kSize, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
        space_(GuestMemory(base_, kSize), kSize) {}
  ~AddressSpaceTest() override { munmap(base_, kSize); }

  SysResult<GuestPtr> Map(uint64_t at, uint64_t length, uint32_t flags) {
    return space_.Map({.address = {at},
                       .length = length,
                       .protection = kReadWrite,
                       .flags = flags});
  }
  char* Host(GuestPtr p) { return reinterpret_cast<char*>(base_ + p.address); }
  // Whether the page can be read, as the kernel sees it.
  bool Readable(uint64_t at) {
    int fds[2];
    if (pipe(fds) != 0) return false;
    const bool ok = write(fds[1], base_ + at, 1) == 1;
    close(fds[0]);
    close(fds[1]);
    return ok;
  }

  uint8_t* base_;
  AddressSpace space_;
};

TEST_F(AddressSpaceTest, PlacesTopDown) {
  SysResult<GuestPtr> first = Map(0, kPage, kAnonymous);
  SysResult<GuestPtr> second = Map(0, 2 * kPage, kAnonymous);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->address, kSize - kPage);
  EXPECT_EQ(second->address, kSize - 3 * kPage);
  strcpy(Host(*second), "usable");
}

TEST_F(AddressSpaceTest, FreshMemoryIsZeroWhereOldMemoryWas) {
  for (uint64_t length : {kPage, uint64_t{40} << 20}) {  // both ways to map
    const SysResult<GuestPtr> old = Map(0, length, kAnonymous);
    ASSERT_TRUE(old.ok());
    strcpy(Host(*old), "old");
    ASSERT_TRUE(Map(old->address, length, kAnonymous | MAP_FIXED).ok());
    EXPECT_EQ(*Host(*old), 0);
    strcpy(Host(*old), "old");
    ASSERT_TRUE(space_.Unmap(*old, length).ok());
    EXPECT_FALSE(Readable(old->address));
    const SysResult<GuestPtr> fresh = Map(0, length, kAnonymous);
    ASSERT_TRUE(fresh.ok());
    EXPECT_EQ(fresh->address, old->address);
    EXPECT_EQ(*Host(*fresh), 0);
    ASSERT_TRUE(space_.Unmap(*fresh, length).ok());
  }
}

TEST_F(AddressSpaceTest, AGuardIsPartOfTheMapping) {
  for (uint64_t length : {4 * kPage, uint64_t{40} << 20}) {
    const SysResult<GuestPtr> at =
        space_.Map({.length = length,
                    .protection = PROT_READ | PROT_WRITE,
                    .flags = kAnonymous,
                    .guard = kPage});
    ASSERT_TRUE(at.ok());
    EXPECT_FALSE(Readable(at->address));
    EXPECT_TRUE(Readable(at->address + kPage));
    EXPECT_TRUE(space_.IsMapped(*at, length));
    ASSERT_TRUE(space_.Unmap(*at, length).ok());
    EXPECT_FALSE(Readable(at->address + kPage));
  }
}

TEST_F(AddressSpaceTest, CeilingIsRandom) {
  const GuestMemory memory(base_, kSize);
  AddressSpace a(memory), b(memory);
  const AddressSpace::MapRequest request{.length = kPage, .flags = kAnonymous};
  SysResult<GuestPtr> in_a = a.Map(request), in_b = b.Map(request);
  ASSERT_TRUE(in_a.ok() && in_b.ok());
  EXPECT_GE(in_a->address, kSize / 4 * 3 - kPage);
  EXPECT_NE(in_a->address, in_b->address);  // once in 4096 runs they agree
}

TEST_F(AddressSpaceTest, FixedAndHints) {
  EXPECT_EQ(Map(0x10000, kPage, kAnonymous)->address, 0x10000);  // free hint
  EXPECT_NE(Map(0x10000, kPage, kAnonymous)->address, 0x10000);  // taken
  EXPECT_EQ(Map(0x10000, kPage, kAnonymous | MAP_FIXED)->address, 0x10000);
  EXPECT_EQ(Map(0x10000, kPage, kAnonymous | MAP_FIXED_NOREPLACE).error(),
            Errno{EEXIST});
  EXPECT_EQ(Map(0x20000, kPage, kAnonymous | MAP_FIXED_NOREPLACE)->address,
            0x20000);
  EXPECT_EQ(Map(0x10001, kPage, kAnonymous | MAP_FIXED).error(), Errno{EINVAL});
}

TEST_F(AddressSpaceTest, StaysInsideAndOffPageZero) {
  EXPECT_EQ(Map(0, kPage, kAnonymous | MAP_FIXED).error(), Errno{EPERM});
  EXPECT_EQ(Map(kSize, kPage, kAnonymous | MAP_FIXED).error(), Errno{ENOMEM});
  EXPECT_EQ(Map(kSize - kPage, 2 * kPage, kAnonymous | MAP_FIXED).error(),
            Errno{ENOMEM});
  EXPECT_EQ(Map(0, kSize, kAnonymous).error(), Errno{ENOMEM});
  EXPECT_EQ(Map(0, ~uint64_t{0}, kAnonymous).error(), Errno{ENOMEM});
  EXPECT_EQ(Map(0, 0, kAnonymous).error(), Errno{EINVAL});
  EXPECT_EQ(space_.Unmap({kSize}, kPage).error(), Errno{EINVAL});
  EXPECT_EQ(space_.Unmap({kPage}, ~uint64_t{0}).error(), Errno{EINVAL});
}

TEST_F(AddressSpaceTest, PartialUnmapFaultsAndIsReused) {
  SysResult<GuestPtr> at = Map(0, 3 * kPage, kAnonymous);
  ASSERT_TRUE(at.ok());
  const uint64_t middle = at->address + kPage;
  EXPECT_TRUE(space_.Unmap({middle}, 1).ok());
  EXPECT_FALSE(Readable(middle));
  EXPECT_TRUE(Readable(middle - kPage) && Readable(middle + kPage));
  EXPECT_FALSE(space_.IsMapped(*at, 3 * kPage));
  EXPECT_EQ(Map(0, kPage, kAnonymous)->address, middle);
}

TEST_F(AddressSpaceTest, ProtectNeedsAMapping) {
  EXPECT_EQ(space_.Protect({kPage}, kPage, PROT_READ).error(), Errno{ENOMEM});
  EXPECT_FALSE(Readable(kPage));
  SysResult<GuestPtr> at = Map(0, kPage, kAnonymous);
  ASSERT_TRUE(at.ok());
  EXPECT_TRUE(space_.Protect(*at, kPage, PROT_NONE).ok());
  EXPECT_FALSE(Readable(at->address));
  EXPECT_TRUE(space_.Protect(*at, kPage, PROT_EXEC).ok());
  EXPECT_TRUE(Readable(at->address));
  EXPECT_EQ(space_.Protect({at->address + 1}, kPage, PROT_READ).error(),
            Errno{EINVAL});
}

TEST_F(AddressSpaceTest, FilesAreShared) {
  const int fd = memfd_create("file", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(fd, kPage), 0);
  SysResult<GuestPtr> at = space_.Map({.length = kPage,
                                       .protection = kReadWrite,
                                       .flags = MAP_SHARED,
                                       .host_fd = fd});
  ASSERT_TRUE(at.ok());
  memcpy(Host(*at), "through", 7);
  char text[8] = "";
  EXPECT_EQ(pread(fd, text, 7, 0), 7);
  EXPECT_STREQ(text, "through");
  close(fd);
}

TEST_F(AddressSpaceTest, BreakMovesBothWays) {
  space_.SetBreakStart({0x100010});
  EXPECT_EQ(space_.Break({0}).address, 0x101000);
  EXPECT_EQ(space_.Break({0x101800}).address, 0x101800);
  EXPECT_TRUE(Readable(0x101000));
  EXPECT_EQ(space_.Break({0x100000}).address, 0x101800);  // below the start
  EXPECT_EQ(space_.Break({kSize + 1}).address, 0x101800);
  ASSERT_TRUE(Map(0x104000, kPage, kAnonymous | MAP_FIXED).ok());
  EXPECT_EQ(space_.Break({0x105000}).address, 0x101800);  // in the way
  EXPECT_EQ(space_.Break({0x101000}).address, 0x101000);
  EXPECT_FALSE(Readable(0x101000));
}

TEST_F(AddressSpaceTest, Advice) {
  SysResult<GuestPtr> at = Map(0, kPage, kAnonymous);
  ASSERT_TRUE(at.ok());
  Host(*at)[0] = 1;
  EXPECT_TRUE(space_.Advise(*at, kPage, MADV_DONTNEED).ok());
  EXPECT_EQ(Host(*at)[0], 0);
  EXPECT_EQ(space_.Advise(*at, kPage, MADV_HWPOISON).error(), Errno{EINVAL});
  EXPECT_TRUE(space_.Advise(*at, kPage, MADV_DONTFORK).ok());
  EXPECT_EQ(space_.Advise({kPage}, kPage, MADV_DONTNEED).error(),
            Errno{ENOMEM});
}

}  // namespace
}  // namespace slipway::host
