// Shared by side_modules.cc and side_module_link.cc.

#ifndef SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_
#define SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "runtime/host/side_modules.h"

namespace slipway::host {

enum class ModuleState { kLoaded, kLinking, kLinked, kUnloaded };

struct SideModules::Module {
  const engine::CodeObject* code = nullptr;
  ModuleState state = ModuleState::kLoaded;
  // Once linked:
  engine::Instance* instance = nullptr;
  uint64_t memory_base = 0;
  uint64_t map_begin = 0;  // of the mapping that holds the data
  uint64_t map_size = 0;
  std::unordered_map<std::string_view, const wasm::Export*> exports{};

  const wasm::Module& module() const { return code->module(); }
  const wasm::Export* Find(std::string_view name, wasm::ExternKind kind) const {
    const auto found = exports.find(name);
    if (found == exports.end() || found->second->kind != kind) return nullptr;
    return found->second;
  }
  bool IsThreadLocal(std::string_view name) const {
    const auto flags = module().dylink->export_flags.find(name);
    return flags != module().dylink->export_flags.end() &&
           (flags->second & wasm::Dylink::kThreadLocal) != 0;
  }
  // Preconditions: linked, and exports a global of that name.
  uint64_t AddressOf(engine::Thread& thread, std::string_view name) const {
    return memory_base +
           static_cast<uint64_t>(instance->FindGlobal(thread, name)->i64);
  }
  // All but what wasm-ld exports about thread-local storage: no symbols.
  void IndexExports() {
    for (const wasm::Export& entry : module().exports) {
      if (!entry.name.starts_with("__tls_"))
        exports.emplace(entry.name, &entry);
    }
  }
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_
