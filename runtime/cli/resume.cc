#include "runtime/cli/resume.h"

#include <csignal>
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

// A program that ignores SIGCHLD has the kernel reap its children, and the
// compiler is one.
absl::StatusOr<std::string> CompileWithChildren(
    const std::string& path, const cache::CompileOptions& options) {
  const auto disposition = std::signal(SIGCHLD, SIG_DFL);
  absl::StatusOr<std::string> object = ObjectOf(path, options);
  std::signal(SIGCHLD, disposition);
  return object;
}

absl::StatusOr<Program> ProgramOf(ExecState state) {
  const absl::StatusOr<Arguments> arguments = OptionsOf(state);
  if (!arguments.ok()) return arguments.status();
  const auto options = CompileOptionsOf(*arguments);
  if (!options.ok()) return options.status();
  absl::StatusOr<sandbox::Policy> policy = PolicyOf(*arguments);
  if (!policy.ok()) return policy.status();
  auto object = CompileWithChildren(
      absl::StrCat("/proc/self/fd/", state.program), *options);
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
                   .trace_fd = state.trace_fd,
                   .ignored_signals = state.ignored_signals};
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
