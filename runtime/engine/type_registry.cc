#include "runtime/engine/type_registry.h"

#include <cstddef>
#include <mutex>

#include "absl/strings/str_cat.h"

namespace slipway::engine {
namespace {

// Open addressing with linear probing; slots only ever go from null to an
// entry, so readers need no lock.
constexpr size_t kSlots = 1 << 16;
constexpr size_t kMaxTypes = kSlots / 4 * 3;
constinit std::atomic<TypeEntry*> slots[kSlots];
constinit std::mutex mutex;  // writers
size_t type_count = 0;       // guarded by mutex

// The slot that holds `hash`, or the free one where it would go.
std::atomic<TypeEntry*>& SlotOf(uint32_t hash) {
  size_t at = hash % kSlots;
  while (true) {
    const TypeEntry* entry = slots[at].load(std::memory_order_acquire);
    if (entry == nullptr || entry->hash == hash) return slots[at];
    at = (at + 1) % kSlots;
  }
}

void Complete(TypeEntry& entry, object::EntryThunk entry_thunk,
              const void* host_thunk) {
  if (entry.entry_thunk.load() == nullptr) entry.entry_thunk.store(entry_thunk);
  if (entry.host_thunk.load() == nullptr) entry.host_thunk.store(host_thunk);
}

}  // namespace

absl::Status RegisterType(uint32_t hash, const std::string& canonical,
                          const wasm::FuncType& type,
                          object::EntryThunk entry_thunk,
                          const void* host_thunk) {
  std::lock_guard lock(mutex);
  std::atomic<TypeEntry*>& slot = SlotOf(hash);
  if (TypeEntry* known = slot.load(); known != nullptr) {
    if (known->canonical != canonical) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the function types ", known->canonical, " and ", canonical,
          " have the same hash; this module cannot be loaded beside the "
          "others"));
    }
    Complete(*known, entry_thunk, host_thunk);
    return absl::OkStatus();
  }
  if (type_count == kMaxTypes) {
    return absl::ResourceExhaustedError("too many function types");
  }
  auto* entry = new TypeEntry;  // never freed: readers take no lock
  entry->hash = hash;
  entry->canonical = canonical;
  entry->type = type;
  Complete(*entry, entry_thunk, host_thunk);
  slot.store(entry, std::memory_order_release);
  ++type_count;
  return absl::OkStatus();
}

const TypeEntry* FindType(uint32_t hash) {
  return SlotOf(hash).load(std::memory_order_acquire);
}

void LockTypesForFork() { mutex.lock(); }
void UnlockTypesAfterFork() { mutex.unlock(); }

}  // namespace slipway::engine
