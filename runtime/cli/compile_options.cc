#include "runtime/cli/compile_options.h"

#include <unistd.h>

#include <string>

#include "absl/status/status.h"

namespace slipway::cli {

absl::StatusOr<cache::CompileOptions> CompileOptionsOf(
    const Arguments& arguments) {
  cache::CompileOptions options;
  options.cpu = arguments.Last("cpu", options.cpu);
  const std::string level = arguments.Last("optimize", "2");
  if (level.size() != 1 || level[0] < '0' || level[0] > '3') {
    return absl::InvalidArgumentError("--optimize takes 0, 1, 2 or 3");
  }
  options.optimization = level[0] - '0';
  options.progress = isatty(STDERR_FILENO) != 0;
  return options;
}

}  // namespace slipway::cli
