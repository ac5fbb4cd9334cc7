#include "runtime/host/function_slots.h"

#include <utility>

namespace slipway::host {

FunctionSlots::FunctionSlots(std::shared_ptr<engine::Table> table,
                             uint64_t begin)
    : table_(std::move(table)) {
  Note(begin, table_->size());
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
  if (known != slots_.end()) {
    const object::FuncRef* const there = At(known->second);
    if (there == nullptr) {
      table_->Set(known->second, const_cast<object::FuncRef*>(function));
    }
    // The guest may have put another function there.
    if (there == nullptr || there == function) return known->second;
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
  for (const auto& [function, slot] : slots_) {
    if (function->instance == instance && At(slot) == function) {
      table_->Set(slot, nullptr);
    }
  }
}

}  // namespace slipway::host
