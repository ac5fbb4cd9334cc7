// One import of GOT.mem or GOT.func (tool-conventions, DynamicLinking.md): a
// cell that holds the address of a data symbol or the slot of a function.

#ifndef SLIPWAY_RUNTIME_HOST_OFFSET_CELL_H_
#define SLIPWAY_RUNTIME_HOST_OFFSET_CELL_H_

#include "runtime/object/object_format.h"
#include "runtime/wasm/module.h"

namespace slipway::host {

struct OffsetCell {
  const wasm::Import* import = nullptr;  // the module's
  object::Value* value = nullptr;        // the store's

  bool is_function() const { return import->module == "GOT.func"; }
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_OFFSET_CELL_H_
