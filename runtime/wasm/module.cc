#include "runtime/wasm/module.h"

#include <algorithm>

namespace slipway::wasm {

std::string_view ExternKindName(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunction:
      return "function";
    case ExternKind::kTable:
      return "table";
    case ExternKind::kMemory:
      return "memory";
    case ExternKind::kGlobal:
      return "global";
    case ExternKind::kTag:
      break;
  }
  return "tag";
}

const Export* Module::FindExport(std::string_view name, ExternKind kind) const {
  for (const Export& entry : exports) {
    if (entry.kind == kind && entry.name == name) return &entry;
  }
  return nullptr;
}

const BranchHint* Module::FindBranchHint(size_t offset) const {
  const auto found =
      std::lower_bound(branch_hints.begin(), branch_hints.end(), offset,
                       [](const BranchHint& hint, size_t wanted) {
                         return hint.offset < wanted;
                       });
  return found != branch_hints.end() && found->offset == offset ? &*found
                                                                : nullptr;
}

std::string Module::FunctionName(uint32_t function) const {
  if (function < function_names.size() && !function_names[function].empty()) {
    return std::string(function_names[function]);
  }
  for (const Export& entry : exports) {
    if (entry.kind == ExternKind::kFunction && entry.index == function) {
      return std::string(entry.name);
    }
  }
  return "func[" + std::to_string(function) + "]";
}

}  // namespace slipway::wasm
