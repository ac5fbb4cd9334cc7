// mremap, also where the kernel refuses: the reservation stays whole.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/host/address_space.h"
#include "runtime/host/host_maps.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 64 << 20;
constexpr uint64_t kPage = AddressSpace::kPage;
constexpr uint32_t kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;
constexpr uint32_t kReadWrite = PROT_READ | PROT_WRITE;
constexpr uint32_t kFixed = MREMAP_MAYMOVE | MREMAP_FIXED;
constexpr uint64_t kAt = 0x100000, kThere = 0x200000;

class RemapTest : public testing::Test {
 protected:
  RemapTest()
      : base_(static_cast<uint8_t*>(
            mmap(nullptr, kSize, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
        space_(GuestMemory(base_, kSize), kSize) {}
  ~RemapTest() override {
    EXPECT_TRUE(IsWhole());
    munmap(base_, kSize);
    if (fd_ >= 0) close(fd_);
  }

  // Whether every page of the reservation is mapped, and nothing that is none
  // of the guest's is accessible.
  bool IsWhole() {
    const auto begin = reinterpret_cast<uint64_t>(base_);
    uint64_t covered = begin;
    ForEachHostMapping([&](const HostMapping& mapping) {
      if (mapping.start <= covered && mapping.end > covered) {
        covered = mapping.end;
      }
    });
    return covered >= begin + kSize;
  }
  void Map(uint64_t at, uint64_t length, uint32_t flags, int fd = -1,
           uint32_t protection = kReadWrite) {
    const SysResult<GuestPtr> got = space_.Map({.address = {at},
                                                .length = length,
                                                .protection = protection,
                                                .flags = flags | MAP_FIXED,
                                                .host_fd = fd});
    ASSERT_TRUE(got.ok());
  }
  void MapFile(uint32_t flags, uint64_t length) {
    fd_ = memfd_create("file", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(fd_, 16 * kPage), 0);
    ASSERT_EQ(pwrite(fd_, "second", 6, kPage), 6);
    Map(kAt, length, flags, fd_);
  }
  SysResult<GuestPtr> Remap(uint64_t from, uint64_t old_length,
                            uint64_t new_length, uint32_t flags,
                            uint64_t to = 0) {
    return space_.Remap({from}, old_length, new_length, flags, {to});
  }
  char* Host(uint64_t at) { return reinterpret_cast<char*>(base_ + at); }
  bool Readable(uint64_t at) {
    int fds[2];
    if (pipe(fds) != 0) return false;
    const bool ok = write(fds[1], base_ + at, 1) == 1;
    close(fds[0]);
    close(fds[1]);
    return ok;
  }

  uint8_t* const base_;
  AddressSpace space_;
  int fd_ = -1;
};

// No more address space for the process than it has.
class NoMoreMemory {
 public:
  NoMoreMemory() {
    getrlimit(RLIMIT_AS, &old_);
    uint64_t bytes = 0;
    ForEachHostMapping([&bytes](const HostMapping& mapping) {
      if (mapping.name != "[vsyscall]") bytes += mapping.end - mapping.start;
    });
    const rlimit none = {.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    setrlimit(RLIMIT_AS, &none);
  }
  ~NoMoreMemory() { setrlimit(RLIMIT_AS, &old_); }

 private:
  rlimit old_;
};

TEST_F(RemapTest, GrowsInPlaceOrMoves) {
  Map(kAt, kPage, kAnonymous);
  strcpy(Host(kAt), "kept");
  EXPECT_EQ(Remap(kAt, kPage, 3 * kPage, 0)->address, kAt);
  Host(kAt)[2 * kPage] = 1;
  Map(kAt + 3 * kPage, kPage, kAnonymous, -1, PROT_READ);
  EXPECT_EQ(Remap(kAt, 3 * kPage, 4 * kPage, 0).error(), Errno{ENOMEM});
  const auto moved = Remap(kAt, 3 * kPage, 4 * kPage, MREMAP_MAYMOVE);
  ASSERT_TRUE(moved.ok());
  EXPECT_NE(moved->address, kAt);
  EXPECT_STREQ(Host(moved->address), "kept");
  Host(moved->address)[3 * kPage] = 1;
  EXPECT_FALSE(Readable(kAt));
  EXPECT_FALSE(space_.IsMapped({kAt}, kPage));
  EXPECT_TRUE(space_.IsMapped(*moved, 4 * kPage));
  EXPECT_TRUE(Remap(moved->address, 4 * kPage, 8 * kPage, MREMAP_MAYMOVE).ok());
}

TEST_F(RemapTest, ShrinksAndTakesAPlace) {
  Map(kAt, 2 * kPage, kAnonymous);
  EXPECT_TRUE(Remap(kAt, 2 * kPage, kPage, 0).ok());
  EXPECT_FALSE(Readable(kAt + kPage));
  Map(kThere, kPage, kAnonymous);
  EXPECT_EQ(Remap(kAt, kPage, kPage, kFixed, kThere)->address, kThere);
  EXPECT_EQ(Remap(kThere, kPage, kPage, kFixed, kSize).error(), Errno{EINVAL});
  EXPECT_EQ(Remap(kThere, kPage, kPage, kFixed, kThere).error(), Errno{EINVAL});
  EXPECT_EQ(Remap(kAt, kPage, kPage, kFixed, kThere).error(), Errno{EFAULT});
}

TEST_F(RemapTest, MovesWhatIsSeveralMappingsForTheKernel) {
  Map(kAt, 8 * kPage, kAnonymous);
  memset(Host(kAt), 'x', 8 * kPage);
  // Locked pages are another mapping for the kernel, and not for the guest.
  ASSERT_EQ(mlock(Host(kAt + 3 * kPage), kPage), 0);
  ASSERT_EQ(Remap(kAt, 8 * kPage, 9 * kPage, kFixed, kThere)->address, kThere);
  for (uint64_t i = 0; i < 8; ++i) EXPECT_EQ(*Host(kThere + i * kPage), 'x');
  EXPECT_EQ(*Host(kThere + 8 * kPage), 0);
  EXPECT_FALSE(Readable(kAt));
}

TEST_F(RemapTest, KeepsTheOldPlaceWhenAsked) {
  Map(kAt, 2 * kPage, kAnonymous);
  strcpy(Host(kAt), "moved");
  constexpr uint32_t kKeep = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
  const auto moved = Remap(kAt, 2 * kPage, 2 * kPage, kKeep);
  ASSERT_TRUE(moved.ok());
  EXPECT_STREQ(Host(moved->address), "moved");
  EXPECT_EQ(*Host(kAt), 0);
  EXPECT_TRUE(space_.IsMapped({kAt}, 2 * kPage));
  EXPECT_EQ(Remap(kAt, 2 * kPage, 3 * kPage, kKeep).error(), Errno{EINVAL});
  EXPECT_EQ(Remap(kAt, kPage, kPage, MREMAP_DONTUNMAP).error(), Errno{EINVAL});
}

TEST_F(RemapTest, SharedMappingsGrowInPlace) {
  MapFile(MAP_SHARED, kPage);
  ASSERT_EQ(Remap(kAt, kPage, 2 * kPage, 0)->address, kAt);
  EXPECT_STREQ(Host(kAt + kPage), "second");
  const auto view = Remap(kAt, 0, kPage, MREMAP_MAYMOVE);
  ASSERT_TRUE(view.ok());
  *Host(view->address) = 'v';
  EXPECT_EQ(*Host(kAt), 'v');
  ASSERT_EQ(Remap(kAt, 2 * kPage, 3 * kPage, kFixed, kThere)->address, kThere);
  EXPECT_STREQ(Host(kThere + kPage), "second");
  EXPECT_FALSE(Readable(kAt));
  EXPECT_TRUE(Readable(view->address));
}

TEST_F(RemapTest, PrivateFileMappingsMoveWithTheirPages) {
  MapFile(MAP_PRIVATE, kPage);
  strcpy(Host(kAt), "own");
  EXPECT_EQ(Remap(kAt, kPage, 2 * kPage, 0).error(), Errno{ENOMEM});
  ASSERT_EQ(Remap(kAt, kPage, 2 * kPage, kFixed, kThere)->address, kThere);
  EXPECT_STREQ(Host(kThere), "own");
  EXPECT_STREQ(Host(kThere + kPage), "second");
  EXPECT_FALSE(Readable(kAt));
  EXPECT_EQ(Remap(kThere, 0, kPage, MREMAP_MAYMOVE).error(), Errno{EINVAL});
}

TEST_F(RemapTest, OneMappingAtATime) {
  Map(kAt, kPage, kAnonymous);
  Map(kAt + kPage, kPage, kAnonymous, -1, PROT_READ);
  EXPECT_EQ(Remap(kAt, 2 * kPage, 3 * kPage, MREMAP_MAYMOVE).error(),
            Errno{EFAULT});
  EXPECT_EQ(Remap(kAt, 2 * kPage, 2 * kPage, kFixed, kThere).error(),
            Errno{EFAULT});
  EXPECT_TRUE(space_.IsMapped({kAt}, 2 * kPage));
}

TEST_F(RemapTest, AnonymousMemoryThatCannotMoveStays) {
  Map(kAt, 2 * kPage, kAnonymous);
  strcpy(Host(kAt), "kept");
  {
    const NoMoreMemory full;
    EXPECT_EQ(Remap(kAt, 2 * kPage, 4 * kPage, kFixed, kThere).error(),
              Errno{ENOMEM});
  }
  EXPECT_TRUE(IsWhole());
  EXPECT_STREQ(Host(kAt), "kept");
  EXPECT_FALSE(Readable(kThere));
  EXPECT_FALSE(Readable(kThere + 2 * kPage));
  EXPECT_FALSE(space_.IsMapped({kThere}, 4 * kPage));
}

TEST_F(RemapTest, FileMappingsThatCannotMoveStay) {
  for (const uint32_t flags : {MAP_SHARED, MAP_PRIVATE}) {
    MapFile(flags, 2 * kPage);
    *Host(kAt) = 'o';
    {
      const NoMoreMemory full;
      EXPECT_EQ(Remap(kAt, 2 * kPage, 4 * kPage, kFixed, kThere).error(),
                Errno{ENOMEM});
      EXPECT_EQ(Remap(kAt, 2 * kPage, 4 * kPage, 0).error(), Errno{ENOMEM});
    }
    EXPECT_TRUE(IsWhole());
    EXPECT_EQ(*Host(kAt), 'o');
    EXPECT_STREQ(Host(kAt + kPage), "second");
    EXPECT_FALSE(Readable(kThere));
  }
}

// The kernel refuses these only once it has looked at the file.
TEST_F(RemapTest, AMappingThatIsRefusedLeavesNoHole) {
  const int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(ftruncate(fd, kPage), 0);
  ASSERT_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
  const SysResult<GuestPtr> refused =
      space_.Map({.address = {kAt},
                  .length = kPage,
                  .protection = kReadWrite,
                  .flags = MAP_SHARED | MAP_FIXED,
                  .host_fd = fd});
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(IsWhole());
  close(fd);
}

TEST_F(RemapTest, NobodyElseGetsAPlace) {
  std::atomic<bool> done = false;
  std::atomic<int> inside = 0;
  std::thread other([&] {
    while (!done) {
      void* const got =
          mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      auto* const at = static_cast<uint8_t*>(got);
      if (at >= base_ && at < base_ + kSize) ++inside;
      munmap(got, kPage);
    }
  });
  MapFile(MAP_SHARED, 2 * kPage);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(Remap(kAt, 2 * kPage, 3 * kPage, kFixed, kThere).ok());
    ASSERT_TRUE(Remap(kThere, 3 * kPage, 4 * kPage, 0).ok());
    ASSERT_TRUE(Remap(kThere, 4 * kPage, 2 * kPage, kFixed, kAt).ok());
    Map(kThere, 2 * kPage, kAnonymous);
    *Host(kThere) = 1;
    ASSERT_TRUE(
        Remap(kThere, 2 * kPage, 4 * kPage, kFixed, kThere + 8 * kPage).ok());
    ASSERT_TRUE(space_.Unmap({kThere + 8 * kPage}, 4 * kPage).ok());
  }
  done = true;
  other.join();
  EXPECT_EQ(inside, 0);
}

TEST(AddressSpaceBudget, RefusesBeforeTheKernelWould) {
  auto* const base = static_cast<uint8_t*>(
      mmap(nullptr, kSize, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  {
    AddressSpace space(GuestMemory(base, kSize), kSize, 3000);
    ASSERT_TRUE(space
                    .Map({.address = {kPage},
                          .length = kSize - kPage,
                          .protection = kReadWrite,
                          .flags = kAnonymous | MAP_FIXED})
                    .ok());
    uint64_t at = kPage;
    while (space.Protect({at}, kPage, PROT_READ).ok() && at < kSize / 2) {
      at += 2 * kPage;
    }
    EXPECT_LT(at, kSize / 2);
    EXPECT_LT(CountHostMappings(), 3000);
    EXPECT_EQ(space.Protect({at}, kPage, PROT_READ).error(), Errno{ENOMEM});
    EXPECT_EQ(space.Remap({at}, kPage, 2 * kPage, MREMAP_MAYMOVE, {}).error(),
              Errno{ENOMEM});
    // Whole mappings can go, and then there is room again.
    EXPECT_TRUE(space.Unmap({kPage}, kSize - kPage).ok());
    SysResult<GuestPtr> mapped = Errno{ENOMEM};
    for (int i = 0; i < 100 && !mapped.ok(); ++i) {
      mapped = space.Map({.length = kPage, .flags = kAnonymous});
    }
    EXPECT_TRUE(mapped.ok());
  }
  munmap(base, kSize);
}

}  // namespace
}  // namespace slipway::host
