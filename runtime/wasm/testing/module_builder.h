// Assembles modules for tests, in any order; Build() puts the sections right.
// Every method that adds to an index space returns the index.
//
//   ModuleBuilder builder;
//   const uint32_t type = builder.Type({ValueType::kI64}, {ValueType::kI64});
//   builder.Memory({.min = 1, .max = 16, .shared = true, .is64 = true});
//   const uint32_t load = builder.Function(
//       type, Code().LocalGet(0).Op(Opcode::kI64Load));
//   builder.Export("load", ExternKind::kFunction, load);
//   std::string bytes = builder.Build();
//
// Imports must precede definitions in each index space, as they do in the
// binary format. Nothing else is checked.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_MODULE_BUILDER_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_MODULE_BUILDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/wasm/module.h"
#include "runtime/wasm/testing/code.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

class ModuleBuilder {
 public:
  uint32_t Type(std::vector<ValueType> params, std::vector<ValueType> results);

  uint32_t ImportFunction(std::string_view module, std::string_view name,
                          uint32_t type);
  uint32_t ImportTable(std::string_view module, std::string_view name,
                       const TableType& type);
  uint32_t ImportMemory(std::string_view module, std::string_view name,
                        const Limits& limits);
  uint32_t ImportGlobal(std::string_view module, std::string_view name,
                        const GlobalType& type);
  uint32_t ImportTag(std::string_view module, std::string_view name,
                     uint32_t type);

  // Appends the final `end` to the code.
  uint32_t Function(uint32_t type, const Code& code) {
    return Function(type, {}, code);
  }
  uint32_t Function(uint32_t type, std::vector<ValueType> locals,
                    const Code& code);
  uint32_t Table(const TableType& type);
  // All elements start as `init`.
  uint32_t Table(const TableType& type, const Code& init);
  uint32_t Memory(const Limits& limits);
  // Initialisers and offsets are constant expressions without their `end`.
  uint32_t Global(const GlobalType& type, const Code& init);
  uint32_t Tag(uint32_t type);

  void Export(std::string_view name, ExternKind kind, uint32_t index);
  void Start(uint32_t function) { start_ = function; }
  uint32_t Elements(uint32_t table, const Code& offset,
                    const std::vector<uint32_t>& functions);
  uint32_t PassiveElements(const std::vector<uint32_t>& functions);
  uint32_t DeclareElements(const std::vector<uint32_t>& functions);
  // The same with elements that are constant expressions of a type.
  uint32_t Elements(uint32_t table, const Code& offset, ValueType type,
                    const std::vector<Code>& elements);
  uint32_t PassiveElements(ValueType type, const std::vector<Code>& elements);
  uint32_t Data(uint32_t memory, const Code& offset, std::string_view bytes);
  uint32_t PassiveData(std::string_view bytes);
  // Goes to the end of the module; dylink.0 to its beginning.
  void Custom(std::string_view name, std::string_view bytes);
  // For the name section.
  void NameFunction(uint32_t function, std::string_view name);

  std::string Build() const;

 private:
  // The entries of a section that is a vector.
  struct Entries {
    uint32_t count = 0;
    std::string bytes;
  };

  uint32_t Import(std::string_view module, std::string_view name,
                  ExternKind kind, std::string_view type);
  uint32_t AddElements(uint8_t flags, std::string_view prefix,
                       const std::vector<uint32_t>& functions);
  uint32_t AddElements(uint8_t flags, std::string_view prefix, ValueType type,
                       const std::vector<Code>& elements);

  Entries types_;
  Entries imports_;
  Entries functions_;
  Entries tables_;
  Entries memories_;
  Entries tags_;
  Entries globals_;
  Entries exports_;
  Entries elements_;
  Entries bodies_;
  Entries data_;
  uint32_t counts_[5] = {};  // of each ExternKind, imports included
  std::optional<uint32_t> start_;
  std::vector<std::pair<std::string, std::string>> custom_;
  Entries names_;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_MODULE_BUILDER_H_
