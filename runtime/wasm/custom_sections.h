// The custom sections that Slipway understands: "name" (core specification,
// appendix 7.4), "dylink.0" (tool conventions, DynamicLinking.md),
// "target_features" (tool conventions, Linking.md) and
// "metadata.code.branch_hint" (branch hinting proposal).

#ifndef SLIPWAY_RUNTIME_WASM_CUSTOM_SECTIONS_H_
#define SLIPWAY_RUNTIME_WASM_CUSTOM_SECTIONS_H_

#include "absl/status/status.h"
#include "runtime/wasm/module.h"

namespace slipway::wasm {

// Reads them from module.custom. An error only for dylink.0, without which a
// module cannot be loaded properly; bad names, features and hints are ignored,
// as the specification asks. Precondition: all other sections are decoded.
absl::Status DecodeCustomSections(Module& module);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_CUSTOM_SECTIONS_H_
