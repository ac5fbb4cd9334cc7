// A source file of LLVM's language that calls functions by their names, for a
// link with wasm-ld's --wrap: wasm-ld imports only those undefined functions
// that some file calls, and forgets that the files do call what it has wrapped
// (it crashes).

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_CALLED_FUNCTIONS_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_CALLED_FUNCTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/wasm/types.h"

namespace slipway::toolchain {

class CalledFunctions {
 public:
  CalledFunctions() = default;
  CalledFunctions(const CalledFunctions&) = delete;
  CalledFunctions& operator=(const CalledFunctions&) = delete;
  // Removes the file.
  ~CalledFunctions();

  // False for a type that the language cannot say.
  bool Add(const std::string& name, const wasm::FuncType& type);
  // Writes the file; its path.
  absl::StatusOr<std::string> Write();

 private:
  std::string declarations_;
  std::string calls_;
  std::string path_;
};

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_CALLED_FUNCTIONS_H_
