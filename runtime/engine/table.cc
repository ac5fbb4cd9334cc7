#include "runtime/engine/table.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/reservation.h"

namespace slipway::engine {
namespace {

constinit std::mutex growth_mutex;  // one for all tables, which fork can hold

std::set<const Table*> exception_tables;  // guarded by growth_mutex

bool HoldsExceptions(const LinkType& element) {
  return !element.concrete && (element.heap == wasm::HeapType::kExn ||
                               element.heap == wasm::HeapType::kNoExn);
}

uint64_t BytesFor(uint64_t elements) {
  constexpr uint64_t kPage = 4096;
  const uint64_t bytes = elements * sizeof(void*);
  return std::max(kPage, (bytes + kPage - 1) & ~(kPage - 1));
}

}  // namespace

Table::Table(const LinkType& element, const wasm::Limits& limits, void** base,
             uint64_t capacity)
    : element_(element),
      holds_exceptions_(HoldsExceptions(element)),
      limits_(limits),
      base_(base),
      capacity_(capacity) {
  if (!holds_exceptions_) return;
  std::lock_guard lock(growth_mutex);
  exception_tables.insert(this);
}

Table::~Table() {
  if (holds_exceptions_) {
    std::lock_guard lock(growth_mutex);
    exception_tables.erase(this);
  }
  ReleaseAddressSpace(reinterpret_cast<uint8_t*>(base_), BytesFor(capacity_));
}

absl::StatusOr<std::shared_ptr<Table>> Table::Create(const LinkType& element,
                                                     const wasm::Limits& limits,
                                                     void* initial) {
  const uint64_t capacity =
      std::min(kMaxElements, limits.max.value_or(kMaxElements));
  if (limits.min > capacity) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a table of ", limits.min, " elements: at most ", capacity,
                     " are supported"));
  }
  uint8_t* base = MapLazily(BytesFor(capacity));
  if (base == nullptr) {
    return absl::ResourceExhaustedError(
        "cannot reserve address space for a table");
  }
  std::shared_ptr<Table> table(
      new Table(element, limits, reinterpret_cast<void**>(base), capacity));
  table->Grow(limits.min, initial);
  return table;
}

void Table::Share(void* exception) {
  ShareException(static_cast<object::Exception*>(exception));
}

void VisitExceptionTables(absl::FunctionRef<void(const Table&)> visit) {
  std::lock_guard lock(growth_mutex);
  for (const Table* table : exception_tables) visit(*table);
}

wasm::Limits Table::limits() const {
  wasm::Limits limits = limits_;
  limits.min = size();
  return limits;
}

uint64_t Table::Grow(uint64_t count, void* value) {
  std::lock_guard lock(growth_mutex);
  const uint64_t old_size = size();
  if (count > capacity_ - old_size) return UINT64_MAX;
  // New pages are zero, which is null.
  if (value != nullptr) {
    for (uint64_t i = 0; i < count; ++i) Set(old_size + i, value);
  }
  size_.store(old_size + count, std::memory_order_release);
  return old_size;
}

void LockTablesForFork() { growth_mutex.lock(); }
void UnlockTablesAfterFork() { growth_mutex.unlock(); }

}  // namespace slipway::engine
