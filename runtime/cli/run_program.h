// Turns this process into the guest: loads a compiled object, links the host's
// calls to it, and runs it to its end.

#ifndef SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_
#define SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "runtime/cache/compile_service.h"
#include "runtime/host/exec_state.h"
#include "runtime/host/process.h"
#include "runtime/sandbox/policy.h"

namespace slipway::cli {

struct Program {
  std::string module_path;  // for messages, and what `ps` shows
  std::string object_path;
  sandbox::Policy policy;
  // Calls are traced to start.trace_fd unless it is -1.
  host::StartInfo start;
  // What the program before this one left, when it was executed by a guest.
  std::optional<host::ExecState> state;
  cache::CompileOptions compile_options;  // for modules that the guest loads
};

// Returns only when the program could not be started; otherwise the process
// ends as the guest does: with its exit status, or by its signal.
absl::Status RunProgram(Program program);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_RUN_PROGRAM_H_
