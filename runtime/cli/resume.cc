#include "runtime/cli/resume.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/cli/arguments.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/compile_options.h"
#include "runtime/cli/exec_options.h"
#include "runtime/cli/module_file.h"
#include "runtime/cli/object_of.h"
#include "runtime/cli/policy_arguments.h"
#include "runtime/cli/run_program.h"
#include "runtime/host/exec_state.h"

namespace slipway::cli {
namespace {

using host::ExecState;

absl::StatusOr<ExecState> TakeState() {
  int fd = -1;
  (void)absl::SimpleAtoi(getenv(ExecState::kVariable), &fd);
  std::optional<ExecState> state = ExecState::FromFile(fd);
  // Not for the compiler, nor for a program of the host.
  unsetenv(ExecState::kVariable);
  if (!state) {
    return absl::InvalidArgumentError(
        absl::StrCat(ExecState::kVariable,
                     " is set, but not by a guest's execve; unset it"));
  }
  state->used.push_back(fd);
  return *std::move(state);
}

absl::StatusOr<Arguments> OptionsOf(ExecState& state) {
  std::vector<char*> words;
  for (std::string& word : state.options) words.push_back(word.data());
  return ParseArguments(kRunCommand, words);
}

// execve compiled it (host/exec.cc); that object may be gone from the cache.
absl::StatusOr<std::string> ObjectFor(const ExecState& state,
                                      const cache::CompileOptions& options) {
  if (!state.object.empty() && access(state.object.c_str(), R_OK) == 0) {
    return state.object;
  }
  return ObjectOf(absl::StrCat("/proc/self/fd/", state.program), options);
}

absl::StatusOr<Program> ProgramOf(ExecState state) {
  const absl::StatusOr<Arguments> arguments = OptionsOf(state);
  if (!arguments.ok()) return arguments.status();
  const auto options = CompileOptionsOf(*arguments);
  if (!options.ok()) return options.status();
  absl::StatusOr<sandbox::Policy> policy = PolicyOf(*arguments);
  if (!policy.ok()) return policy.status();
  auto object = ObjectFor(state, *options);
  if (!object.ok()) return object.status();

  Program program;
  program.module_path = state.executable;
  program.object_path = *std::move(object);
  program.policy = *std::move(policy);
  program.compile_options = *options;
  program.start = {.executable = state.executable,
                   .arguments = state.arguments,
                   .environment = state.environment,
                   .own_file = state.own_file,
                   .own_fd = state.own_fd,
                   .options = OptionsForExec(*arguments),
                   .pid_registry = state.pid_registry,
                   .shm_lock = state.shm_lock,
                   .trace_fd = state.trace_fd,
                   .ignored_signals = state.ignored_signals,
                   .memory_limits = state.memory_limits};
  program.state = std::move(state);
  return program;
}

}  // namespace

bool IsResumed() { return getenv(ExecState::kVariable) != nullptr; }

int Resume() {
  absl::StatusOr<ExecState> state = TakeState();
  if (!state.ok()) return Report(state.status());
  absl::StatusOr<Program> program = ProgramOf(*std::move(state));
  if (!program.ok()) return Report(program.status());
  return Report(RunProgram(*std::move(program)));
}

}  // namespace slipway::cli
