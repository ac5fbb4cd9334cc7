// Decodes types (core specification, section 5.3). Like ByteReader's reads,
// these answer false after recording an error. Type indices are not checked.

#ifndef SLIPWAY_RUNTIME_WASM_TYPE_DECODER_H_
#define SLIPWAY_RUNTIME_WASM_TYPE_DECODER_H_

#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

bool ReadHeapType(ByteReader& reader, HeapType& type);
bool ReadValueType(ByteReader& reader, ValueType& type);
bool ReadRefType(ByteReader& reader, ValueType& type);
// A type section entry, with its leading 0x60.
bool ReadFuncType(ByteReader& reader, FuncType& type);
bool ReadTableType(ByteReader& reader, TableType& type);
bool ReadMemoryType(ByteReader& reader, MemoryType& type);
bool ReadGlobalType(ByteReader& reader, GlobalType& type);
bool ReadTagType(ByteReader& reader, TagType& type);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TYPE_DECODER_H_
