#include "runtime/wasm/validator.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "runtime/wasm/const_expr.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/subtyping.h"

namespace slipway::wasm {
namespace {

constexpr uint64_t kMaxPages32 = uint64_t{1} << 16;
constexpr uint64_t kMaxPages64 = uint64_t{1} << 48;
constexpr uint64_t kMaxElements32 = (uint64_t{1} << 32) - 1;
constexpr uint64_t kMaxElements64 = ~uint64_t{0};

#define RETURN_IF_ERROR(expression) \
  if (absl::Status status = (expression); !status.ok()) return status

// "table 3", for messages.
std::string Item(std::string_view what, size_t index) {
  return std::string(what) + " " + std::to_string(index);
}

// Part of the module that a message is about.
struct Owner {
  std::string name;  // "table 3"
  size_t offset;     // in the file
  absl::Status Invalid(std::string_view message) const {
    return InvalidError(offset, name + ": " + std::string(message));
  }
};

absl::Status CheckIndex(const Owner& owner, std::string_view what,
                        uint32_t index, size_t size) {
  if (index < size) return absl::OkStatus();
  return owner.Invalid("unknown " + Item(what, index));
}

absl::Status CheckValueType(const Owner& owner, ValueType type, size_t types) {
  if (TypeExists(type, types)) return absl::OkStatus();
  return owner.Invalid("unknown type " + type.ToString());
}

absl::Status CheckLimits(const Owner& owner, const Limits& limits,
                         uint64_t bound) {
  const uint64_t max = limits.max.value_or(0);
  if (limits.min > bound || max > bound) {
    return owner.Invalid("size must be at most " + std::to_string(bound) +
                         ", found " +
                         std::to_string(std::max(limits.min, max)));
  }
  if (limits.max && max < limits.min) {
    return owner.Invalid(
        "size minimum must not be greater than maximum: found " +
        std::to_string(limits.min) + " and " + std::to_string(max));
  }
  if (limits.shared && !limits.max) {
    return owner.Invalid("shared memory must have maximum");
  }
  return absl::OkStatus();
}

// A function type may refer to itself and to types before it: each is a
// recursion group of its own.
absl::Status CheckTypes(const Module& module) {
  for (size_t i = 0; i < module.types.size(); ++i) {
    for (const auto* list :
         {&module.types[i].params, &module.types[i].results}) {
      for (const ValueType& type : *list) {
        RETURN_IF_ERROR(CheckValueType(
            {Item("type", i), module.type_offsets[i]}, type, i + 1));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFunctions(const Module& module) {
  for (size_t i = 0; i < module.functions.size(); ++i) {
    if (module.functions[i] < module.types.size()) continue;
    return CheckIndex({Item("function", i), module.function_offsets[i]}, "type",
                      module.functions[i], module.types.size());
  }
  return absl::OkStatus();
}

absl::Status CheckTables(const Module& module) {
  for (size_t i = 0; i < module.tables.size(); ++i) {
    const Table& table = module.tables[i];
    const Owner owner{Item("table", i), table.offset};
    const Limits& limits = table.type.limits;
    RETURN_IF_ERROR(
        CheckValueType(owner, table.type.element, module.types.size()));
    RETURN_IF_ERROR(CheckLimits(owner, limits,
                                limits.is64 ? kMaxElements64 : kMaxElements32));
    if (table.init) {
      RETURN_IF_ERROR(ValidateConstExpr(module, *table.init, table.type.element,
                                        module.imported_globals));
    } else if (i >= module.imported_tables &&
               !IsDefaultable(table.type.element)) {
      return owner.Invalid("type mismatch: expected an initializer, because " +
                           table.type.element.ToString() + " is not nullable");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMemories(const Module& module) {
  for (uint32_t i = 0; i < module.memories.size(); ++i) {
    RETURN_IF_ERROR(ValidateMemory(module.memories[i], i));
  }
  return absl::OkStatus();
}

absl::Status CheckTags(const Module& module) {
  for (size_t i = 0; i < module.tags.size(); ++i) {
    const Owner owner{Item("tag", i), module.tags[i].offset};
    const uint32_t type = module.tags[i].type_index;
    RETURN_IF_ERROR(CheckIndex(owner, "type", type, module.types.size()));
    if (!module.types[type].results.empty()) {
      return owner.Invalid(
          "non-empty tag result type: expected no results, "
          "found type " +
          module.types[type].ToString());
    }
  }
  return absl::OkStatus();
}

// A global's initialiser may read the globals before it.
absl::Status CheckGlobals(const Module& module) {
  for (uint32_t i = 0; i < module.globals.size(); ++i) {
    const Global& global = module.globals[i];
    RETURN_IF_ERROR(CheckValueType({Item("global", i), global.offset},
                                   global.type.value, module.types.size()));
    if (!global.init) continue;
    RETURN_IF_ERROR(
        ValidateConstExpr(module, *global.init, global.type.value, i));
  }
  return absl::OkStatus();
}

size_t CountOf(const Module& module, ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunction:
      return module.functions.size();
    case ExternKind::kTable:
      return module.tables.size();
    case ExternKind::kMemory:
      return module.memories.size();
    case ExternKind::kGlobal:
      return module.globals.size();
    case ExternKind::kTag:
      break;
  }
  return module.tags.size();
}

absl::Status CheckExports(const Module& module) {
  std::unordered_set<std::string_view> names;
  for (const Export& entry : module.exports) {
    const bool is_new = names.insert(entry.name).second;
    if (is_new && entry.index < CountOf(module, entry.kind)) continue;
    const Owner owner{"export \"" + std::string(entry.name) + "\"",
                      entry.offset};
    if (!is_new) return owner.Invalid("duplicate export name");
    return CheckIndex(owner, ExternKindName(entry.kind), entry.index,
                      CountOf(module, entry.kind));
  }
  return absl::OkStatus();
}

absl::Status CheckStart(const Module& module) {
  if (!module.start) return absl::OkStatus();
  const Owner owner{"start function", module.start_offset};
  RETURN_IF_ERROR(
      CheckIndex(owner, "function", *module.start, module.functions.size()));
  const FuncType& type = module.function_type(*module.start);
  if (type == FuncType()) return absl::OkStatus();
  return owner.Invalid("expected type () -> (), found " + type.ToString());
}

absl::Status CheckElementSegment(const Module& module, const Owner& owner,
                                 const ElementSegment& segment) {
  const auto globals = static_cast<uint32_t>(module.globals.size());
  RETURN_IF_ERROR(CheckValueType(owner, segment.type, module.types.size()));
  if (segment.mode == ElementSegment::Mode::kActive) {
    RETURN_IF_ERROR(
        CheckIndex(owner, "table", segment.table, module.tables.size()));
    const TableType& table = module.tables[segment.table].type;
    if (!Matches(module, segment.type, table.element)) {
      return owner.Invalid("type mismatch: expected " +
                           table.element.ToString() + ", found " +
                           segment.type.ToString());
    }
    RETURN_IF_ERROR(ValidateConstExpr(module, segment.offset,
                                      table.limits.address_type(), globals));
  }
  for (uint32_t function : segment.functions) {
    if (function < module.functions.size()) continue;
    return CheckIndex(owner, "function", function, module.functions.size());
  }
  for (const ConstExpr& expr : segment.expressions) {
    RETURN_IF_ERROR(ValidateConstExpr(module, expr, segment.type, globals));
  }
  return absl::OkStatus();
}

absl::Status CheckElements(const Module& module) {
  for (size_t i = 0; i < module.elements.size(); ++i) {
    const ElementSegment& segment = module.elements[i];
    RETURN_IF_ERROR(CheckElementSegment(
        module, {Item("element segment", i), segment.file_offset}, segment));
  }
  return absl::OkStatus();
}

absl::Status CheckData(const Module& module) {
  for (size_t i = 0; i < module.data.size(); ++i) {
    const DataSegment& segment = module.data[i];
    if (!segment.active) continue;
    RETURN_IF_ERROR(CheckIndex({Item("data segment", i), segment.file_offset},
                               "memory", segment.memory,
                               module.memories.size()));
    RETURN_IF_ERROR(
        ValidateConstExpr(module, segment.offset,
                          module.memories[segment.memory].limits.address_type(),
                          static_cast<uint32_t>(module.globals.size())));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateMemory(const MemoryType& memory, uint32_t index) {
  const Limits& limits = memory.limits;
  return CheckLimits({Item("memory", index), memory.offset}, limits,
                     limits.is64 ? kMaxPages64 : kMaxPages32);
}

absl::Status ValidateModule(const Module& module) {
  RETURN_IF_ERROR(CheckTypes(module));
  RETURN_IF_ERROR(CheckFunctions(module));
  RETURN_IF_ERROR(CheckMemories(module));
  RETURN_IF_ERROR(CheckTags(module));
  RETURN_IF_ERROR(CheckGlobals(module));
  RETURN_IF_ERROR(CheckTables(module));
  RETURN_IF_ERROR(CheckExports(module));
  RETURN_IF_ERROR(CheckStart(module));
  RETURN_IF_ERROR(CheckElements(module));
  return CheckData(module);
}

absl::Status ValidateFunction(const Module& module, uint32_t function) {
  FunctionReader reader(module, function);
  Instruction instruction;
  while (reader.Next(instruction)) {
  }
  return reader.status();
}

absl::Status ValidateAll(const Module& module) {
  RETURN_IF_ERROR(ValidateModule(module));
  if (module.code_omitted) return absl::OkStatus();
  FunctionReader reader(module);
  Instruction instruction;
  for (uint32_t i = module.imported_functions; i < module.functions.size();
       ++i) {
    reader.Start(i);
    while (reader.Next(instruction)) {
    }
    RETURN_IF_ERROR(reader.status());
  }
  return absl::OkStatus();
}

}  // namespace slipway::wasm
