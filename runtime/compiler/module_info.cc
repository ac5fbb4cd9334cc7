#include "runtime/compiler/module_info.h"

#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "runtime/object/type_hash.h"

namespace slipway::compiler {
namespace {

object::ContextLayout LayoutOf(const wasm::Module& module) {
  return object::ContextLayout(
      module.memories.size(), module.tables.size(), module.imported_functions,
      module.imported_globals, module.tags.size(), module.functions.size(),
      module.globals.size() - module.imported_globals);
}

// ELF strings end at NUL, what follows an '@' is a version to the linker, names
// that begin with a dot (.L) may be the assembler's own, and tools print
// symbols as they are.
std::string Printable(std::string name) {
  for (char& c : name) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '@') c = '_';
  }
  if (!name.empty() && name[0] == '.') name[0] = '_';
  return name;
}

}  // namespace

ModuleInfo::ModuleInfo(const wasm::Module& wasm_module)
    : module(wasm_module),
      layout(LayoutOf(wasm_module)),
      sources(SourceMap::Read(wasm_module)),
      adapts_calls(wasm_module.dylink.has_value()) {
  type_hashes.reserve(module.types.size());
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    type_hashes.push_back(object::TypeHash(module, i));
  }
  std::unordered_map<std::string, uint32_t> counts;
  ordinals_.reserve(module.functions.size());
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    ordinals_.push_back(counts[Printable(module.FunctionName(i))]++);
  }
}

std::string ModuleInfo::Symbol(uint32_t function) const {
  return absl::StrCat(Printable(module.FunctionName(function)), ".",
                      ordinals_[function]);
}

// No function's symbol ends like this.
std::string ModuleInfo::EntryThunkSymbol(uint32_t type_index) const {
  return absl::StrCat("entry_thunk_", type_index);
}

std::string ModuleInfo::HostThunkSymbol(uint32_t type_index) const {
  return absl::StrCat("host_thunk_", type_index);
}

}  // namespace slipway::compiler
