// Turns this process into the guest: loads a compiled object, links the host's
// calls to it, and runs it to its end.

#ifndef SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_
#define SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/sandbox/policy.h"

namespace slipway::cli {

struct Program {
  std::string module_path;  // for messages
  std::string object_path;
  std::string guest_path;              // what the guest takes itself for
  std::vector<std::string> arguments;  // argv, from argv[0]
  sandbox::Policy policy;
  int trace_fd = -1;  // calls are traced to it unless it is -1
};

// Returns only when the program could not be started; otherwise the process
// ends as the guest does: with its exit status, or by its signal.
absl::Status RunProgram(Program program);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_
