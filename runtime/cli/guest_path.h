// Where a guest sees a file of the host.

#ifndef SLIPWAY_RUNTIME_CLI_GUEST_PATH_H_
#define SLIPWAY_RUNTIME_CLI_GUEST_PATH_H_

#include <string>

#include "runtime/sandbox/policy.h"

namespace slipway::cli {

// The guest's path of a file that a mount shows; empty when none does, or when
// the file or the mount's directory is not there. Symbolic links of the host
// are followed, those that lie inside the mount as well, as in /proc/self/exe.
std::string GuestPathOf(const sandbox::Policy& policy,
                        const std::string& host_path);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_GUEST_PATH_H_
