// Runs the commands of one script: instances and their names, the registry of
// modules that can be imported from, assertions, and the script's threads.
// Source: the specification's interpreter/README.md ("Scripts") and, for
// threads, that of the threads proposal.
//
//   Executor executor(loader, recorder);
//   absl::Status status = executor.Run(script);

#ifndef SLIPWAY_TESTS_SPEC_EXECUTOR_H_
#define SLIPWAY_TESTS_SPEC_EXECUTOR_H_

#include <string>

#include "absl/status/status.h"
#include "tests/spec/module_loader.h"
#include "tests/spec/script.h"

namespace slipway::spec {

// Learns what became of each command. Called by all threads of a script, so
// implementations are thread-safe.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // About to run; exactly one of the others follows.
  virtual void Begin(const Command& command) = 0;
  virtual void Passed(const Command& command) = 0;
  virtual void Failed(const Command& command, const std::string& message) = 0;
  virtual void Skipped(const Command& command, const std::string& reason) = 0;
};

class Executor {
 public:
  Executor(ModuleLoader& loader, Recorder& recorder)
      : loader_(loader), recorder_(recorder) {}

  // Every command of the script, whatever the earlier ones did. An error means
  // that the engine could not be set up. Installs the engine's fault handlers.
  absl::Status Run(const Script& script);

 private:
  ModuleLoader& loader_;
  Recorder& recorder_;
};

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_EXECUTOR_H_
