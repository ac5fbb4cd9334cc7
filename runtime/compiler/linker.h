// The last step: relocatable objects into one shared object, by ld.lld.

#ifndef SLIPWAY_RUNTIME_COMPILER_LINKER_H_
#define SLIPWAY_RUNTIME_COMPILER_LINKER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace slipway::compiler {

// The linker to use: `requested` when not empty, else the first of ld.lld-22,
// ld.lld on PATH and LLVM 22's own directory. NotFound says what to install.
absl::StatusOr<std::string> FindLinker(const std::string& requested);

// Links the objects, given as their contents, into `output`. The output
// depends on nothing but the contents and their order. Intermediate files live
// in a fresh directory under $TMPDIR and are removed.
absl::Status Link(const std::string& linker,
                  const std::vector<std::string>& objects,
                  const std::string& output);

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_LINKER_H_
