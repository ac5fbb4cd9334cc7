// Appends the binary format's primitives (core specification, section 5.2) to
// a string.

#ifndef SLIPWAY_RUNTIME_WASM_BYTE_WRITER_H_
#define SLIPWAY_RUNTIME_WASM_BYTE_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::wasm {

// LEB128, in its shortest form. It does not depend on the width of the type.
void AppendUnsigned(std::string& to, uint64_t value);
void AppendSigned(std::string& to, int64_t value);
// A length, then the bytes.
void AppendSized(std::string& to, std::string_view bytes);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_BYTE_WRITER_H_
