#include "runtime/engine/address_registry.h"

#include <atomic>
#include <cstddef>
#include <mutex>

#include "runtime/object/object_format.h"

namespace slipway::engine {
namespace {

// A set of disjoint address ranges with a value each. A slot is in use while
// its `begin` is not 0; `begin` is written last and cleared first.
template <size_t kCapacity>
class RangeTable {
 public:
  bool Add(uintptr_t begin, uintptr_t end, uintptr_t value) {
    std::lock_guard lock(mutex_);
    const size_t count = count_.load(std::memory_order_relaxed);
    size_t at = 0;
    while (at < count && slots_[at].begin.load(std::memory_order_relaxed)) ++at;
    if (at == kCapacity) return false;
    slots_[at].end.store(end, std::memory_order_relaxed);
    slots_[at].value.store(value, std::memory_order_relaxed);
    slots_[at].begin.store(begin, std::memory_order_release);
    if (at == count) count_.store(count + 1, std::memory_order_release);
    return true;
  }

  void Remove(uintptr_t begin) {
    std::lock_guard lock(mutex_);
    const size_t count = count_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < count; ++i) {
      if (slots_[i].begin.load(std::memory_order_relaxed) == begin) {
        slots_[i].begin.store(0, std::memory_order_release);
      }
    }
  }

  struct Hit {
    size_t slot;
    uintptr_t begin;
    uintptr_t value;
  };
  std::optional<Hit> Find(uintptr_t address) const {
    const size_t count = count_.load(std::memory_order_acquire);
    for (size_t i = 0; i < count; ++i) {
      const uintptr_t begin = slots_[i].begin.load(std::memory_order_acquire);
      if (begin == 0 || address < begin) continue;
      if (address >= slots_[i].end.load(std::memory_order_relaxed)) continue;
      return Hit{i, begin, slots_[i].value.load(std::memory_order_relaxed)};
    }
    return std::nullopt;
  }

  // The address at `offset` in the range of `slot`; 0 when there is none.
  uintptr_t At(size_t slot, uintptr_t offset) const {
    if (slot >= count_.load(std::memory_order_acquire)) return 0;
    const uintptr_t begin = slots_[slot].begin.load(std::memory_order_acquire);
    const uintptr_t end = slots_[slot].end.load(std::memory_order_relaxed);
    return begin != 0 && offset < end - begin ? begin + offset : 0;
  }

 private:
  struct Slot {
    std::atomic<uintptr_t> begin{0};
    std::atomic<uintptr_t> end{0};
    std::atomic<uintptr_t> value{0};
  };
  std::mutex mutex_;
  std::atomic<size_t> count_{0};  // slots that have ever been used
  Slot slots_[kCapacity];
};

constinit RangeTable<4096> reservations;
constinit RangeTable<16384> texts;
constinit RangeTable<64> fixups;

uintptr_t Number(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

}  // namespace

bool RegisterReservation(const uint8_t* begin, uint64_t size, Memory* memory) {
  return reservations.Add(Number(begin), Number(begin) + size, Number(memory));
}

void UnregisterReservation(const uint8_t* begin) {
  reservations.Remove(Number(begin));
}

std::optional<ReservationHit> FindReservation(uintptr_t address) {
  const auto hit = reservations.Find(address);
  if (!hit) return std::nullopt;
  return ReservationHit{reinterpret_cast<Memory*>(hit->value),
                        address - hit->begin - object::kGuardBelow};
}

bool RegisterText(uintptr_t begin, uintptr_t end, const CodeObject* object) {
  return texts.Add(begin, end, Number(object));
}

const CodeObject* FindText(uintptr_t pc) {
  const auto hit = texts.Find(pc);
  return hit ? reinterpret_cast<const CodeObject*>(hit->value) : nullptr;
}

// Positions: the slot from 1 above an offset of 40 bits.
constexpr int kOffsetBits = 40;
constexpr uint64_t kOffsetMask = (uint64_t{1} << kOffsetBits) - 1;

uint64_t TextPosition(uintptr_t pc) {
  const auto hit = texts.Find(pc);
  if (!hit) return 0;
  return (uint64_t{hit->slot} + 1) << kOffsetBits | (pc - hit->begin);
}

uintptr_t TextAt(uint64_t position) {
  const uint64_t slot = position >> kOffsetBits;
  return slot == 0 ? 0 : texts.At(slot - 1, position & kOffsetMask);
}

bool RegisterFixup(const void* begin, const void* end, const void* landing) {
  return fixups.Add(Number(begin), Number(end), Number(landing));
}

uintptr_t FindFixup(uintptr_t pc) {
  const auto hit = fixups.Find(pc);
  return hit ? hit->value : 0;
}

}  // namespace slipway::engine
