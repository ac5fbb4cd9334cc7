// The shared libraries that a link takes, found as the linker finds them, and
// what they say of themselves.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_SHARED_LIBRARIES_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_SHARED_LIBRARIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "toolchain/driver/command_line.h"

namespace slipway::toolchain {

struct SharedLibrary {
  std::string file;      // its name without directories: what wasm-ld records
  std::string recorded;  // what is to be recorded: its soname, or its name
  // All that it defines or wants from elsewhere.
  std::vector<std::string> symbols;
};

// Those that the command line names, then what they need, as far as it is in
// the directories that the command line names. kInvalidArgument for one that
// cannot be read.
absl::StatusOr<std::vector<SharedLibrary>> FindSharedLibraries(
    const CommandLine& line);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_SHARED_LIBRARIES_H_
