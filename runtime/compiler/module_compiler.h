// A wasm module into an object file, end to end.
//
//   Options options;
//   absl::Status status = CompileModule(bytes, options, "out.so");
//
// The functions are compiled in partitions, each with an LLVM context of its
// own, on several threads. The result is the same byte for byte for equal
// modules and options, whatever the number of threads.

#ifndef SLIPWAY_RUNTIME_COMPILER_MODULE_COMPILER_H_
#define SLIPWAY_RUNTIME_COMPILER_MODULE_COMPILER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/compiler/options.h"
#include "runtime/compiler/unit_store.h"
#include "runtime/wasm/module.h"

namespace slipway::compiler {

// Decodes, validates and compiles; writes `output`. InvalidArgument for a bad
// module ("offset 0x1a3: …") or option.
absl::Status CompileModule(wasm::Bytes bytes, const Options& options,
                           const std::string& output);

// The same up to the linker: relocatable objects, in link order. `units`, if
// not null: partitions that are known already, and afterwards this module's.
// The result is the same with and without.
struct CompiledObjects {
  std::vector<std::string> objects;
  size_t reused = 0;  // of them, from `units`
};
absl::StatusOr<CompiledObjects> CompileToObjects(wasm::Bytes bytes,
                                                 const Options& options,
                                                 UnitStore* units);
absl::StatusOr<std::vector<std::string>> CompileToObjects(
    wasm::Bytes bytes, const Options& options);

// One function as code is generated from it and as it is generated: for tests
// of its shape, and for reading (slipway-compiler --emit-ir).
struct FunctionListing {
  std::string ir;        // LLVM's, optimised
  std::string assembly;  // with all directives
};
absl::StatusOr<FunctionListing> ListFunction(wasm::Bytes bytes,
                                             const Options& options,
                                             uint32_t function);
// The first half alone.
absl::StatusOr<std::string> FunctionIr(wasm::Bytes bytes,
                                       const Options& options,
                                       uint32_t function);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_MODULE_COMPILER_H_
