// The command line of `slipway run` as execve hands it on.

#ifndef SLIPWAY_RUNTIME_CLI_EXEC_OPTIONS_H_
#define SLIPWAY_RUNTIME_CLI_EXEC_OPTIONS_H_

#include <string>
#include <vector>

#include "runtime/cli/arguments.h"

namespace slipway::cli {

// The words for all options given but --dir, --env and --cwd, for which the
// guest's own state stands at the time.
std::vector<std::string> OptionsForExec(const Arguments& arguments);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_EXEC_OPTIONS_H_
