#include "runtime/engine/linker.h"

#include "runtime/engine/instance.h"

namespace slipway::engine {

void Linker::Define(std::string_view module, std::string_view name,
                    Extern value) {
  externs_.insert_or_assign(Key(module, name), std::move(value));
}

void Linker::DefineInstance(std::string_view module, const Instance& instance) {
  for (const wasm::Export& entry : instance.module().exports) {
    Define(module, entry.name, *instance.FindExport(entry.name));
  }
}

absl::Status Linker::DefineHostFunction(std::string_view module,
                                        std::string_view name,
                                        const wasm::FuncType& type,
                                        const void* handler, void* env) {
  const auto function = store_.AddHostFunction(type, handler, env);
  if (!function.ok()) return function.status();
  Define(module, name, FunctionExtern{.host = *function});
  return absl::OkStatus();
}

const Extern* Linker::Find(std::string_view module,
                           std::string_view name) const {
  const auto at = externs_.find(KeyView(module, name));
  return at == externs_.end() ? nullptr : &at->second;
}

}  // namespace slipway::engine
