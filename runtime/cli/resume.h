// The other side of a guest's execve (runtime/host/exec.h): slipway was started
// again in the guest's process, to run its next program.

#ifndef SLIPWAY_RUNTIME_CLI_RESUME_H_
#define SLIPWAY_RUNTIME_CLI_RESUME_H_

namespace slipway::cli {

// Whether this process was started by a guest's execve.
bool IsResumed();
// Runs the program; returns the exit status when that could not be started.
int Resume();

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_RESUME_H_
