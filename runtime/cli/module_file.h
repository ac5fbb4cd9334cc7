// A module file as the commands meet it: read whole, with one clear line for
// everything that is wrong with it.

#ifndef SLIPWAY_RUNTIME_CLI_MODULE_FILE_H_
#define SLIPWAY_RUNTIME_CLI_MODULE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace slipway::cli {

// The bytes of the file. Its size is checked before it is read, and its first
// eight bytes, so that a script or an ELF file is told apart before a compiler
// sees it; the messages have the form "PATH: offset 0x0: …".
absl::StatusOr<std::string> ReadModuleFile(const std::string& path);

// Prints "slipway: MESSAGE" on stderr and returns the exit status that fits:
// 127 for kNotFound, 125 for configuration (kFailedPrecondition), else 126.
// kAborted prints nothing: the compiler has said it.
int Report(const absl::Status& status);

// Prints "slipway COMMAND: MESSAGE" and where to find help; returns 125.
int ReportUsage(std::string_view command, std::string_view message);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_MODULE_FILE_H_
