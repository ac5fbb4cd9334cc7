// GOT.mem and GOT.func imports of a dynamic module (tool-conventions,
// DynamicLinking.md): cells that hold the address of a data symbol or the
// table index of a function. A main program resolves them from its own exports,
// after it is instantiated and before it is relocated.

#ifndef SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_
#define SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_

#include <cstdint>
#include <vector>

#include "runtime/engine/instance.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/store.h"
#include "runtime/engine/table.h"
#include "runtime/engine/thread.h"
#include "runtime/host/offset_cell.h"
#include "runtime/wasm/module.h"

namespace slipway::host {

class GlobalOffsetTable {
 public:
  // Defines every GOT import of the module as a cell of zero.
  void Define(engine::Store& store, engine::Linker& linker,
              const wasm::Module& module);

  // Fills the cells. Functions get a slot of `table` from `next_slot` on. Those
  // of symbols that the module does not export are left.
  void Resolve(const engine::Instance& instance, engine::Thread& thread,
               uint64_t memory_base, engine::Table& table, uint64_t next_slot);

  // After Resolve.
  const std::vector<OffsetCell>& left() const { return left_; }

  // How many slots Resolve may take.
  uint64_t function_count() const { return function_count_; }

 private:
  std::vector<OffsetCell> cells_;
  std::vector<OffsetCell> left_;
  uint64_t function_count_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_GLOBAL_OFFSET_TABLE_H_
