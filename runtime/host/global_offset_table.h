// GOT.mem and GOT.func imports of a dynamic module (tool-conventions,
// DynamicLinking.md): cells that hold the address of a data symbol or the
// table index of a function. A main program resolves them from its own exports,
// after it is instantiated and before it is relocated.

#ifndef SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_
#define SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/store.h"
#include "runtime/engine/table.h"
#include "runtime/engine/thread.h"
#include "runtime/wasm/module.h"

namespace slipway::host {

class GlobalOffsetTable {
 public:
  // Defines every GOT import of the module as a cell of zero.
  void Define(engine::Store& store, engine::Linker& linker,
              const wasm::Module& module);

  // Fills the cells. Functions get a slot of `table` from `next_slot` on.
  // kInvalidArgument naming the symbols that the module does not export.
  absl::Status Resolve(const engine::Instance& instance,
                       engine::Thread& thread, uint64_t memory_base,
                       engine::Table& table, uint64_t next_slot);

  // How many slots Resolve may take.
  uint64_t function_count() const { return functions_.size(); }

 private:
  struct Cell {
    std::string symbol;
    object::Value* value;
  };
  std::vector<Cell> data_;
  std::vector<Cell> functions_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_
