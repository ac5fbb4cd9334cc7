// Parses the values of the command line options that fill in a Policy. Errors
// are InvalidArgument and say what was read and what is expected.

#ifndef SLIPWAY_RUNTIME_SANDBOX_POLICY_OPTIONS_H_
#define SLIPWAY_RUNTIME_SANDBOX_POLICY_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/sandbox/policy.h"

namespace slipway::sandbox {

// --dir HOST[::GUEST][:ro]. Without ::GUEST the guest sees the directory under
// its host path, made absolute from the current directory. GUEST is absolute;
// it is normalised, and may not contain "..".
absl::StatusOr<Mount> ParseMount(absl::string_view text);

// --exec HOST[::GUEST]. Without ::GUEST the guest finds the program under its
// host path, which must then be absolute.
absl::StatusOr<HostProgram> ParseProgram(absl::string_view text);

// --env NAME=value, or --env NAME to pass the value on that the runtime itself
// has (`lookup`, as getenv; a null result gives an error).
absl::StatusOr<std::string> ParseEnv(absl::string_view text,
                                     const char* (*lookup)(const char*));

// Where a guest starts without --cwd: the directory `here` of the host, by the
// name that the innermost mount around it gives it, else "/".
std::string StartingDirectory(const std::vector<Mount>& mounts,
                              const std::string& here);

// --cwd DIR: an absolute guest path, normalised.
absl::StatusOr<std::string> ParseCwd(absl::string_view text);

// --allow RIGHT and --deny RIGHT, with the names of rights.def.
absl::StatusOr<Right> ParseRight(absl::string_view text);

// Two mounts at the same guest path are an error.
absl::Status CheckMounts(const Policy& policy);

}  // namespace slipway::sandbox

#endif  // SLIPWAY_RUNTIME_SANDBOX_POLICY_OPTIONS_H_
