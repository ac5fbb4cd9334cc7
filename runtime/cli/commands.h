// The subcommands of `slipway`, one file each. main.cc lists them.

#ifndef SLIPWAY_RUNTIME_CLI_COMMANDS_H_
#define SLIPWAY_RUNTIME_CLI_COMMANDS_H_

#include "runtime/cli/arguments.h"

namespace slipway::cli {

extern const Command kRunCommand;
extern const Command kTraceCommand;
extern const Command kCompileCommand;
extern const Command kInspectCommand;
extern const Command kDoctorCommand;
extern const Command kVersionCommand;

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_COMMANDS_H_
