// Decodes the contents of each non-custom section (core specification,
// sections 5.5.4 to 5.5.16) into a Module. Like ByteReader's reads, these
// answer false after recording an error. The caller checks that a section is
// used up, and what sections must agree on.

#ifndef SLIPWAY_RUNTIME_WASM_SECTIONS_H_
#define SLIPWAY_RUNTIME_WASM_SECTIONS_H_

#include <cstdint>

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

enum class SectionId : uint8_t {
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElement = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
};
inline constexpr uint8_t kMaxSectionId = 13;

bool ReadTypeSection(ByteReader& reader, Module& module);
bool ReadImportSection(ByteReader& reader, Module& module);
bool ReadFunctionSection(ByteReader& reader, Module& module);
bool ReadTableSection(ByteReader& reader, Module& module);
bool ReadMemorySection(ByteReader& reader, Module& module);
bool ReadTagSection(ByteReader& reader, Module& module);
bool ReadGlobalSection(ByteReader& reader, Module& module);
bool ReadExportSection(ByteReader& reader, Module& module);
bool ReadStartSection(ByteReader& reader, Module& module);
bool ReadDataCountSection(ByteReader& reader, Module& module);
bool ReadCodeSection(ByteReader& reader, Module& module);

// segments.cc
bool ReadElementSection(ByteReader& reader, Module& module);
bool ReadDataSection(ByteReader& reader, Module& module);

// Reads a constant expression through its `end`, and notes the functions that
// its ref.func name as referenced.
bool ReadConstExpr(ByteReader& reader, Module& module, ConstExpr& expr);
// Notes a function as referenced; unknown functions are ignored.
void MarkReferenced(Module& module, uint32_t function);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_SECTIONS_H_
