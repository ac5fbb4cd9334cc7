// The binary format to a Module (core specification, section 5.5): the module
// structure, all sections but the function bodies, and the custom sections
// "name" and "dylink.0". Bodies are decoded by FunctionReader. Types are read,
// not checked: ask ValidateModule (validator.h).
//
//   absl::StatusOr<Module> module = DecodeModule(bytes);
//   if (!module.ok()) return Annotate(path, module.status());
//
// Errors are those of error.h and malformed. Thread-safe.

#ifndef SLIPWAY_RUNTIME_WASM_DECODER_H_
#define SLIPWAY_RUNTIME_WASM_DECODER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

struct DecodeOptions {
  // The bytes come from StripCode: defined functions have no bodies, and the
  // Module says code_omitted.
  bool code_omitted = false;
};

// Whether a file of this many bytes can be a module at all, to ask before
// reading it; DecodeModule asks as well. The error says what the bound is.
absl::Status CheckModuleSize(uint64_t bytes);

// The Module points into `bytes`, which must outlive it.
absl::StatusOr<Module> DecodeModule(Bytes bytes, DecodeOptions options = {});

// The same bytes without the code section and the custom sections that describe
// it to debuggers (.debug_*). Precondition: DecodeModule accepts them.
std::string StripCode(Bytes bytes);

// The bytes of a string, to decode it; they must outlive the result's use.
inline Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_DECODER_H_
