// Module files to code that the engine can instantiate: the product's decoder,
// validator and compiler in this process, and the engine's loader.
// Thread-safe.

#ifndef SLIPWAY_TESTS_SPEC_MODULE_LOADER_H_
#define SLIPWAY_TESTS_SPEC_MODULE_LOADER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/compiler/options.h"
#include "runtime/engine/code_object.h"

namespace slipway::spec {

class ModuleLoader {
 public:
  // Object files are made in `scratch` and deleted when loaded.
  ModuleLoader(compiler::Options options, std::string scratch);

  // Decodes and validates. Statuses are those of runtime/wasm/error.h, or
  // kNotFound when the file cannot be read.
  absl::Status Validate(const std::string& path) const;
  absl::StatusOr<const engine::CodeObject*> Load(const std::string& path);

 private:
  const compiler::Options options_;
  const std::string scratch_;
};

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_MODULE_LOADER_H_
