#include "runtime/host/global_offset_table.h"

namespace slipway::host {

void GlobalOffsetTable::Define(engine::Store& store, engine::Linker& linker,
                               const wasm::Module& module) {
  const wasm::GlobalType type{.value = wasm::ValueType::kI64,
                              .is_mutable = true};
  for (const wasm::Import& import : module.imports) {
    if (import.module != "GOT.mem" && import.module != "GOT.func") continue;
    const engine::GlobalExtern cell = store.AddSharedGlobal(type, {});
    linker.Define(import.module, import.name, cell);
    cells_.push_back({&import, cell.cell});
    if (cells_.back().is_function()) ++function_count_;
  }
}

void GlobalOffsetTable::Resolve(const engine::Instance& instance,
                                engine::Thread& thread, uint64_t memory_base,
                                engine::Table& table, uint64_t next_slot) {
  for (const OffsetCell& cell : cells_) {
    const std::string_view symbol = cell.import->name;
    const object::FuncRef* const function =
        cell.is_function() ? instance.FindFunction(symbol) : nullptr;
    const object::Value* const offset =
        cell.is_function() ? nullptr : instance.FindGlobal(thread, symbol);
    if (function != nullptr) {
      table.Set(next_slot, const_cast<object::FuncRef*>(function));
      cell.value->i64 = static_cast<int64_t>(next_slot++);
    } else if (offset != nullptr) {
      cell.value->i64 = offset->i64 + static_cast<int64_t>(memory_base);
    } else {
      left_.push_back(cell);
    }
  }
}

}  // namespace slipway::host
