// Stand-ins for functions that nothing defines (yet): calling one is a trap.
// One for each type.
// Not thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_UNDEFINED_FUNCTIONS_H_
#define SLIPWAY_RUNTIME_HOST_UNDEFINED_FUNCTIONS_H_

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/extern.h"
#include "runtime/engine/store.h"
#include "runtime/wasm/types.h"

namespace slipway::host {

class UndefinedFunctions {
 public:
  // kResourceExhausted, and kInvalidArgument for a type with several results.
  absl::StatusOr<engine::HostFunctionDefinition*> Of(
      engine::Store& store, const wasm::FuncType& type);

 private:
  std::vector<std::pair<wasm::FuncType, engine::HostFunctionDefinition*>>
      functions_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_UNDEFINED_FUNCTIONS_H_
