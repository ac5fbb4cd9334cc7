// The options that grant things, and the policy they describe.

#ifndef SLIPWAY_RUNTIME_CLI_POLICY_ARGUMENTS_H_
#define SLIPWAY_RUNTIME_CLI_POLICY_ARGUMENTS_H_

#include "absl/status/statusor.h"
#include "runtime/cli/arguments.h"
#include "runtime/sandbox/policy.h"

namespace slipway::cli {

inline constexpr Option kDirOption = {
    "dir", 0, "HOST[::GUEST][:ro]",
    "let the guest see directory HOST as GUEST; :ro for reading only"};
inline constexpr Option kExecOption = {
    "exec", 0, "HOST[::GUEST]",
    "let it execute the host's program HOST as GUEST, outside the sandbox"};
inline constexpr Option kListenOption = {
    "listen", 0, "ADDR",
    "let it listen on ADDR: 127.0.0.1:80, :80, [::1]:*, *"};
inline constexpr Option kConnectOption = {"connect", 0, "ADDR",
                                          "let it connect and send to ADDR"};
inline constexpr Option kEnvOption = {"env", 0, "NAME[=VALUE]",
                                      "set a variable, or pass on our own"};
inline constexpr Option kCwdOption = {"cwd", 0, "DIR",
                                      "start in guest directory DIR (/)"};
inline constexpr Option kAllowOption = {
    "allow", 0, "RIGHT", "grant a right that is off by default, such as exec"};
inline constexpr Option kDenyOption = {"deny", 0, "RIGHT",
                                       "take a right away, such as net"};

// Errors name the option and its value.
absl::StatusOr<sandbox::Policy> PolicyOf(const Arguments& arguments);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_POLICY_ARGUMENTS_H_
