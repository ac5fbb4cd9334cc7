// Whether an extern satisfies an import, and if not, in words: core
// specification, section 3.5 (import matching).

#ifndef SLIPWAY_RUNTIME_ENGINE_IMPORT_MATCHING_H_
#define SLIPWAY_RUNTIME_ENGINE_IMPORT_MATCHING_H_

#include "absl/status/status.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/extern.h"
#include "runtime/wasm/module.h"

namespace slipway::engine {

// kInvalidArgument: "unlinkable: import env.memory: expected …, got …".
absl::Status MatchImport(const CodeObject& code, const wasm::Import& import,
                         const Extern& actual);

// kNotFound: nothing is defined under the import's name.
absl::Status MissingImport(const CodeObject& code, const wasm::Import& import);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_IMPORT_MATCHING_H_
