#include <sys/mman.h>
#include <sys/shm.h>

#include "gtest/gtest.h"
#include "runtime/host/address_space.h"

namespace slipway::host {
namespace {

constexpr uint64_t kSize = 16 << 20;
constexpr uint64_t kPage = AddressSpace::kPage;

class SegmentsTest : public testing::Test {
 protected:
  SegmentsTest()
      : base_(static_cast<uint8_t*>(
            mmap(nullptr, kSize, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
        space_(GuestMemory(base_, kSize), kSize) {}
  ~SegmentsTest() override {
    if (id_ >= 0) shmctl(id_, IPC_RMID, nullptr);
    munmap(base_, kSize);
  }

  void MakeSegment(uint64_t size) {
    id_ = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
    ASSERT_GE(id_, 0);
  }
  uint64_t Attachments() const {
    shmid_ds segment;
    EXPECT_EQ(shmctl(id_, IPC_STAT, &segment), 0);
    return segment.shm_nattch;
  }

  uint8_t* const base_;
  AddressSpace space_;
  int id_ = -1;
};

TEST_F(SegmentsTest, AttachesInsideAndRestoresTheReservation) {
  MakeSegment(2 * kPage);
  const SysResult<GuestPtr> at = space_.Attach(id_, {}, 0);
  ASSERT_TRUE(at.ok());
  EXPECT_EQ(at->address, kSize - 2 * kPage);
  base_[at->address] = 1;
  EXPECT_EQ(Attachments(), 1u);
  ASSERT_TRUE(space_.Detach(*at).ok());
  EXPECT_EQ(Attachments(), 0u);
  EXPECT_FALSE(space_.IsMapped(*at, 1));
  // Nobody else can have got the place: it is reserved, without permissions.
  EXPECT_NE(mmap(base_ + at->address, kPage, PROT_READ,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
            base_ + at->address);
}

TEST_F(SegmentsTest, NeverLeavesTheReservation) {
  MakeSegment(2 * kPage);
  EXPECT_EQ(space_.Attach(id_, {kSize - kPage}, 0).error(), Errno{ENOMEM});
  EXPECT_EQ(space_.Attach(id_, {kSize - kPage}, SHM_REMAP).error(),
            Errno{ENOMEM});
  EXPECT_EQ(space_.Attach(id_, {~uint64_t{0} & ~(kPage - 1)}, 0).error(),
            Errno{ENOMEM});
  EXPECT_EQ(space_.Attach(id_, {1}, SHM_RND).error(), Errno{EPERM});
  EXPECT_EQ(Attachments(), 0u);
  EXPECT_EQ(space_.Detach({kSize}).error(), Errno{EINVAL});
  EXPECT_EQ(space_.Detach({~uint64_t{0}}).error(), Errno{EINVAL});
}

TEST_F(SegmentsTest, LargerThanTheReservationIsRefused) {
  MakeSegment(2 * kSize);
  EXPECT_EQ(space_.Attach(id_, {}, 0).error(), Errno{ENOMEM});
  EXPECT_EQ(Attachments(), 0u);
}

TEST_F(SegmentsTest, DetachesOnlySegments) {
  MakeSegment(kPage);
  const auto memory = space_.Map({.length = kPage,
                                  .protection = PROT_READ,
                                  .flags = MAP_SHARED | MAP_ANONYMOUS});
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(space_.Detach(*memory).error(), Errno{EINVAL});
  EXPECT_TRUE(space_.IsMapped(*memory, kPage));
}

}  // namespace
}  // namespace slipway::host
