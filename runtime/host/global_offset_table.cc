#include "runtime/host/global_offset_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace slipway::host {

void GlobalOffsetTable::Define(engine::Store& store, engine::Linker& linker,
                               const wasm::Module& module) {
  const wasm::GlobalType type{.value = wasm::ValueType::kI64,
                              .is_mutable = true};
  for (const wasm::Import& import : module.imports) {
    const bool data = import.module == "GOT.mem";
    if (!data && import.module != "GOT.func") continue;
    const engine::GlobalExtern cell = store.AddSharedGlobal(type, {});
    linker.Define(import.module, import.name, cell);
    (data ? data_ : functions_)
        .push_back({std::string(import.name), cell.cell});
  }
}

absl::Status GlobalOffsetTable::Resolve(const engine::Instance& instance,
                                        engine::Thread& thread,
                                        uint64_t memory_base,
                                        engine::Table& table,
                                        uint64_t next_slot) {
  std::vector<std::string> missing;
  for (const Cell& cell : data_) {
    const object::Value* offset = instance.FindGlobal(thread, cell.symbol);
    if (offset == nullptr) {
      missing.push_back(cell.symbol);
      continue;
    }
    cell.value->i64 = offset->i64 + static_cast<int64_t>(memory_base);
  }
  for (const Cell& cell : functions_) {
    const object::FuncRef* function = instance.FindFunction(cell.symbol);
    if (function == nullptr) {
      missing.push_back(cell.symbol);
      continue;
    }
    table.Set(next_slot, const_cast<object::FuncRef*>(function));
    cell.value->i64 = static_cast<int64_t>(next_slot++);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "undefined symbols: ", absl::StrJoin(missing, ", ")));
}

}  // namespace slipway::host
