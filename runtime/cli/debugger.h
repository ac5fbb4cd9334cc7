// `slipway run --gdb`: the same run under gdb(1).

#ifndef SLIPWAY_RUNTIME_CLI_DEBUGGER_H_
#define SLIPWAY_RUNTIME_CLI_DEBUGGER_H_

#include "absl/status/status.h"
#include "runtime/cli/arguments.h"

namespace slipway::cli {

inline constexpr Option kGdbOption = {
    "gdb", 0, "", "run it under gdb: start with 'break FUNCTION' and 'run'"};

// Becomes gdb with this very command as its program, less --gdb; returns only
// when that fails (FailedPrecondition without a gdb). Breakpoints may name
// what is in the program, which gdb learns when the program is loaded, and
// gdb stops at faults and then passes them on.
absl::Status RunUnderGdb(const Command& command, const Arguments& arguments);

}  // namespace slipway::cli

#endif  // SLIPWAY_RUNTIME_CLI_DEBUGGER_H_
