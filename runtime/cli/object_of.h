// From a module file to its compiled object.

#ifndef SLIPWAY_RUNTIME_CLI_OBJECT_OF_H_
#define SLIPWAY_RUNTIME_CLI_OBJECT_OF_H_

#include <string>

#include "absl/status/statusor.h"
#include "runtime/cache/compile_service.h"

namespace slipway::cli {

// The object's path in the cache, compiled first if need be. Errors as
// ReadModuleFile and cache::FindOrCompile.
absl::StatusOr<std::string> ObjectOf(const std::string& module_path,
                                     const cache::CompileOptions& options);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_OBJECT_OF_H_
