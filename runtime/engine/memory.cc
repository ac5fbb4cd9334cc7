#include "runtime/engine/memory.h"

#include <mutex>

#include "absl/strings/str_cat.h"
#include "runtime/engine/address_registry.h"
#include "runtime/engine/reservation.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {
namespace {

using wasm::kPageSize;

constexpr uint64_t kGuardBelow = object::kGuardBelow;
constexpr uint64_t kGuards =
    kGuardBelow + object::kGuardSize + object::kStrideSize;

// Growth is rare: one lock for all memories, which fork can hold.
constinit std::mutex growth_mutex;

uint64_t ReservationFor(const wasm::Limits& limits) {
  return limits.is64 ? object::kMemory64Reservation
                     : object::kMemory32Reservation;
}

// The most pages a memory may ever have.
uint64_t MaxPages(const wasm::Limits& limits, uint64_t reservation) {
  const uint64_t fits = reservation / kPageSize;
  return limits.max && *limits.max < fits ? *limits.max : fits;
}

}  // namespace

Memory::Memory(const wasm::Limits& limits, bool posix, uint8_t* base,
               uint64_t reservation)
    : limits_(limits), posix_(posix), base_(base), reservation_(reservation) {}

Memory::~Memory() {
  UnregisterReservation(base_ - kGuardBelow);
  ReleaseAddressSpace(base_ - kGuardBelow, reservation_ + kGuards);
}

absl::StatusOr<std::shared_ptr<Memory>> Memory::Make(const wasm::Limits& limits,
                                                     bool posix) {
  const uint64_t reservation = ReservationFor(limits);
  const auto begin =
      ReserveAddressSpace(reservation + kGuards, "a linear memory");
  if (!begin.ok()) return begin.status();
  std::shared_ptr<Memory> memory(
      new Memory(limits, posix, *begin + kGuardBelow, reservation));
  if (!RegisterReservation(*begin, reservation + kGuards, memory.get())) {
    return absl::ResourceExhaustedError("too many linear memories");
  }
  return memory;
}

absl::StatusOr<std::shared_ptr<Memory>> Memory::Create(
    const wasm::Limits& limits) {
  if (limits.min > ReservationFor(limits) / kPageSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a linear memory of ", limits.min, " pages: at most ",
                     ReservationFor(limits) / kPageSize, " are supported"));
  }
  auto memory = Make(limits, /*posix=*/false);
  if (!memory.ok()) return memory.status();
  const uint64_t bytes = limits.min * kPageSize;
  if (!MakeAccessible((*memory)->base_, bytes)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot map a linear memory of ", bytes, " bytes"));
  }
  (*memory)->size_.store(bytes, std::memory_order_relaxed);
  return memory;
}

absl::StatusOr<std::shared_ptr<Memory>> Memory::CreatePosix() {
  const uint64_t pages = object::kMemory64Reservation / kPageSize;
  auto memory = Make({.min = pages, .max = pages, .shared = true, .is64 = true},
                     /*posix=*/true);
  if (!memory.ok()) return memory.status();
  (*memory)->size_.store((*memory)->reservation_, std::memory_order_relaxed);
  return memory;
}

wasm::Limits Memory::limits() const {
  wasm::Limits limits = limits_;
  limits.min = size() / kPageSize;
  return limits;
}

uint64_t Memory::Grow(uint64_t pages) {
  if (posix_) return UINT64_MAX;
  std::lock_guard lock(growth_mutex);
  const uint64_t old_pages = size() / kPageSize;
  const uint64_t max = MaxPages(limits_, reservation_);
  if (old_pages > max || pages > max - old_pages) return UINT64_MAX;
  if (!MakeAccessible(base_ + old_pages * kPageSize, pages * kPageSize)) {
    return UINT64_MAX;
  }
  // Release: who sees the new size may touch the new pages.
  size_.store((old_pages + pages) * kPageSize, std::memory_order_release);
  return old_pages;
}

void LockMemoriesForFork() { growth_mutex.lock(); }
void UnlockMemoriesAfterFork() { growth_mutex.unlock(); }

}  // namespace slipway::engine
