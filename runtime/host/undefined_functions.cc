#include "runtime/host/undefined_functions.h"

#include <cstdint>

#include "runtime/engine/trap.h"

namespace slipway::host {

namespace {

int64_t CallUndefined(void*) {
  engine::RaiseTrap(object::TrapCode::kUninitializedElement);
}

}  // namespace

absl::StatusOr<engine::HostFunctionDefinition*> UndefinedFunctions::Of(
    engine::Store& store, const wasm::FuncType& type) {
  for (const auto& [known, function] : functions_) {
    if (known == type) return function;
  }
  const auto function = store.AddHostFunction(
      type, reinterpret_cast<const void*>(&CallUndefined), nullptr);
  if (function.ok()) functions_.emplace_back(type, *function);
  return function;
}

}  // namespace slipway::host
