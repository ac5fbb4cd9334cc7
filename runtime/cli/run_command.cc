// slipway run and slipway trace: grants, compilation, then the guest.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "runtime/cache/compile_service.h"
#include "runtime/cache/file.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/compile_options.h"
#include "runtime/cli/debugger.h"
#include "runtime/cli/exec_options.h"
#include "runtime/cli/guest_path.h"
#include "runtime/cli/module_file.h"
#include "runtime/cli/object_of.h"
#include "runtime/cli/policy_arguments.h"
#include "runtime/cli/run_program.h"

namespace slipway::cli {
namespace {

constexpr Option kOutputOption = {"output", 'o', "FILE",
                                  "write the trace to FILE instead of stderr"};

constexpr Option kArgv0Option = {
    "argv0", 0, "NAME",
    "the program's argv[0] (without it: the end of PROGRAM)"};

// The end of a path, as the guest's argv[0] and, where no mount shows it, the
// executable's name.
std::string BaseName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// A program that a mount shows, and that can be executed there, is where it is;
// any other is in the root directory, and there for itself alone.
void NameExecutable(const std::string& module_path,
                    const sandbox::Policy& policy, host::StartInfo& start) {
  start.executable = GuestPathOf(policy, module_path);
  if (!start.executable.empty() && access(module_path.c_str(), X_OK) == 0) {
    return;
  }
  start.executable = "/" + BaseName(module_path);
  start.own_file = start.executable;
  start.own_fd = open(module_path.c_str(), O_RDONLY | O_CLOEXEC);
}

int RunWith(std::string_view command, const Arguments& arguments,
            int trace_fd) {
  if (arguments.operands().empty()) {
    return ReportUsage(command, "expects a program");
  }
  const auto options = CompileOptionsOf(arguments);
  if (!options.ok()) {
    return ReportUsage(command, std::string(options.status().message()));
  }
  absl::StatusOr<sandbox::Policy> policy = PolicyOf(arguments);
  if (!policy.ok()) {
    return ReportUsage(command, std::string(policy.status().message()));
  }
  const std::string& module_path = arguments.operands()[0];
  absl::StatusOr<std::string> object = ObjectOf(module_path, *options);
  if (!object.ok()) return Report(object.status());
  if (arguments.Has(kGdbOption.name)) {
    return Report(RunUnderGdb(kRunCommand, arguments));
  }

  Program program;
  program.module_path = module_path;
  program.object_path = *std::move(object);
  host::StartInfo& start = program.start;
  NameExecutable(module_path, *policy, start);
  start.arguments = arguments.operands();
  start.arguments[0] = arguments.Has(kArgv0Option.name)
                           ? arguments.Last(kArgv0Option.name)
                           : BaseName(module_path);
  start.environment = policy->env;
  start.options = OptionsForExec(arguments);
  start.trace_fd = trace_fd;
  program.policy = *std::move(policy);
  program.compile_options = *options;
  return Report(RunProgram(std::move(program)));
}

int Run(const Arguments& arguments) {
  return RunWith("run", arguments, /*trace_fd=*/-1);
}

int Trace(const Arguments& arguments) {
  int fd = STDERR_FILENO;
  if (arguments.Has(kOutputOption.name)) {
    const std::string path = arguments.Last(kOutputOption.name);
    fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
              0666);
    if (fd < 0) {
      return ReportUsage(
          "trace", std::string(cache::ErrnoStatus(path, errno).message()));
    }
  }
  return RunWith("trace", arguments, fd);
}

constexpr Option kRunOptions[] = {
    kDirOption,   kExecOption, kListenOption,   kConnectOption,
    kEnvOption,   kCwdOption,  kAllowOption,    kDenyOption,
    kArgv0Option, kCpuOption,  kOptimizeOption, kGdbOption,
};

constexpr Option kTraceOptions[] = {
    kOutputOption,  kDirOption,   kExecOption, kListenOption,
    kConnectOption, kEnvOption,   kCwdOption,  kAllowOption,
    kDenyOption,    kArgv0Option, kCpuOption,  kOptimizeOption,
};

constexpr std::string_view kRunExamples[] = {
    "slipway run hello.wasm",
    "slipway run --env HOME=/ --dir .::/ tool.wasm -- -v input.txt",
    "slipway run --dir ./data::/data --listen 127.0.0.1:6379 \\",
    "    redis-server.wasm -- --dir /data --bind 127.0.0.1",
    "slipway run --gdb tool.wasm -- -v input.txt",
};

constexpr std::string_view kTraceExamples[] = {
    "slipway trace hello.wasm",
    "slipway trace -o calls.txt --listen :8080 server.wasm -- --port 8080",
};

constexpr std::string_view kOperands = "PROGRAM.wasm [--] [ARGUMENT…]";

}  // namespace

const Command kRunCommand = {
    .name = "run",
    .operands = kOperands,
    .summary = "Run a program in the sandbox",
    .description =
        "Nothing is granted but what the options below grant. Standard input,\n"
        "output and error, signals and the exit status pass through, so a\n"
        "script can treat 'slipway run … PROGRAM.wasm --' as the program.\n"
        "Options end at PROGRAM; what follows it is the program's.",
    .options = kRunOptions,
    .examples = kRunExamples,
    .runs_program = true,
    .main = Run,
};

const Command kTraceCommand = {
    .name = "trace",
    .operands = kOperands,
    .summary = "Run a program and print every call that it makes",
    .description =
        "Each line is one call with its decoded arguments and its result, and\n"
        "after a denied call the option that would have granted it. Otherwise\n"
        "this is 'slipway run'.",
    .options = kTraceOptions,
    .examples = kTraceExamples,
    .runs_program = true,
    .main = Trace,
};

}  // namespace slipway::cli
