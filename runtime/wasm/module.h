// A decoded module: what the binary format says, section by section, with
// nothing resolved. A Module borrows the bytes it was decoded from (names,
// bodies, segments, custom sections are views into them), so the bytes must
// outlive it. Immutable after decoding; safe to read from several threads.
// Source: core specification, sections 2.5 and 5.5.

#ifndef SLIPWAY_RUNTIME_WASM_MODULE_H_
#define SLIPWAY_RUNTIME_WASM_MODULE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/wasm/types.h"

namespace slipway::wasm {

using Bytes = std::span<const uint8_t>;

enum class ExternKind : uint8_t {
  kFunction = 0,
  kTable = 1,
  kMemory = 2,
  kGlobal = 3,
  kTag = 4,
};
// "function", "table", …
std::string_view ExternKindName(ExternKind kind);

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind = ExternKind::kFunction;
  // The index in its own index space (imports come first in each).
  uint32_t index = 0;
};

struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::kFunction;
  uint32_t index = 0;
  size_t offset = 0;  // in the file
};

// A constant expression: the bytes from its first opcode through its `end`.
// Evaluate it with runtime/engine/const_expr.h.
struct ConstExpr {
  Bytes bytes;
  size_t offset = 0;  // of bytes[0] in the file
};

struct Table {
  TableType type;
  std::optional<ConstExpr> init;  // defined tables with an initialiser only
  size_t offset = 0;              // in the file
};

struct Global {
  GlobalType type;
  std::optional<ConstExpr> init;  // absent for imports
  size_t offset = 0;              // in the file
};

struct ElementSegment {
  enum class Mode : uint8_t { kActive, kPassive, kDeclarative };
  Mode mode = Mode::kPassive;
  uint32_t table = 0;  // kActive
  ConstExpr offset;    // kActive
  ValueType type = ValueType::FuncRef();
  // Exactly one of the two is used.
  std::vector<uint32_t> functions;
  std::vector<ConstExpr> expressions;
  size_t file_offset = 0;
  size_t size() const {
    return functions.empty() ? expressions.size() : functions.size();
  }
};

struct DataSegment {
  bool active = false;
  uint32_t memory = 0;  // active
  ConstExpr offset;     // active
  Bytes bytes;
  size_t file_offset = 0;
};

// A defined function's code entry: local declarations, then instructions.
struct FunctionBody {
  Bytes bytes;
  size_t offset = 0;  // of bytes[0] in the file
};

struct CustomSection {
  std::string_view name;
  Bytes bytes;  // after the name
  size_t offset = 0;
};

// What the producer knows about a br_if or if (branch hinting proposal).
struct BranchHint {
  size_t offset = 0;  // of the instruction in the file
  bool taken = false;
};

// The dylink.0 custom section (tool-conventions DynamicLinking.md).
struct Dylink {
  uint64_t memory_size = 0;       // bytes
  uint32_t memory_alignment = 0;  // log2 bytes
  uint64_t table_size = 0;        // elements
  uint32_t table_alignment = 0;   // log2 elements
  std::vector<std::string_view> needed;
  std::vector<std::string_view> runtime_path;  // where to look for `needed`
  // Flags of symbols that have any, as in linking metadata.
  static constexpr uint32_t kWeak = 1;
  static constexpr uint32_t kThreadLocal = 0x100;
  std::map<std::string_view, uint32_t> export_flags;
  // By (module, name).
  std::map<std::pair<std::string_view, std::string_view>, uint32_t>
      import_flags;
};

struct Module {
  Bytes bytes;  // the whole file

  std::vector<FuncType> types;
  std::vector<Import> imports;
  std::vector<Export> exports;

  // Each index space: imports first, then definitions.
  std::vector<uint32_t> functions;  // type index of each
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<TagType> tags;
  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;

  // Of each type, and of each function's type index, in the file.
  std::vector<size_t> type_offsets;
  std::vector<size_t> function_offsets;

  std::optional<uint32_t> start;
  size_t start_offset = 0;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::optional<uint32_t> data_count;
  std::vector<FunctionBody> bodies;  // defined functions, in order
  // True when the code section was left out (the copy of the module that an
  // object file carries); `bodies` is then empty.
  bool code_omitted = false;

  std::vector<CustomSection> custom;
  std::optional<Dylink> dylink;
  // From the name section, like the following: of the module, or empty.
  std::string_view name;
  // Indexed by function, empty when it has no name.
  std::vector<std::string_view> function_names;

  // The features that the producer says it used ("bulk-memory", …), from the
  // target_features section.
  std::vector<std::string_view> target_features;

  // From the metadata.code.branch_hint section, by ascending offset.
  std::vector<BranchHint> branch_hints;

  // Per type index: the lowest index of a type identical to it (types are
  // compared structurally, section 3.1.2).
  std::vector<uint32_t> canonical_types;
  // Per function: whether ref.func may name it inside a body, because it
  // occurs in an export, segment or initialiser.
  std::vector<bool> referenced_functions;

  const FuncType& function_type(uint32_t function) const {
    return types[functions[function]];
  }
  // Null when there is no such export.
  const Export* FindExport(std::string_view name, ExternKind kind) const;
  // Null when there is none for the instruction at this offset in the file.
  const BranchHint* FindBranchHint(size_t offset) const;
  // The name section's name, else the export's, else "func[N]".
  std::string FunctionName(uint32_t function) const;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_MODULE_H_
