// The guest's memory as its calls find it: slots that hold paths, structs and
// arrays, hostile ones included, and places at the edge of what is mapped.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_ARENA_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_ARENA_H_

#include <cstdint>

namespace slipway::sys::fuzzing {

inline constexpr uint64_t kPage = 4096;
inline constexpr uint64_t kReservation = 64 << 20;

// Slots, in memory that the fuzzing process shares, to look at afterwards.
inline constexpr uint64_t kSlots = 0x10000;
inline constexpr uint64_t kSlotSize = 256;
inline constexpr uint64_t kSlotCount = 512;
inline constexpr uint64_t kSlotBytes = kSlotSize * kSlotCount;
// One page that cannot be written to.
inline constexpr uint64_t kReadOnlyPage = 0x80000;
// A page with nothing after it.
inline constexpr uint64_t kLastPage = 0x90000;
// A mapping of a file that is shorter.
inline constexpr uint64_t kBeyondFile = 0xa0000;
inline constexpr uint64_t kStacks = 0x100000;  // 64 KiB for each thread
inline constexpr uint64_t kStackSize = 0x10000;

constexpr uint64_t SlotAt(uint64_t index) {
  return kSlots + index % kSlotCount * kSlotSize;
}

// Fills all slots. `slots` is the host's address of kSlots.
void FillSlots(uint8_t* slots);

// The guest's paths: granted ones, ones that are not, and strange ones.
uint32_t PathCount();
const char* PathText(uint32_t index);
// Slots from kFirstPath on hold the paths.
inline constexpr uint64_t kFirstPath = 256;

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_ARENA_H_
