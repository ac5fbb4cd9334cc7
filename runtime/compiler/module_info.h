// What every partition needs to know about the module being compiled,
// computed once. Immutable; shared between compiling threads.

#ifndef SLIPWAY_RUNTIME_COMPILER_MODULE_INFO_H_
#define SLIPWAY_RUNTIME_COMPILER_MODULE_INFO_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/compiler/source_map.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/module.h"

namespace slipway::compiler {

struct ModuleInfo {
  explicit ModuleInfo(const wasm::Module& module);

  const wasm::Module& module;
  const object::ContextLayout layout;
  std::vector<uint32_t> type_hashes;               // per type index
  const std::unique_ptr<const SourceMap> sources;  // null: nothing is known
  // Indirect calls by another type are made (object_format.h).
  const bool adapts_calls;

  // The ELF symbol of a defined function: its name in the name section, then
  // ".<n>" for the n-th function of that name, from 0. The suffix makes it
  // unique and keeps a guest's memcpy from being taken for the C library's, and
  // it stays when functions of other names come and go.
  std::string Symbol(uint32_t function) const;
  std::string EntryThunkSymbol(uint32_t type_index) const;
  std::string HostThunkSymbol(uint32_t type_index) const;

 private:
  std::vector<uint32_t> ordinals_;  // of each function, for Symbol
};

// Symbols of the object itself; see object_format.h.
inline constexpr char kObjectSymbol[] = "slipway_object";
inline constexpr char kRuntimeSymbol[] = "slipway_runtime";
inline constexpr char kPersonalitySymbol[] = "slipway_personality";
// All code goes to this section; its name makes the linker define
// __start_slipway_text and __stop_slipway_text.
inline constexpr char kTextSection[] = "slipway_text";

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_MODULE_INFO_H_
