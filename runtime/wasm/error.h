// Errors of decoding and validation: absl::StatusCode::kInvalidArgument with
// the message "offset 0x1a3: what is wrong". The specification divides bad
// modules into malformed ones (no parse) and invalid ones (no types), and so
// do we: a malformed module's status carries a payload that IsMalformed finds.

#ifndef SLIPWAY_RUNTIME_WASM_ERROR_H_
#define SLIPWAY_RUNTIME_WASM_ERROR_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace slipway::wasm {

// `offset`: bytes from the start of the file.
absl::Status MalformedError(size_t offset, std::string_view message);
absl::Status InvalidError(size_t offset, std::string_view message);
// Invalid, with nothing better to point at than the module.
absl::Status InvalidError(std::string_view message);

// Whether a failed status came from MalformedError.
bool IsMalformed(const absl::Status& status);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_ERROR_H_
