// What `slipway` itself exits with. A guest's own status passes through, and a
// guest killed by a signal kills this process with the same signal, so a shell
// sees 128 + its number. The three below are env(1)'s and docker-run(1)'s.

#ifndef SLIPWAY_RUNTIME_CLI_EXIT_STATUS_H_
#define SLIPWAY_RUNTIME_CLI_EXIT_STATUS_H_

namespace slipway::cli {

inline constexpr int kExitUsage = 125;      // bad options, policy or set-up
inline constexpr int kExitCannotRun = 126;  // not a module we can run
inline constexpr int kExitNotFound = 127;   // no such program

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_EXIT_STATUS_H_
