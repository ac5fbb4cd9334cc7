// Shared by side_modules.cc, side_module_link.cc and symbol_scope.cc.

#ifndef SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_
#define SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/host/side_modules.h"

namespace slipway::host {

// kUnbound: the program, before it is linked to the libraries that it needs.
enum class ModuleState { kLoaded, kLinking, kLinked, kUnbound };

// An instance and what it is bound to. It is a module's; when that is unloaded
// it waits for one that it fits.
struct SideModules::Body {
  engine::Instance* instance = nullptr;
  std::unique_ptr<engine::Instance> reserved;  // until it is instantiated
  // A function for each import of one from "env"; for other imports from
  // there the instance that has it.
  std::vector<const void*> bindings;
  object::Value* memory_base = nullptr;
  uint64_t table_base = 0;
  std::vector<OffsetCell> cells;  // in the order of the imports
};

struct SideModules::Module {
  const engine::CodeObject* code = nullptr;
  ModuleState state = ModuleState::kLoaded;
  // Once it is linked:
  engine::Instance* instance = nullptr;
  std::unique_ptr<Body> body = nullptr;  // not the program's
  uint64_t memory_base = 0;
  uint64_t map_begin = 0;  // of the mapping that holds the data
  uint64_t map_size = 0;
  // Filled by the first IndexExports.
  std::unordered_map<std::string_view, const wasm::Export*> exports = {};

  const wasm::Module& module() const { return code->module(); }
  // Precondition: IndexExports was called.
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
  // Preconditions: it has an instance, and exports a global of that name.
  uint64_t AddressOf(engine::Thread& thread, std::string_view name) const {
    return memory_base +
           static_cast<uint64_t>(instance->FindGlobal(thread, name)->i64);
  }
  // All but what wasm-ld exports about thread-local storage, no symbols, and
  // functions that it only passes on. Most programs never need it.
  // Precondition: the lock is held.
  void IndexExports() {
    if (!exports.empty()) return;
    for (const wasm::Export& entry : module().exports) {
      if (entry.name.starts_with("__tls_")) continue;
      if (entry.kind == wasm::ExternKind::kFunction &&
          entry.index < module().imported_functions) {
        continue;
      }
      exports.emplace(entry.name, &entry);
    }
  }
};

// What every module gets from "env" whatever its scope.
inline bool IsEnvironment(std::string_view name) {
  return name == "memory" || name == "__indirect_function_table" ||
         name == "__stack_pointer" || name == "__memory_base" ||
         name == "__table_base";
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_SIDE_MODULES_INTERNAL_H_
