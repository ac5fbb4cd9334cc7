// Runs scripts, each in a process of its own: a crash or a script that hangs
// fails that script alone. The parent must be single-threaded.

#ifndef SLIPWAY_TESTS_SPEC_SCRIPT_PROCESS_H_
#define SLIPWAY_TESTS_SPEC_SCRIPT_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/compiler/options.h"
#include "tests/spec/result.h"
#include "tests/spec/suite.h"

namespace slipway::spec {

struct RunOptions {
  compiler::Options compiler;  // `threads` is ignored: one each
  int jobs = 0;                // processes at a time; 0: one per processor
  int timeout = 600;           // seconds for one script
};

// Calls `done` after each script; returns the results in the scripts' order.
absl::StatusOr<std::vector<ScriptResult>> RunScripts(
    const std::vector<ScriptFile>& scripts, const RunOptions& options,
    const std::function<void(const ScriptResult&)>& done);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SCRIPT_PROCESS_H_
