#include "runtime/engine/memory.h"

#include <sys/mman.h>

#include "gtest/gtest.h"
#include "runtime/engine/address_registry.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {
namespace {

using wasm::kPageSize;

TEST(MemoryTest, GrowsToItsMaximumWithoutMoving) {
  const auto memory = Memory::Create({.min = 1, .max = 3, .is64 = true});
  ASSERT_TRUE(memory.ok());
  uint8_t* base = (*memory)->base();
  EXPECT_EQ((*memory)->size(), kPageSize);
  base[0] = 1;
  EXPECT_EQ((*memory)->Grow(2), 1u);
  base[3 * kPageSize - 1] = 2;
  EXPECT_EQ((*memory)->Grow(1), UINT64_MAX);
  EXPECT_EQ((*memory)->Grow(0), 3u);
  EXPECT_EQ((*memory)->base(), base);
  EXPECT_EQ(base[0], 1);
  EXPECT_EQ(*(*memory)->size_cell(), 3 * kPageSize);
  EXPECT_EQ((*memory)->limits().min, 3u);
}

TEST(MemoryTest, A32BitMemoryStopsAtFourGigabytes) {
  const auto memory = Memory::Create({.min = 0});
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ((*memory)->Grow(65537), UINT64_MAX);
  EXPECT_EQ((*memory)->Grow(UINT64_MAX), UINT64_MAX);
  EXPECT_EQ((*memory)->Grow(65536), 0u);
  EXPECT_EQ((*memory)->size(), uint64_t{1} << 32);
}

TEST(MemoryTest, RefusesAMinimumThatDoesNotFit) {
  EXPECT_EQ(
      Memory::Create({.min = uint64_t{1} << 30, .is64 = true}).status(),
      absl::ResourceExhaustedError("a linear memory of 1073741824 pages: at "
                                   "most 16777216 are supported"));
}

TEST(MemoryTest, APosixMemoryIsAllReservation) {
  const auto memory = Memory::CreatePosix();
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ((*memory)->size(), object::kMemory64Reservation);
  EXPECT_TRUE((*memory)->is_posix());
  EXPECT_TRUE((*memory)->is_shared());
  EXPECT_EQ((*memory)->Grow(1), UINT64_MAX);
  // The host maps its pages.
  uint8_t* page = (*memory)->base() + (uint64_t{1} << 39);
  ASSERT_EQ(mprotect(page, 4096, PROT_READ | PROT_WRITE), 0);
  *page = 1;
}

TEST(MemoryTest, TheRegistryKnowsLiveReservations) {
  uint8_t* base = nullptr;
  {
    const auto memory = Memory::Create({.min = 1, .is64 = true});
    ASSERT_TRUE(memory.ok());
    base = (*memory)->base();
    const uint64_t last = object::kMemory64Reservation + object::kGuardSize +
                          object::kStrideSize - 1;
    const auto hit = FindReservation(reinterpret_cast<uintptr_t>(base + last));
    ASSERT_TRUE(hit.has_value());
    EXPECT_EQ(hit->memory, memory->get());
    EXPECT_EQ(hit->offset, last);
    EXPECT_FALSE(FindReservation(reinterpret_cast<uintptr_t>(base + last + 1)));
    const uint8_t* const first = base - object::kGuardBelow;
    const auto below = FindReservation(reinterpret_cast<uintptr_t>(first));
    ASSERT_TRUE(below.has_value());
    EXPECT_EQ(below->offset, -object::kGuardBelow);
    EXPECT_FALSE(FindReservation(reinterpret_cast<uintptr_t>(first - 1)));
  }
  EXPECT_FALSE(FindReservation(reinterpret_cast<uintptr_t>(base)));
}

}  // namespace
}  // namespace slipway::engine
