#include "runtime/engine/type_registry.h"

#include <cstddef>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"

namespace slipway::engine {
namespace {

constexpr size_t kMaxTypes = 3 << 14;
constexpr size_t kFirstSize = 1 << 9;

// Open addressing with linear probing. Slots only ever go from null to an
// entry, and a table that has become too small stays for those who read it, so
// readers need no lock.
struct TypeTable {
  explicit TypeTable(size_t size) : size(size), slots(size) {}

  // The slot that holds `hash`, or the free one where it would go.
  std::atomic<TypeEntry*>& SlotOf(uint32_t hash) {
    size_t at = hash % size;
    while (true) {
      const TypeEntry* entry = slots[at].load(std::memory_order_acquire);
      if (entry == nullptr || entry->hash == hash) return slots[at];
      at = (at + 1) % size;
    }
  }

  const size_t size;  // a power of two
  std::vector<std::atomic<TypeEntry*>> slots;
};

constinit std::atomic<TypeTable*> table = nullptr;
constinit std::mutex mutex;  // writers
size_t type_count = 0;       // guarded by mutex

// Room for one more type. Precondition: the mutex is held.
TypeTable& TableWithRoom() {
  TypeTable* const now = table.load();
  if (now != nullptr && type_count < now->size / 4 * 3) return *now;
  auto* larger = new TypeTable(now == nullptr ? kFirstSize : now->size * 2);
  if (now != nullptr) {
    for (const std::atomic<TypeEntry*>& slot : now->slots) {
      TypeEntry* const entry = slot.load();
      if (entry != nullptr) larger->SlotOf(entry->hash).store(entry);
    }
  }
  table.store(larger, std::memory_order_release);
  return *larger;
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
  std::atomic<TypeEntry*>& slot = TableWithRoom().SlotOf(hash);
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
  TypeTable* const now = table.load(std::memory_order_acquire);
  if (now == nullptr) return nullptr;
  return now->SlotOf(hash).load(std::memory_order_acquire);
}

void LockTypesForFork() { mutex.lock(); }
void UnlockTypesAfterFork() { mutex.unlock(); }

}  // namespace slipway::engine
