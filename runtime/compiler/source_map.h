// Where in the source the code of a module comes from, as its DWARF sections
// say (.debug_info, .debug_line, …; WebAssembly's addresses in DWARF are
// offsets from the start of the contents of the code section).
//
//   std::unique_ptr<const SourceMap> map = SourceMap::Read(module);
//   if (map != nullptr) line = map->RowAt(instruction.offset)->line;
//
// DWARF is the guest's: what is malformed in it, or points nowhere, is left
// out, and nothing of it is an error. Variables and types are not read.
// Immutable, so any number of threads may use one.

#ifndef SLIPWAY_RUNTIME_COMPILER_SOURCE_MAP_H_
#define SLIPWAY_RUNTIME_COMPILER_SOURCE_MAP_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/wasm/module.h"

namespace slipway::compiler {

class SourceMap {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // What the source's compiler compiled at once.
  struct CompileUnit {
    std::string name;       // of the main source file
    std::string directory;  // that relative names are relative to
    uint16_t language = 0;  // DW_LANG_*
  };
  struct File {
    std::string path;
    uint32_t unit = 0;  // index in units()
  };
  struct Function {
    std::string name;
    std::string linkage_name;  // empty if it is the same
    uint32_t file = kNone;     // index in files()
    uint32_t line = 0;
    uint32_t unit = 0;
  };
  // A function's code, or the code of one inlined call in it.
  struct Scope {
    uint32_t function = 0;    // index in functions()
    uint32_t parent = kNone;  // index in scopes(); kNone: not inlined
    uint32_t depth = 0;       // the number of parents
    // Of the call.
    uint32_t file = kNone;
    uint32_t line = 0;
    uint32_t column = 0;
  };
  // Holds from `address` on, until the next row's.
  struct Row {
    uint32_t address = 0;
    uint32_t file = kNone;
    uint32_t line = 0;  // 0: of no line
    uint16_t column = 0;
  };

  // Null when the module has no line table.
  static std::unique_ptr<const SourceMap> Read(const wasm::Module& module);

  // `offset`: in the module's file. Null, or kNone, when nothing is known.
  const Row* RowAt(size_t offset) const;
  uint32_t ScopeAt(size_t offset) const;

  const std::vector<CompileUnit>& units() const { return units_; }
  const std::vector<File>& files() const { return files_; }
  const std::vector<Function>& functions() const { return functions_; }
  const std::vector<Scope>& scopes() const { return scopes_; }

 private:
  friend class SourceMapReader;
  SourceMap() = default;

  size_t code_begin_ = 0;  // of the contents of the code section, in the file
  size_t code_size_ = 0;
  std::vector<CompileUnit> units_;
  std::vector<File> files_;
  std::vector<Function> functions_;
  std::vector<Scope> scopes_;
  std::vector<Row> rows_;  // by address
  // The innermost scope from each address on.
  std::map<uint32_t, uint32_t> scope_at_ = {{0, kNone}};
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_SOURCE_MAP_H_
