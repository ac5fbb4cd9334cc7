// Which WebAssembly proposals a module uses, by their usual names
// ("memory64", "simd", …).

#ifndef SLIPWAY_RUNTIME_CLI_FEATURES_H_
#define SLIPWAY_RUNTIME_CLI_FEATURES_H_

#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "runtime/wasm/module.h"

namespace slipway::cli {

using FeatureSet = std::set<std::string_view>;

// Adds what `module` uses to `features`. Reads, and so validates, every
// function body. Precondition: ValidateModule(module) is OK.
absl::Status FindFeatures(const wasm::Module& module, FeatureSet& features);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_FEATURES_H_
