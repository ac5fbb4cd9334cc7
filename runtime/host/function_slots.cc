#include "runtime/host/function_slots.h"

#include <utility>

namespace slipway::host {

FunctionSlots::FunctionSlots(std::shared_ptr<engine::Table> table)
    : table_(std::move(table)) {
  Note(0, table_->size());
}

const object::FuncRef* FunctionSlots::At(uint64_t slot) const {
  if (slot >= table_->size()) return nullptr;
  return static_cast<const object::FuncRef*>(table_->Get(slot));
}

void FunctionSlots::Note(uint64_t begin, uint64_t end) {
  for (uint64_t slot = begin; slot < end; ++slot) {
    if (const object::FuncRef* function = At(slot)) {
      slots_.try_emplace(function, slot);
    }
  }
}

uint64_t FunctionSlots::Of(const object::FuncRef* function) {
  const auto known = slots_.find(function);
  // The guest may have changed its table.
  if (known != slots_.end() && At(known->second) == function) {
    return known->second;
  }
  const uint64_t slot = Reserve(1, 1);
  if (slot == 0) return 0;
  table_->Set(slot, const_cast<object::FuncRef*>(function));
  slots_[function] = slot;
  return slot;
}

uint64_t FunctionSlots::Reserve(uint64_t count, uint64_t alignment) {
  // Growing is atomic, but the end may move before it: ask for enough.
  if (count > engine::Table::kMaxElements) return 0;
  const uint64_t begin = table_->Grow(count + alignment - 1, nullptr);
  if (begin == UINT64_MAX) return 0;
  return (begin + alignment - 1) & ~(alignment - 1);
}

void FunctionSlots::Clear(uint32_t instance) {
  for (auto at = slots_.begin(); at != slots_.end();) {
    if (at->first->instance != instance) {
      ++at;
      continue;
    }
    if (At(at->second) == at->first) table_->Set(at->second, nullptr);
    at = slots_.erase(at);
  }
}

}  // namespace slipway::host
